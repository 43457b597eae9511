#include "undertone/stft.hpp"

#include "dsp/frames.hpp"

namespace undertone::dsp {

Matrix<std::complex<float>> stft(std::span<const float> samples, const StftOptions& options) {
    const FramePlan plan(options);
    FramePlan::Workspace workspace;
    Matrix<std::complex<float>> out(plan.n_frames(samples), plan.n_bins());
    for (std::size_t first = 0; first < out.rows(); first += kLanes) {
        plan.spectrum(samples, first, out.rows(), workspace);
        for (std::size_t lane = 0; lane < kLanes && first + lane < out.rows(); ++lane)
            for (std::size_t k = 0; k < out.cols(); ++k)
                out(first + lane, k) = {workspace.re[k][lane], workspace.im[k][lane]};
    }
    return out;
}

}  // namespace undertone::dsp
