#pragma once

#include "feature/band_frames.hpp"

namespace undertone {

/// What can be chosen of logmel64.
struct LogMelOptions : BandOptions {
    static constexpr auto fields() { return band_fields<LogMelOptions>(); }
};

/// Frames of log-mel energies, what a convolutional network reads: 25 ms under a Hann window, every 10 ms, 64
/// bands of Slaney's scale from 20 to 8000 Hz, ln(max(power, 1e-10)).
/// Matches: librosa 0.11.0, `np.log(np.maximum(feature.melspectrogram(...), 1e-10))`; the tolerance stands in
/// docs/exactness.md.
class LogMel final : public BandFrames {
public:
    /// @throws Error invalid_argument
    explicit LogMel(const LogMelOptions& options)
        : BandFrames((validate(options), options)), options_(options) {}

    [[nodiscard]] std::string name() const override { return "logmel64/1"; }
    [[nodiscard]] std::map<std::string, std::string> options() const override {
        return option_texts(options_);
    }

private:
    void compress(std::span<float> frames, std::span<float> memory) const noexcept override;

    LogMelOptions options_;
};

}  // namespace undertone
