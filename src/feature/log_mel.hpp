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
    void compress(std::span<float> bands, std::span<float> memory) const noexcept override;

    LogMelOptions options_;
};

/// What can be chosen of logmel64+pitch.
struct LogMelPitchOptions : BandOptions {
    double pitch_fmin = 60;
    double pitch_fmax = 500;
    double voicing_threshold = 0.45;

    static constexpr auto fields() {
        using O = LogMelPitchOptions;
        return std::tuple_cat(
            band_fields<O>(),
            std::tuple{
                Field{"pitch_fmin",
                      &O::pitch_fmin,
                      "Hz",
                      {20.0, 2000.0},
                      "the lowest pitch that is looked for"},
                Field{"pitch_fmax", &O::pitch_fmax, "Hz", {20.0, 5000.0}, "the highest"},
                Field{
                    "voicing_threshold", &O::voicing_threshold, "", {0.0, 1.0}, "below it there is no voice"},
            });
    }
};

/// logmel64 and three more columns: `pitch` in semitones above 27.5 Hz, 0 where there is no voice; `voicing`,
/// the largest autocorrelation, 0 ... 1; `energy`, ln(max(mean square, 1e-10)) under the pitch's window of 47
/// ms. See dsp::VoicePitch.
class LogMelPitch final : public BandFrames {
public:
    /// @throws Error invalid_argument
    explicit LogMelPitch(const LogMelPitchOptions& options);

    [[nodiscard]] std::string name() const override { return "logmel64+pitch/1"; }
    [[nodiscard]] std::map<std::string, std::string> options() const override {
        return option_texts(options_);
    }

private:
    void compress(std::span<float> bands, std::span<float> memory) const noexcept override;

    LogMelPitchOptions options_;
};

}  // namespace undertone
