#include "core/voice.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace undertone {

MatrixView<const float> trimmed(MatrixView<const float> frames, double trim_db) {
    if (trim_db == 0 || frames.rows() == 0) return frames;
    std::vector<float> loudest(frames.rows());  // of the columns of each frame
    for (std::size_t t = 0; t < frames.rows(); ++t) {
        const auto frame = frames.row(t);
        loudest[t] = *std::max_element(frame.begin(), frame.end());
    }
    const double floor = static_cast<double>(*std::max_element(loudest.begin(), loudest.end())) -
                         trim_db * std::numbers::ln10 / 10;
    const auto heard = [&](float value) { return static_cast<double>(value) >= floor; };
    const auto first = std::find_if(loudest.begin(), loudest.end(), heard) - loudest.begin();
    const auto behind = loudest.rend() - std::find_if(loudest.rbegin(), loudest.rend(), heard);
    return {frames.data() + static_cast<std::size_t>(first) * frames.cols(),
            static_cast<std::size_t>(behind - first), frames.cols()};
}

std::vector<float> voice_of(const FrameSource& clips) {
    const std::size_t n_columns = clips.n_columns();
    std::vector<double> sum(n_columns), squares(n_columns);
    double n = 0;
    Matrix<float> frames;
    for (std::size_t clip = 0; clip < clips.size(); ++clip) {
        clips.frames(clip, frames);
        const MatrixView<const float> heard = trimmed(frames, kSilenceDb);
        for (std::size_t t = 0; t < heard.rows(); ++t)
            for (std::size_t c = 0; c < n_columns; ++c) {
                const auto value = static_cast<double>(heard(t, c));
                sum[c] += value;
                squares[c] += value * value;
            }
        n += static_cast<double>(heard.rows());
    }
    constexpr double kLeastDeviation = 1e-2;  // a column that never moves must not be blown up
    std::vector<float> moments(2 * n_columns);
    for (std::size_t c = 0; c < n_columns; ++c) {
        const double mean = sum[c] / n;
        moments[c] = static_cast<float>(mean);
        moments[n_columns + c] = static_cast<float>(
            std::max(std::sqrt(std::max(squares[c] / n - mean * mean, 0.0)), kLeastDeviation));
    }
    return moments;
}

}  // namespace undertone
