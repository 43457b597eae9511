#pragma once

#include <span>

#include "dsp/buffers.hpp"
#include "dsp/mel_bank.hpp"

namespace undertone::dsp {

/// Frames, spectrum, power and mel bands of one recording, batch by batch.
class MelFrames {
public:
    /// @throws Error invalid_argument
    explicit MelFrames(const MelSpectrogramOptions& options);

    [[nodiscard]] std::size_t n_frames(std::span<const float> samples) const {
        return frames_.n_frames(samples);
    }
    [[nodiscard]] std::size_t n_mels() const noexcept { return bank_.n_mels(); }

    /// The bands of frames first ... first + kLanes - 1.
    /// @param mel  `[n_mels]`, written whole
    void batch(std::span<const float> samples, std::size_t first, std::size_t n_frames,
               Workspace::Buffers& buffers, Lanes* mel) const;

private:
    double power_;
    FramePlan frames_;
    MelBank bank_;
};

}  // namespace undertone::dsp
