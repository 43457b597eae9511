#include "framework/speaker_profile.hpp"

#include <algorithm>
#include <cmath>

#include "nn/frames/trimmed.hpp"
#include "speech/functionals.hpp"
#include "undertone/matrix.hpp"

namespace undertone {

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

}  // namespace undertone
