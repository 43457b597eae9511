#pragma once

#include <array>
#include <optional>
#include <string>

#include "undertone/audio.hpp"
#include "undertone/explanation.hpp"
#include "undertone/fields.hpp"
#include "undertone/matrix.hpp"
#include "undertone/plot.hpp"

/// Pictures of recordings.
namespace undertone::plot {

/// What of a recording is shown.
enum class SoundKind { waveform, spectrogram, mel, chroma, mfcc, zero_crossings, all };
inline constexpr std::array kSoundKinds{Choice<SoundKind>{"waveform", SoundKind::waveform},
                                        Choice<SoundKind>{"spectrogram", SoundKind::spectrogram},
                                        Choice<SoundKind>{"mel", SoundKind::mel},
                                        Choice<SoundKind>{"chroma", SoundKind::chroma},
                                        Choice<SoundKind>{"mfcc", SoundKind::mfcc},
                                        Choice<SoundKind>{"zero-crossings", SoundKind::zero_crossings},
                                        Choice<SoundKind>{"all", SoundKind::all}};
/// How the spectrogram's frequencies are spaced.
inline constexpr std::array kFrequencyScales{Choice<Scale>{"linear", Scale::linear},
                                             Choice<Scale>{"log", Scale::log},
                                             Choice<Scale>{"mel", Scale::mel}};

/// How the arrays behind the pictures are computed, under librosa's names and with its defaults, but for
/// n_mfcc, which is that of librosa193.
struct SoundPlotOptions {
    Scale scale = Scale::linear;
    int n_fft = 2048;
    int hop_length = 512;
    int n_mels = 128;
    int n_mfcc = 40;
    int n_chroma = 12;
    double fmin = 0;
    std::optional<double> fmax = std::nullopt;
    double top_db = 80;

    static constexpr auto fields() {
        using O = SoundPlotOptions;
        return std::tuple{
            Field{"scale", &O::scale, "", kFrequencyScales, "spectrogram: how frequencies are spaced"},
            Field{"n_fft", &O::n_fft, "samples", {2, 1 << 20}, "length of the FFT"},
            Field{"hop_length", &O::hop_length, "samples", {1, 1 << 24}, "from one frame to the next"},
            Field{"n_mels", &O::n_mels, "", {1, 4096}, "mel, mfcc: bands"},
            Field{"n_mfcc", &O::n_mfcc, "", {1, 4096}, "mfcc: coefficients; at most n_mels"},
            Field{"n_chroma", &O::n_chroma, "", {1, 512}, "chroma: pitch classes in an octave"},
            Field{"fmin", &O::fmin, "Hz", {0.0, 1e6}, "mel, mfcc: lowest frequency"},
            Field{"fmax", &O::fmax, "Hz", {0.0, 1e6}, "mel, mfcc: highest; none: half the sampling rate"},
            Field{"top_db", &O::top_db, "dB", {1.0, 1e3}, "how far below the peak levels are shown"},
        };
    }
};

/// The array behind a picture.
struct SoundArray {
    Matrix<float> values;             ///< `[n_frames, n_bands]`, the transpose of librosa's; a waveform's
                                      ///< samples and zero crossings are `[n, 1]`
    std::size_t frames_together = 1;  ///< of a long recording: how many frames each row is the mean of
};

/// The most frames of a picture. There are not so many pixels on a screen; a longer recording is computed a
/// part at a time, and powers of neighbouring frames are averaged.
inline constexpr std::size_t kMostFrames = 4096;

/// How many frames of a clip each row of its arrays is the mean of: 1 unless there are more than kMostFrames.
[[nodiscard]] std::size_t frames_together(const Clip& clip, const SoundPlotOptions& options) noexcept;

/// @param kind   not `all`
/// @return       waveform: samples. spectrogram: `amplitude_to_db(abs(stft(y)), ref=max)`. mel:
///               `power_to_db(feature.melspectrogram(y), ref=max)`. chroma: `feature.chroma_stft(y)`. mfcc:
///               `feature.mfcc(y)`. zero_crossings: `feature.zero_crossing_rate(y)`
/// @throws Error invalid_argument  an option out of its range, no samples; numerical
/// Matches: librosa 0.11.0, as the functions of dsp that are used do.
[[nodiscard]] SoundArray sound_array(const Clip& clip, SoundKind kind, const SoundPlotOptions& options = {});

/// @param clip      at least one sample
/// @param title     what it is called: the file's name
/// @param start_s   where the clip begins in its recording: what its first sample is labelled with
/// @param array     what sound_array() gave for the same clip, kind and options; nullptr: it is computed
/// @throws Error as sound_array()
[[nodiscard]] Figure sound_figure(const Clip& clip, SoundKind kind, const std::string& title,
                                  double start_s = 0, const SoundPlotOptions& options = {},
                                  const SoundArray* array = nullptr);

/// Which moments and which bands or features spoke for a label and against it, over the mel picture.
/// @param clip      that was explained
/// @param features  of the model that was
/// @throws Error as sound_array()
[[nodiscard]] Figure explanation_figure(const Clip& clip, const Explanation& explanation,
                                        const FeatureSet& features, const std::string& title,
                                        double start_s = 0);

}  // namespace undertone::plot
