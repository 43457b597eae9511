#include "core/voice.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/functionals.hpp"

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
    constexpr double kLeastDeviation = 1e-2;  // what never moves must not be blown up
    const std::size_t n = n_functionals(clips.n_bands());
    const auto n_clips = static_cast<double>(clips.size());
    Matrix<double> told(clips.size(), n);
    Matrix<float> frames;
    std::vector<float> numbers(2 * n);
    for (std::size_t clip = 0; clip < clips.size(); ++clip) {
        clips.frames(clip, frames);
        functionals(trimmed(frames, kSilenceDb), clips.n_bands(), told.row(clip));
    }
    for (std::size_t f = 0; f < n; ++f) {
        double mean = 0, variance = 0;
        for (std::size_t clip = 0; clip < clips.size(); ++clip) mean += told(clip, f) / n_clips;
        for (std::size_t clip = 0; clip < clips.size(); ++clip)
            variance += (told(clip, f) - mean) * (told(clip, f) - mean) / n_clips;
        numbers[f] = static_cast<float>(mean);
        numbers[n + f] = static_cast<float>(std::max(std::sqrt(variance), kLeastDeviation));
    }
    return numbers;
}

std::size_t voice_size(std::size_t n_bands) noexcept { return 2 * n_functionals(n_bands); }

}  // namespace undertone
