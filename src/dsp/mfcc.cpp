#include "undertone/mfcc.hpp"

#include <cmath>
#include <numbers>

#include "dsp/dct.hpp"

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

Matrix<float> mfcc(std::span<const float> samples, const MfccOptions& o) {
    validate(o);
    return mfcc(power_to_db(melspectrogram(
                    samples, {o.sample_rate, o.n_fft, o.hop_length, o.win_length, o.window, o.center,
                              o.pad_mode, o.power, o.n_mels, o.fmin, o.fmax, o.htk, o.mel_norm})),
                o);
}

}  // namespace undertone::dsp
