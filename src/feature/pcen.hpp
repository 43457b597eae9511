#pragma once

#include "feature/band_frames.hpp"

namespace undertone {

/// What can be chosen of pcen64; named as librosa.pcen names it.
struct PcenOptions : BandOptions {
    double gain = 0.98;
    double bias = 2;
    double power = 0.5;
    double time_constant = 0.4;
    double eps = 1e-6;
    double scale = 2147483648;

    static constexpr auto fields() {
        using O = PcenOptions;
        return std::tuple_cat(
            band_fields<O>(),
            std::tuple{
                Field{"gain", &O::gain, "", {0.0, 2.0}, "how far a band's own level is taken out"},
                Field{"bias", &O::bias, "", {0.0, 1e6, true}, "added before the root"},
                Field{"power", &O::power, "", {0.0, 1.0, true}, "the root"},
                Field{"time_constant", &O::time_constant, "s", {0.0, 1e3, true}, "of the level's smoothing"},
                Field{"eps", &O::eps, "", {0.0, 1.0, true}, "the least level"},
                Field{"scale",
                      &O::scale,
                      "",
                      {0.0, 1e12, true},
                      "of powers before it; 2^31 as librosa advises"},
            });
    }
};

/// Frames of mel bands under per-channel energy normalisation: each band is divided by its own level of late,
/// so that loudness and a microphone's colour matter less than in logmel64.
/// Matches: librosa 0.11.0, `pcen(scale * feature.melspectrogram(...), sr=, hop_length=)`; the tolerance
/// stands in docs/exactness.md.
/// Source: Wang and others, "Trainable frontend for robust and far-field keyword spotting", ICASSP 2017.
class Pcen final : public BandFrames {
public:
    /// @throws Error invalid_argument
    explicit Pcen(const PcenOptions& options);

    [[nodiscard]] std::string name() const override { return "pcen64/1"; }
    [[nodiscard]] std::map<std::string, std::string> options() const override {
        return option_texts(options_);
    }

private:
    void compress(std::span<float> bands, std::span<float> memory) const noexcept override;

    PcenOptions options_;
    float new_, kept_, scale_, gain_, bias_, power_, eps_, floor_;
};

}  // namespace undertone
