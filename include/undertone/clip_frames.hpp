#pragma once

#include <memory>
#include <span>
#include <vector>

#include "undertone/augment.hpp"
#include "undertone/frame_features.hpp"
#include "undertone/frame_source.hpp"

namespace undertone {

/// The frames of clips in memory, as they are and changed at random.
///
/// Sources: Ko and others, "Audio augmentation for speech recognition", Interspeech 2015 (speed); Jaitly and
/// Hinton, "Vocal tract length perturbation", ICML 2013 (warp); Park and others, "SpecAugment", Interspeech
/// 2019 (masks); Schroeder, "Natural sounding artificial reverberation", J. AES 10 (1962) (room).
class ClipFrames final : public FrameSource {
public:
    /// @param features  the set; must outlive this
    /// @param clips     samples at the set's rate, at least one each; must outlive this, and are not copied
    /// @throws Error invalid_argument  a clip without samples, an option outside its rule, snr_min_db above
    ///         snr_max_db
    /// @param speakers  of each clip, as speaker() gives it; empty: not known. Must outlive this
    ClipFrames(const FrameFeatures& features, std::vector<std::span<const float>> clips,
               const AugmentOptions& options = {}, std::vector<std::span<const float>> speakers = {});
    ~ClipFrames() override;

    [[nodiscard]] std::size_t size() const override { return clips_.size(); }
    [[nodiscard]] std::size_t n_columns() const override { return features_.columns().size(); }
    [[nodiscard]] std::size_t n_bands() const override { return features_.n_bands(); }
    void frames(std::size_t clip, Matrix<float>& out) const override;
    [[nodiscard]] std::span<const float> speaker(std::size_t clip) const override {
        return speakers_.empty() ? std::span<const float>{} : speakers_[clip];
    }
    /// Without any augmentation these are frames().
    void augmented(std::size_t clip, std::uint64_t draw, Matrix<float>& out) const override;
    void mask(std::uint64_t draw, Matrix<float>& frames) const override;

private:
    class Pool;

    const FrameFeatures& features_;
    std::vector<std::span<const float>> clips_, speakers_;
    AugmentOptions options_;
    std::unique_ptr<Pool> pool_;
};

}  // namespace undertone
