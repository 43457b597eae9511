#include "undertone/mfcc.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "dsp/dct.hpp"
#include "dsp/mel_frames.hpp"

namespace undertone::dsp {

Matrix<float> dct_rows(std::size_t n_in, const MfccOptions& options) {
    validate(options);
    const auto n_out = static_cast<std::size_t>(options.n_mfcc);
    if (n_out > n_in)
        throw Error(Errc::invalid_argument, "n_mfcc = " + std::to_string(n_out) +
                                                ": must be at most n_mels, " + std::to_string(n_in));
    if (options.dct_type == 1 && n_in < 2)
        throw Error(Errc::invalid_argument, "dct_type = 1: needs at least two mel bands");
    const auto n = static_cast<double>(n_in);
    const double pi = std::numbers::pi;
    Matrix<float> rows(n_out, n_in);
    for (std::size_t k = 0; k < n_out; ++k) {
        const auto kd = static_cast<double>(k);
        const double lift =
            options.lifter > 0 ? 1 + options.lifter / 2 * std::sin(pi * (kd + 1) / options.lifter) : 1;
        for (std::size_t i = 0; i < n_in; ++i) {
            const auto id = static_cast<double>(i);
            double weight = 0;
            if (options.dct_type == 2) {
                weight = 2 * std::cos(pi * kd * (2 * id + 1) / (2 * n));
                if (options.ortho) weight *= std::sqrt((k == 0 ? 1 : 2) / (4 * n));
            } else if (options.dct_type == 3) {
                weight = (i == 0 ? 1 : 2) * std::cos(pi * (2 * kd + 1) * id / (2 * n));
                if (options.ortho) weight *= i == 0 ? 1 / std::sqrt(n) : 1 / std::sqrt(2 * n);
            } else {
                const bool edge = i == 0 || i == n_in - 1;
                weight = (edge ? 1 : 2) * std::cos(pi * kd * id / (n - 1));
                if (options.ortho) {
                    if (edge) weight *= std::sqrt(2.0);
                    weight *= 0.5 * std::sqrt((k == 0 || k == n_in - 1 ? 1 : 2) / (n - 1));
                }
            }
            rows(k, i) = static_cast<float>(weight * lift);
        }
    }
    return rows;
}

Matrix<float> mfcc(MatrixView<const float> log_mel, const MfccOptions& options) {
    const Matrix<float> rows = dct_rows(log_mel.cols(), options);
    // Transposed, so that the inner loop runs over coefficients and vectorises.
    Matrix<float> columns(rows.cols(), rows.rows());
    for (std::size_t k = 0; k < rows.rows(); ++k)
        for (std::size_t i = 0; i < rows.cols(); ++i) columns(i, k) = rows(k, i);
    Matrix<float> out(log_mel.rows(), rows.rows());
    for (std::size_t frame = 0; frame < out.rows(); ++frame) {
        float* const sums = out.row(frame).data();
        for (std::size_t i = 0; i < columns.rows(); ++i) {
            const float value = log_mel(frame, i);
            const float* const weights = columns.row(i).data();
            for (std::size_t k = 0; k < out.cols(); ++k) sums[k] += value * weights[k];
        }
    }
    return out;
}

namespace {

MelSpectrogramOptions mel_options(const MfccOptions& o) {
    return {o.sample_rate, o.n_fft,  o.hop_length, o.win_length, o.window, o.center,  o.pad_mode,
            o.power,       o.n_mels, o.fmin,       o.fmax,       o.htk,    o.mel_norm};
}

// The levels of a batch, in units of 10 log10(2) dB, above `least`, times the cosines.
void transform(const Matrix<float>& rows, const Lanes* levels, const Lanes& least, Lanes* out) {
    constexpr std::size_t kBlock = 8;  // sums that stay in registers
    std::size_t c = 0;
    for (; c + kBlock <= rows.rows(); c += kBlock) {
        Lanes sums[kBlock] = {};
        for (std::size_t band = 0; band < rows.cols(); ++band) {
            const Lanes level = max(levels[band], least);
            for (std::size_t i = 0; i < kBlock; ++i) sums[i] += level * rows(c + i, band);
        }
        std::copy(sums, sums + kBlock, out + c);
    }
    for (; c < rows.rows(); ++c) {
        Lanes sum = {};
        for (std::size_t band = 0; band < rows.cols(); ++band)
            sum += max(levels[band], least) * rows(c, band);
        out[c] = sum;
    }
}

}  // namespace

struct Mfcc::Plan {
    MelFrames frames;
    Matrix<float> rows;  // [n_mfcc, n_mels], of levels in units of 10 log10(2) dB
};

Mfcc::Mfcc(const MfccOptions& options) {
    validate(options);
    Plan plan{MelFrames(mel_options(options)), dct_rows(static_cast<std::size_t>(options.n_mels), options)};
    for (float& weight : plan.rows.values()) weight *= kDbPerOctave;
    plan_ = std::make_shared<const Plan>(std::move(plan));
}

Matrix<float> Mfcc::operator()(std::span<const float> samples, Workspace& workspace) const {
    const MelFrames& frames = plan_->frames;
    Workspace::Buffers& buffers = workspace.buffers();
    const std::size_t n_mels = frames.n_mels();
    Matrix<float> out(frames.n_frames(samples), plan_->rows.rows());
    const std::size_t n_batches = (out.rows() + kLanes - 1) / kLanes;
    buffers.bands.resize(n_batches * n_mels);
    // As power_to_db() has it by default: amin 1e-10, and nothing further than 80 dB below the peak.
    const Lanes amin = Lanes{} + 1e-10F;
    float peak = std::log2(amin[0]);
    for (std::size_t batch = 0; batch < n_batches; ++batch) {
        Lanes* const levels = buffers.bands.data() + batch * n_mels;
        frames.batch(samples, batch * kLanes, out.rows(), buffers, levels);
        Lanes largest = amin;
        for (std::size_t band = 0; band < n_mels; ++band) {
            largest = max(largest, levels[band]);
            levels[band] = log2(max(levels[band], amin));
        }
        largest = log2(largest);
        for (std::size_t lane = 0; lane < kLanes; ++lane) peak = std::max(peak, largest[lane]);
    }
    const Lanes least = Lanes{} + (peak - 80 / kDbPerOctave);
    buffers.coefficients.resize(out.cols());
    for (std::size_t batch = 0; batch < n_batches; ++batch) {
        transform(plan_->rows, buffers.bands.data() + batch * n_mels, least, buffers.coefficients.data());
        store(buffers.coefficients.data(), batch * kLanes, out);
    }
    return out;
}

Matrix<float> mfcc(std::span<const float> samples, const MfccOptions& options) {
    Workspace workspace;
    return Mfcc(options)(samples, workspace);
}

}  // namespace undertone::dsp
