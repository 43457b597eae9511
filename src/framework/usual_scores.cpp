#include "framework/usual_scores.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "framework/clips_of_speakers.hpp"

namespace undertone::nn {
namespace {

/// So many clips that show nothing are added to the speaker's. Fewer do harm where one mood prevails
/// (docs/experiments.md).
constexpr double kDoubt = 40;

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

std::vector<bool> take_off_usual(const FrameSource& clips, std::size_t first, Matrix<double>& scores) {
    const std::size_t n_classes = scores.cols();
    std::vector<bool> taken(scores.rows());
    for (const std::vector<std::size_t>& own : clips_of_speakers(clips)) {
        const std::span<const float> numbers = clips.speaker(own.front());
        const std::span<const float> told = numbers.subspan(std::min(first, numbers.size()));
        const std::vector<double> sum = sum_of(scores, own);
        for (const std::size_t clip : own) {
            std::vector<double> usual(told.begin(), told.end());
            if (told.empty()) {  // that of the other clips
                usual = sum;
                for (std::size_t c = 0; c < n_classes; ++c) usual[c] -= scores(clip, c);
                usual = usual_of(std::move(usual), own.size() - 1);
            }
            for (std::size_t c = 0; c < n_classes; ++c) scores(clip, c) -= usual[c];
            taken[clip] = std::any_of(usual.begin(), usual.end(), [](double score) { return score != 0; });
        }
    }
    return taken;
}

}  // namespace undertone::nn
