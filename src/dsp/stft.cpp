#include "undertone/stft.hpp"

#include <algorithm>

#include "dsp/buffers.hpp"

namespace undertone::dsp {

struct Stft::Plan {
    FramePlan frames;
};

Stft::Stft(const StftOptions& options) : plan_(std::make_shared<const Plan>(Plan{FramePlan(options)})) {}

Matrix<std::complex<float>> Stft::operator()(std::span<const float> samples, Workspace& workspace) const {
    const FramePlan& plan = plan_->frames;
    FramePlan::Workspace& frames = workspace.buffers().frames;
    Matrix<std::complex<float>> out(plan.n_frames(samples), plan.n_bins());
    for (std::size_t first = 0; first < out.rows(); first += kLanes) {
        const std::size_t n = std::min(kLanes, out.rows() - first);
        plan.spectrum(samples, first, out.rows(), frames,
                      [&](std::size_t k, const Lanes& re, const Lanes& im) {
                          for (std::size_t lane = 0; lane < n; ++lane)
                              out(first + lane, k) = {re[lane], im[lane]};
                      });
    }
    return out;
}

Matrix<std::complex<float>> stft(std::span<const float> samples, const StftOptions& options) {
    Workspace workspace;
    return Stft(options)(samples, workspace);
}

}  // namespace undertone::dsp
