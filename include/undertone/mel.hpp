#pragma once

#include "undertone/stft.hpp"

namespace undertone::dsp {

/// How the triangles of a mel filter bank are scaled.
enum class MelNorm {
    slaney,  ///< to unit area
    none,    ///< to a peak of one
    l1,      ///< to a sum of one
    l2,      ///< to a sum of squares of one
    inf,     ///< to a largest weight of one
};
inline constexpr std::array kMelNorms{Choice<MelNorm>{"slaney", MelNorm::slaney},
                                      Choice<MelNorm>{"none", MelNorm::none},
                                      Choice<MelNorm>{"1", MelNorm::l1}, Choice<MelNorm>{"2", MelNorm::l2},
                                      Choice<MelNorm>{"inf", MelNorm::inf}};

namespace detail {
template <class O>
constexpr auto mel_fields() {
    return std::tuple{
        Field{"sample_rate", &O::sample_rate, "Hz", {1.0, 1e6}, "sampling rate of the signal"},
        Field{"n_mels", &O::n_mels, "bands", {1, 4096}, "number of mel bands"},
        Field{"fmin", &O::fmin, "Hz", {0.0, 1e6}, "lower edge of the first band"},
        Field{"fmax", &O::fmax, "Hz", {0.0, 1e6, true}, "upper edge of the last band; none: half the rate"},
        Field{"htk", &O::htk, "", {}, "HTK's mel scale instead of Slaney's"},
        Field{"mel_norm", &O::mel_norm, "", kMelNorms, "how the bands are scaled"},
    };
}
}  // namespace detail

/// Where the triangles of a mel filter bank lie.
struct MelOptions {
    double sample_rate = 22050;
    int n_fft = 2048;
    int n_mels = 128;
    double fmin = 0;
    std::optional<double> fmax = std::nullopt;
    bool htk = false;
    MelNorm mel_norm = MelNorm::slaney;

    static constexpr auto fields() {
        return std::tuple_cat(
            std::tuple{Field{"n_fft", &MelOptions::n_fft, "samples", {2, 1 << 20}, "length of the FFT"}},
            detail::mel_fields<MelOptions>());
    }
};

/// Frequency on the mel scale: Slaney's (linear below 1000 Hz, logarithmic above), or HTK's
/// 2595 log10(1 + hz / 700).
///
/// @param hz   frequency in Hz, >= 0
/// @return     mels, >= 0
/// Matches: librosa 0.11.0 `hz_to_mel`, to 1e-12 relative.
/// Source: Slaney, Auditory Toolbox 2, Interval technical report 1998-010; HTK book 5.4.6.
[[nodiscard]] double hz_to_mel(double hz, bool htk = false) noexcept;

/// The inverse of hz_to_mel(): mels to Hz.
[[nodiscard]] double mel_to_hz(double mel, bool htk = false) noexcept;

/// Triangular filters, evenly spaced in mel.
///
/// A band narrower than one bin comes out empty, as in librosa, which warns.
/// @return     `[n_mels, 1 + n_fft / 2]`, by rising frequency
/// @throws Error invalid_argument  a field is out of its range, fmin >= fmax, or fmax above half the rate
/// (which
///         librosa allows)
/// Matches: librosa 0.11.0 `filters.mel`, to 1e-6 of the largest weight.
[[nodiscard]] Matrix<float> mel(const MelOptions& options);

/// A mel spectrogram: how frames are cut, and where the bands lie.
struct MelSpectrogramOptions {
    double sample_rate = 22050;
    int n_fft = 2048;
    std::optional<int> hop_length = 512;
    std::optional<int> win_length = std::nullopt;
    Window window = Window::hann;
    bool center = true;
    PadMode pad_mode = PadMode::constant;
    double power = 2;
    int n_mels = 128;
    double fmin = 0;
    std::optional<double> fmax = std::nullopt;
    bool htk = false;
    MelNorm mel_norm = MelNorm::slaney;

    static constexpr auto fields() {
        using O = MelSpectrogramOptions;
        return std::tuple_cat(
            detail::stft_fields<O>(), detail::mel_fields<O>(),
            std::tuple{Field{"power", &O::power, "", {0.0, 10.0, true}, "1 for magnitudes, 2 for powers"}});
    }
};

/// Window, Fourier transform and filter bank: computed once, used again. Const, so that threads share it;
/// each brings a Workspace of its own.
class MelSpectrogram {
public:
    /// @throws Error invalid_argument
    explicit MelSpectrogram(const MelSpectrogramOptions& options = {});

    /// As melspectrogram() of samples.
    [[nodiscard]] Matrix<float> operator()(std::span<const float> samples, Workspace& workspace) const;

private:
    struct Plan;
    std::shared_ptr<const Plan> plan_;
};

/// The energy in mel bands, frame by frame.
///
/// @param samples  `[n_samples]`
/// @return         `[n_frames, n_mels]`, the transpose of librosa's
/// @throws Error   as stft() and mel() do
/// Matches: librosa 0.11.0 `feature.melspectrogram`, rtol 1e-5.
[[nodiscard]] Matrix<float> melspectrogram(std::span<const float> samples,
                                           const MelSpectrogramOptions& options = {});

/// The same from a spectrogram that is at hand.
/// @param spectrogram  `[n_frames, 1 + n_fft / 2]`, magnitudes to whatever power is wanted
/// @throws Error shape_mismatch  the columns are not those of options.n_fft
[[nodiscard]] Matrix<float> melspectrogram(MatrixView<const float> spectrogram, const MelOptions& options);

/// Power to decibels.
struct DecibelOptions {
    double ref = 1;                       ///< the power that is 0 dB
    bool ref_max = false;                 ///< take the largest power instead of `ref`
    double amin = 1e-10;                  ///< smaller powers count as this
    std::optional<double> top_db = 80.0;  ///< nothing lies further below the peak than this

    static constexpr auto fields() {
        using O = DecibelOptions;
        return std::tuple{
            Field{"ref", &O::ref, "", {0.0, 1e300}, "the power that is 0 dB"},
            Field{"ref_max", &O::ref_max, "", {}, "the largest power is 0 dB"},
            Field{"amin", &O::amin, "", {0.0, 1e300, true}, "smaller powers count as this"},
            Field{"top_db",
                  &O::top_db,
                  "dB",
                  {0.0, 1e6},
                  "nothing lies further below the peak; none: no limit"},
        };
    }
};

/// 10 log10(power / ref), clipped at top_db below the peak.
/// @param power  any shape, >= 0
/// @return       the same shape, dB
/// @throws Error invalid_argument
/// Matches: librosa 0.11.0 `power_to_db`, to 1e-4 dB.
[[nodiscard]] Matrix<float> power_to_db(MatrixView<const float> power, const DecibelOptions& options = {});

}  // namespace undertone::dsp
