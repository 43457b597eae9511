#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "dsp/frame_fft.hpp"
#include "dsp/mel_bank.hpp"
#include "speech/voice_pitch.hpp"
#include "undertone/frame_features.hpp"

namespace undertone {

/// How frames are cut and where their bands lie.
struct BandOptions {
    int sample_rate = 16000;
    int n_fft = 512;
    int win_length = 400;
    int hop_length = 160;
    int n_mels = 64;
    double fmin = 20;
    double fmax = 8000;
};

/// The fields of a set that has these among its options.
template <class O>
constexpr auto band_fields() {
    return std::tuple{
        Field<O, int>{"sample_rate", &O::sample_rate, "Hz", {1000, 192000}, "what clips are resampled to"},
        Field<O, int>{"n_fft", &O::n_fft, "samples", {64, 16384}, "length of the FFT, a power of two"},
        Field<O, int>{"win_length", &O::win_length, "samples", {2, 16384}, "of the window, at most n_fft"},
        Field<O, int>{
            "hop_length", &O::hop_length, "samples", {1, 16384}, "to the next frame, at most n_fft"},
        Field<O, int>{"n_mels", &O::n_mels, "bands", {1, 1024}, "number of mel bands"},
        Field<O, double>{"fmin", &O::fmin, "Hz", {0.0, 1e5}, "lower edge of the first band"},
        Field<O, double>{"fmax", &O::fmax, "Hz", {0.0, 1e5, true}, "upper edge of the last band"},
    };
}

/// Every option as text.
template <class O>
std::map<std::string, std::string> option_texts(const O& options) {
    std::map<std::string, std::string> all;
    for_each_field<O>([&](const auto& field) { all[std::string(field.name)] = field_text(options, field); });
    return all;
}

/// Frames of mel bands under a Hann window: librosa 0.11.0's `feature.melspectrogram`, frame t centred on
/// sample t * hop_length, zeros outside the clip. A set says what becomes of the powers.
class BandFrames : public FrameFeatures {
public:
    /// @throws Error invalid_argument
    /// @param pitch  with it, three more columns follow the bands: pitch, voicing, energy
    explicit BandFrames(const BandOptions& options,
                        const std::optional<dsp::VoicePitchOptions>& pitch = std::nullopt);

    [[nodiscard]] std::size_t n_bands() const final { return n_mels_; }

    [[nodiscard]] const std::vector<std::string>& columns() const final { return columns_; }
    [[nodiscard]] int sample_rate() const final { return options_.sample_rate; }
    [[nodiscard]] std::size_t n_frames(std::size_t n_samples) const final { return 1 + n_samples / hop_; }
    [[nodiscard]] std::unique_ptr<FeatureSet::Workspace> workspace() const final;
    void extract(std::span<const float> samples, int sample_rate, std::span<double> out,
                 FeatureSet::Workspace& workspace) const final;
    void extract_frames(std::span<const float> samples, Matrix<float>& out,
                        FeatureSet::Workspace& workspace) const final;
    void extract_warped(std::span<const float> samples, const FrameWarp& warp, Matrix<float>& out,
                        FeatureSet::Workspace& workspace) const final;
    [[nodiscard]] std::unique_ptr<FrameStream> stream() const final;

protected:
    /// Turns the powers of a frame into what the set gives, in place.
    /// @param bands   `[n_mels]`, of the frame that follows the last one
    /// @param memory  `[n_mels]`, what is kept from frame to frame; ones before the first
    virtual void compress(std::span<float> bands, std::span<float> memory) const noexcept = 0;

private:
    struct State;
    class Stream;
    using Starts = std::array<const float*, dsp::kLanes>;

    /// How a batch of frames is looked at.
    struct Lens {
        const float* window;  // [n_fft]
        const dsp::MelBank* bank;
        const float* bin_gain;   // [n_bins] of power, or null
        const float* band_gain;  // [n_mels] of power, or null
        float semitones;         // added to the pitch of a voice
        float log_gain;          // added to the energy
    };

    [[nodiscard]] dsp::MelOptions mel_options() const;
    [[nodiscard]] Lens plain() const { return {window_.data(), &bank_, nullptr, nullptr, 0, 0}; }
    void run(std::span<const float> samples, double hop, std::size_t n_frames, const Lens& lens,
             Matrix<float>& out, State& state) const;
    void batch(const Starts& from, std::size_t n_frames, const Lens& lens, State& state, float* out) const;

    BandOptions options_;
    std::size_t n_fft_, hop_, n_mels_;
    std::optional<dsp::VoicePitch> pitch_;
    std::size_t length_;  // the samples that a frame needs
    std::vector<std::string> columns_;
    std::vector<float> window_;
    dsp::FrameFft fft_;
    dsp::MelBank bank_;
};

}  // namespace undertone
