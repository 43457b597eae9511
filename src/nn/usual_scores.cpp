#include "nn/usual_scores.hpp"

#include <cstddef>
#include <map>
#include <numeric>
#include <utility>

#include "core/voice.hpp"

namespace undertone::nn {
namespace {

/// So many clips that show nothing are added to the speaker's. Fewer would be a little better where the
/// speaker's moods are even, and do harm where one of them prevails (docs/experiments.md).
constexpr double kDoubt = 20;

std::vector<double> sum_of(MatrixView<const double> scores, const std::vector<std::size_t>& clips) {
    std::vector<double> sum(scores.cols());
    for (const std::size_t clip : clips)
        for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += scores(clip, c);
    return sum;
}

/// The mean drawn towards 0.
std::vector<double> usual_of(std::vector<double> sum, std::size_t n_clips) {
    const double mean = std::accumulate(sum.begin(), sum.end(), 0.0) / static_cast<double>(sum.size());
    for (double& value : sum) value = (value - mean) / (static_cast<double>(n_clips) + kDoubt);
    return sum;
}

}  // namespace

std::vector<double> usual_scores(MatrixView<const double> scores) {
    std::vector<std::size_t> clips(scores.rows());
    std::iota(clips.begin(), clips.end(), std::size_t{0});
    return usual_of(sum_of(scores, clips), clips.size());
}

std::vector<bool> take_off_usual(const FrameSource& clips, Matrix<double>& scores) {
    const std::size_t n_of_voice = voice_size(clips.n_bands()), n_classes = scores.cols();
    std::vector<bool> taken(scores.rows());
    std::map<const float*, std::vector<std::size_t>> clips_of;
    for (std::size_t clip = 0; clip < scores.rows(); ++clip)
        if (!clips.speaker(clip).empty()) clips_of[clips.speaker(clip).data()].push_back(clip);
    for (const auto& entry : clips_of) {
        const std::vector<std::size_t>& own = entry.second;
        const std::span<const float> told = clips.speaker(own.front()).subspan(n_of_voice);
        const std::vector<double> sum = sum_of(scores, own);
        for (const std::size_t clip : own) {
            std::vector<double> usual(told.begin(), told.end());
            if (told.empty()) {  // that of the other clips
                usual = sum;
                for (std::size_t c = 0; c < n_classes; ++c) usual[c] -= scores(clip, c);
                usual = usual_of(std::move(usual), own.size() - 1);
            }
            for (std::size_t c = 0; c < n_classes; ++c) scores(clip, c) -= usual[c];
            taken[clip] = !told.empty() || own.size() > 1;
        }
    }
    return taken;
}

}  // namespace undertone::nn
