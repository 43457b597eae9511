#pragma once

#include "undertone/stft.hpp"

namespace undertone::dsp {

/// How a column or a frame of chroma is scaled.
enum class ChromaNorm { none, l1, l2, inf };
inline constexpr std::array kChromaNorms{
    Choice<ChromaNorm>{"none", ChromaNorm::none}, Choice<ChromaNorm>{"1", ChromaNorm::l1},
    Choice<ChromaNorm>{"2", ChromaNorm::l2}, Choice<ChromaNorm>{"inf", ChromaNorm::inf}};

/// Which bins belong to which pitch class.
struct ChromaOptions {
    double sample_rate = 22050;
    int n_fft = 2048;
    int n_chroma = 12;
    double tuning = 0;                     ///< deviation from A440, in fractions of a chroma bin
    double ctroct = 5;                     ///< octave that weighs most
    std::optional<double> octwidth = 2.0;  ///< width of that weight in octaves; nullopt: all alike
    ChromaNorm norm = ChromaNorm::l2;      ///< of each bin's weights
    bool base_c = true;                    ///< the first class is C; otherwise A

    static constexpr auto fields() {
        using O = ChromaOptions;
        return std::tuple{
            Field{"sample_rate", &O::sample_rate, "Hz", {1.0, 1e6}, "sampling rate of the signal"},
            Field{"n_fft", &O::n_fft, "samples", {2, 1 << 20}, "length of the FFT"},
            Field{"n_chroma", &O::n_chroma, "", {1, 512}, "pitch classes in an octave"},
            Field{"tuning", &O::tuning, "bins", {-100.0, 100.0}, "deviation from A440"},
            Field{"ctroct", &O::ctroct, "octaves", {-20.0, 20.0}, "octave that weighs most"},
            Field{"octwidth",
                  &O::octwidth,
                  "octaves",
                  {0.0, 1e3, true},
                  "width of that weight; none: all alike"},
            Field{"norm", &O::norm, "", kChromaNorms, "how a bin's weights are scaled"},
            Field{"base_c", &O::base_c, "", {}, "the first class is C; otherwise A"},
        };
    }
};

/// @return  `[n_chroma, 1 + n_fft / 2]`
/// @throws Error invalid_argument
/// Matches: librosa 0.11.0 `filters.chroma`, to 1e-6.
/// Source: Ellis, chroma feature analysis and synthesis, 2007.
[[nodiscard]] Matrix<float> chroma(const ChromaOptions& options);

/// Where pitches are looked for and how finely their tuning is told.
struct TuningOptions {
    double sample_rate = 22050;
    int n_fft = 2048;
    double resolution = 0.01;
    int bins_per_octave = 12;
    double fmin = 150;
    double fmax = 4000;
    double threshold = 0.1;  ///< a peak below this share of its frame's largest magnitude is none

    static constexpr auto fields() {
        using O = TuningOptions;
        return std::tuple{
            Field{"sample_rate", &O::sample_rate, "Hz", {1.0, 1e6}, "sampling rate of the signal"},
            Field{"n_fft", &O::n_fft, "samples", {2, 1 << 20}, "length of the FFT"},
            Field{"resolution", &O::resolution, "bins", {1e-4, 1.0}, "fineness of the answer"},
            Field{"bins_per_octave", &O::bins_per_octave, "", {1, 512}, "bins of an octave"},
            Field{"fmin", &O::fmin, "Hz", {0.0, 1e6}, "lowest pitch"},
            Field{"fmax", &O::fmax, "Hz", {0.0, 1e6}, "highest pitch"},
            Field{"threshold", &O::threshold, "", {0.0, 1.0}, "least share of the frame's peak"},
        };
    }
};

/// Estimates how far a recording is tuned away from A440.
///
/// @param spectrogram  `[n_frames, 1 + n_fft / 2]`, magnitudes
/// @return             in [-0.5, 0.5) bins of 1 / bins_per_octave; 0 when no pitch is found
/// @throws Error invalid_argument; shape_mismatch
/// Matches: librosa 0.11.0 `estimate_tuning(S=...)`.
[[nodiscard]] double estimate_tuning(MatrixView<const float> spectrogram, const TuningOptions& options = {});

/// Chroma of an STFT.
struct ChromaStftOptions {
    double sample_rate = 22050;
    int n_fft = 2048;
    std::optional<int> hop_length = 512;
    std::optional<int> win_length = std::nullopt;
    Window window = Window::hann;
    bool center = true;
    PadMode pad_mode = PadMode::constant;
    int n_chroma = 12;
    std::optional<double> tuning = std::nullopt;  ///< nullopt: estimated
    ChromaNorm norm = ChromaNorm::inf;            ///< of each frame
    double ctroct = 5;
    std::optional<double> octwidth = 2.0;
    bool base_c = true;

    static constexpr auto fields() {
        using O = ChromaStftOptions;
        return std::tuple_cat(
            std::tuple{
                Field{"sample_rate", &O::sample_rate, "Hz", {1.0, 1e6}, "sampling rate of the signal"}},
            detail::stft_fields<O>(),
            std::tuple{
                Field{"n_chroma", &O::n_chroma, "", {1, 512}, "pitch classes in an octave"},
                Field{"tuning", &O::tuning, "bins", {-100.0, 100.0}, "deviation from A440; none: estimated"},
                Field{"norm", &O::norm, "", kChromaNorms, "how a frame is scaled"},
                Field{"ctroct", &O::ctroct, "octaves", {-20.0, 20.0}, "octave that weighs most"},
                Field{"octwidth",
                      &O::octwidth,
                      "octaves",
                      {0.0, 1e3, true},
                      "width of that weight; none: all alike"},
                Field{"base_c", &O::base_c, "", {}, "the first class is C; otherwise A"}});
    }
};

/// @param samples  `[n_samples]`; powers are summed, as librosa does from samples
/// @return         `[n_frames, n_chroma]`, the transpose of librosa's
/// @throws Error   as stft() and chroma() do
/// Matches: librosa 0.11.0 `feature.chroma_stft(y=...)`, to 1e-4.
[[nodiscard]] Matrix<float> chroma_stft(std::span<const float> samples,
                                        const ChromaStftOptions& options = {});

/// The same from a spectrogram that is at hand, `[n_frames, 1 + n_fft / 2]`.
/// Matches: librosa 0.11.0 `feature.chroma_stft(S=...)`, to 1e-4.
[[nodiscard]] Matrix<float> chroma_stft(MatrixView<const float> spectrogram,
                                        const ChromaStftOptions& options);

}  // namespace undertone::dsp
