#pragma once

#include <array>
#include <memory>

#include "dsp/frame_fft.hpp"
#include "dsp/mel_bank.hpp"
#include "undertone/frame_features.hpp"

namespace undertone {

/// What can be chosen of logmel64.
struct LogMelOptions {
    int sample_rate = 16000;
    int n_fft = 512;
    int win_length = 400;
    int hop_length = 160;
    int n_mels = 64;
    double fmin = 20;
    double fmax = 8000;

    static constexpr auto fields() {
        using O = LogMelOptions;
        return std::tuple{
            Field{"sample_rate", &O::sample_rate, "Hz", {1000, 192000}, "what clips are resampled to"},
            Field{"n_fft", &O::n_fft, "samples", {64, 16384}, "length of the FFT, a power of two"},
            Field{"win_length", &O::win_length, "samples", {2, 16384}, "length of the window, at most n_fft"},
            Field{"hop_length", &O::hop_length, "samples", {1, 16384}, "to the next frame, at most n_fft"},
            Field{"n_mels", &O::n_mels, "bands", {1, 1024}, "number of mel bands"},
            Field{"fmin", &O::fmin, "Hz", {0.0, 1e5}, "lower edge of the first band"},
            Field{"fmax", &O::fmax, "Hz", {0.0, 1e5, true}, "upper edge of the last band"},
        };
    }
};

/// Frames of log-mel energies, what a convolutional network reads: 25 ms under a Hann window, every 10 ms, 64
/// bands of Slaney's scale from 20 to 8000 Hz, ln(max(power, 1e-10)). Frame t is centred on sample
/// t * hop_length; zeros stand outside the clip.
/// Matches: librosa 0.11.0, `np.log(np.maximum(feature.melspectrogram(...), 1e-10))`; the tolerance stands in
/// docs/exactness.md.
class LogMel final : public FrameFeatures {
public:
    /// @throws Error invalid_argument
    explicit LogMel(const LogMelOptions& options);

    [[nodiscard]] std::string name() const override { return "logmel64/1"; }
    [[nodiscard]] std::map<std::string, std::string> options() const override;
    [[nodiscard]] const std::vector<std::string>& columns() const override { return columns_; }
    [[nodiscard]] int sample_rate() const override { return options_.sample_rate; }
    [[nodiscard]] std::size_t n_frames(std::size_t n_samples) const override { return 1 + n_samples / hop_; }
    [[nodiscard]] std::unique_ptr<FeatureSet::Workspace> workspace() const override;
    void extract(std::span<const float> samples, int sample_rate, std::span<double> out,
                 FeatureSet::Workspace& workspace) const override;
    void extract_frames(std::span<const float> samples, Matrix<float>& out,
                        FeatureSet::Workspace& workspace) const override;
    void extract_warped(std::span<const float> samples, const FrameWarp& warp, Matrix<float>& out,
                        FeatureSet::Workspace& workspace) const override;
    [[nodiscard]] std::unique_ptr<FrameStream> stream() const override;

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
    };

    [[nodiscard]] dsp::MelOptions mel_options() const;
    [[nodiscard]] Lens plain() const { return {window_.data(), &bank_, nullptr, nullptr}; }
    void run(std::span<const float> samples, double hop, std::size_t n_frames, const Lens& lens,
             Matrix<float>& out, State& state) const;
    void batch(const Starts& from, std::size_t n_frames, const Lens& lens, State& state, float* out) const;

    LogMelOptions options_;
    std::size_t n_fft_, hop_, n_mels_;
    std::vector<std::string> columns_;
    std::vector<float> window_;
    dsp::FrameFft fft_;
    dsp::MelBank bank_;
};

}  // namespace undertone
