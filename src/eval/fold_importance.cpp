#include "eval/fold_importance.hpp"

#include <algorithm>
#include <numeric>

#include "undertone/evaluation.hpp"

namespace undertone::eval {
namespace {

/// Frames of which some columns are those of other clips, stretched to the same length.
class SwappedFrames final : public FrameSource {
public:
    SwappedFrames(const ClipFrames& frames, std::span<const std::size_t> columns,
                  std::span<const std::size_t> from)
        : frames_(frames), columns_(columns), from_(from) {}

    [[nodiscard]] std::size_t size() const override { return frames_.size(); }
    [[nodiscard]] std::size_t n_columns() const override { return frames_.n_columns(); }
    [[nodiscard]] std::size_t n_bands() const override { return frames_.n_bands(); }
    [[nodiscard]] std::span<const float> speaker(std::size_t clip) const override {
        return frames_.speaker(clip);
    }
    void frames(std::size_t clip, Matrix<float>& out) const override {
        frames_.frames(clip, out);
        if (columns_.empty() || from_[clip] == clip) return;
        Matrix<float> other;
        frames_.frames(from_[clip], other);
        for (std::size_t t = 0; t < out.rows(); ++t)
            for (const std::size_t column : columns_)
                out(t, column) = other(t * other.rows() / out.rows(), column);
    }

private:
    const ClipFrames& frames_;
    std::span<const std::size_t> columns_, from_;
};

}  // namespace

std::vector<double> importance_of(const Fitted& fitted, const Dataset& dataset,
                                  std::span<const std::size_t> clips, const ImportanceOptions& options,
                                  std::uint32_t random_state) {
    const Dataset part = some_clips(dataset, clips);
    std::vector<std::size_t> all(clips.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    const auto predict = [&](const FeatureGroup& group, std::span<const std::size_t> from) {
        if (part.per_frame()) {
            const ClipFrames frames = frames_of(part);
            return fitted.classifier->predict_frames(SwappedFrames(frames, group.columns, from));
        }
        Dataset swapped = part;
        for (std::size_t i = 0; i < from.size(); ++i)
            for (const std::size_t column : group.columns)
                swapped.features(i, column) = part.features(from[i], column);
        return fitted.predict_proba(swapped, all);
    };
    return permutation_falls(part.targets, dataset.labels.size(), options, random_state, predict);
}

}  // namespace undertone::eval
