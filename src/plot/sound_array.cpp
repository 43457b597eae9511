#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

#include "undertone/chroma.hpp"
#include "undertone/error.hpp"
#include "undertone/mel.hpp"
#include "undertone/mfcc.hpp"
#include "undertone/sound_plot.hpp"
#include "undertone/stft.hpp"
#include "undertone/zero_crossings.hpp"

namespace undertone::plot {

namespace {

constexpr std::size_t kBlock = 1024;   // frames computed at a time, about
constexpr double kTuningSeconds = 60;  // of a long recording, that its tuning is estimated from

dsp::MelSpectrogramOptions mel_options(const Clip& clip, const SoundPlotOptions& options) {
    return {.sample_rate = static_cast<double>(clip.sample_rate),
            .n_fft = options.n_fft,
            .hop_length = options.hop_length,
            .n_mels = options.n_mels,
            .fmin = options.fmin,
            .fmax = options.fmax};
}

Matrix<float> powers(const Matrix<std::complex<float>>& spectrum) {
    Matrix<float> power(spectrum.rows(), spectrum.cols());
    std::transform(spectrum.values().begin(), spectrum.values().end(), power.values().begin(),
                   [](std::complex<float> value) {
                       const float magnitude = std::abs(value);
                       return magnitude * magnitude;
                   });
    return power;
}

// How many centred frames a clip has.
std::size_t count_frames(std::size_t n_samples, const SoundPlotOptions& options) {
    const auto odd = static_cast<std::size_t>(options.n_fft % 2);
    return 1 + (n_samples - std::min(odd, n_samples)) / static_cast<std::size_t>(options.hop_length);
}

// Frames of a long recording, a part at a time, in means of `together`.
// @param frames_of   the frames of samples that are padded already
template <class FramesOf>
Matrix<float> averaged(const Clip& clip, const SoundPlotOptions& options, std::size_t together,
                       FramesOf&& frames_of) {
    const std::size_t n_frames = count_frames(clip.samples.size(), options);
    const auto hop = static_cast<std::size_t>(options.hop_length);
    const auto n_fft = static_cast<std::size_t>(options.n_fft);
    const std::size_t n_rows = (n_frames + together - 1) / together;
    const std::size_t rows_at_once = std::max<std::size_t>(1, kBlock / together);
    Matrix<float> means;
    std::vector<float> padded;
    for (std::size_t row = 0; row < n_rows; row += rows_at_once) {
        const std::size_t first = row * together;
        const std::size_t last = std::min(n_frames, (row + rows_at_once) * together);
        padded.assign((last - first - 1) * hop + n_fft, 0.0F);
        const auto start = static_cast<std::ptrdiff_t>(first * hop) - static_cast<std::ptrdiff_t>(n_fft / 2);
        for (std::size_t i = 0; i < padded.size(); ++i) {
            const std::ptrdiff_t at = start + static_cast<std::ptrdiff_t>(i);
            if (at >= 0 && at < static_cast<std::ptrdiff_t>(clip.samples.size()))
                padded[i] = clip.samples[static_cast<std::size_t>(at)];
        }
        const Matrix<float> frames = frames_of(std::span<const float>(padded));
        if (row == 0) means = Matrix<float>(n_rows, frames.cols());
        std::vector<double> sums(frames.cols());
        for (std::size_t r = row; r < std::min(n_rows, row + rows_at_once); ++r) {
            const std::size_t begin = r * together - first, end = std::min(begin + together, frames.rows());
            std::fill(sums.begin(), sums.end(), 0.0);
            for (std::size_t t = begin; t < end; ++t)
                for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += static_cast<double>(frames(t, c));
            for (std::size_t c = 0; c < sums.size(); ++c)
                means(r, c) = static_cast<float>(sums[c] / static_cast<double>(end - begin));
        }
    }
    return means;
}

Matrix<float> power_spectrogram(const Clip& clip, const SoundPlotOptions& options, std::size_t together) {
    dsp::StftOptions stft{.n_fft = options.n_fft, .hop_length = options.hop_length};
    if (together == 1) return powers(dsp::stft(clip.samples, stft));
    stft.center = false;
    const dsp::Stft plan(stft);
    dsp::Workspace workspace;
    return averaged(clip, options, together,
                    [&](std::span<const float> part) { return powers(plan(part, workspace)); });
}

Matrix<float> mel_powers(const Clip& clip, const SoundPlotOptions& options, std::size_t together) {
    dsp::MelSpectrogramOptions mel = mel_options(clip, options);
    if (together == 1) return dsp::melspectrogram(clip.samples, mel);
    mel.center = false;
    const dsp::MelSpectrogram plan(mel);
    dsp::Workspace workspace;
    return averaged(clip, options, together,
                    [&](std::span<const float> part) { return plan(part, workspace); });
}

Matrix<float> chroma(const Clip& clip, const SoundPlotOptions& options, std::size_t together) {
    dsp::ChromaStftOptions chroma{.sample_rate = static_cast<double>(clip.sample_rate),
                                  .n_fft = options.n_fft,
                                  .hop_length = options.hop_length,
                                  .n_chroma = options.n_chroma};
    if (together == 1) return dsp::chroma_stft(clip.samples, chroma);
    // One tuning for the whole recording; a part of it is enough to hear that.
    const auto n = std::min(clip.samples.size(), static_cast<std::size_t>(kTuningSeconds * clip.sample_rate));
    const Matrix<std::complex<float>> spectrum = dsp::stft(
        std::span(clip.samples).first(n), {.n_fft = options.n_fft, .hop_length = options.hop_length});
    Matrix<float> magnitudes(spectrum.rows(), spectrum.cols());
    std::transform(spectrum.values().begin(), spectrum.values().end(), magnitudes.values().begin(),
                   [](std::complex<float> value) { return std::abs(value); });
    chroma.tuning = dsp::estimate_tuning(magnitudes, {.sample_rate = static_cast<double>(clip.sample_rate),
                                                      .n_fft = options.n_fft,
                                                      .bins_per_octave = options.n_chroma});
    chroma.center = false;
    return averaged(clip, options, together,
                    [&](std::span<const float> part) { return dsp::chroma_stft(part, chroma); });
}

// As librosa: the first and the last sample go on beyond the edges.
Matrix<float> zero_crossing_rate(const Clip& clip, const SoundPlotOptions& options, std::size_t together) {
    const auto hop = static_cast<std::size_t>(options.hop_length);
    const auto n_fft = static_cast<std::size_t>(options.n_fft);
    const std::size_t n_frames = count_frames(clip.samples.size(), options);
    Matrix<float> rates((n_frames + together - 1) / together, 1);
    std::vector<float> frame(n_fft);
    std::vector<std::size_t> counts(rates.rows()), counted(rates.rows());
    const auto last = static_cast<std::ptrdiff_t>(clip.samples.size()) - 1;
    for (std::size_t t = 0; t < n_frames; ++t) {
        const auto start = static_cast<std::ptrdiff_t>(t * hop) - static_cast<std::ptrdiff_t>(n_fft / 2);
        for (std::size_t i = 0; i < n_fft; ++i)
            frame[i] = clip.samples[static_cast<std::size_t>(
                std::clamp<std::ptrdiff_t>(start + static_cast<std::ptrdiff_t>(i), 0, last))];
        counts[t / together] += dsp::zero_crossings(frame, {.pad = false});
        counted[t / together] += n_fft;
    }
    for (std::size_t r = 0; r < rates.rows(); ++r)
        rates(r, 0) = static_cast<float>(static_cast<double>(counts[r]) / static_cast<double>(counted[r]));
    return rates;
}

dsp::DecibelOptions below_peak(const SoundPlotOptions& options) {
    return {.ref_max = true, .top_db = options.top_db};
}

}  // namespace

std::size_t frames_together(const Clip& clip, const SoundPlotOptions& options) noexcept {
    return (count_frames(clip.samples.size(), options) + kMostFrames - 1) / kMostFrames;
}

SoundArray sound_array(const Clip& clip, SoundKind kind, const SoundPlotOptions& options) {
    validate(options);
    if (clip.samples.empty()) throw Error(Errc::invalid_argument, "plot: the clip has no samples");
    SoundArray array;
    if (kind != SoundKind::waveform) array.frames_together = frames_together(clip, options);
    switch (kind) {
        case SoundKind::waveform:
            array.values = Matrix<float>(clip.samples.size(), 1);
            std::copy(clip.samples.begin(), clip.samples.end(), array.values.data());
            break;
        case SoundKind::spectrogram:
            array.values = dsp::power_to_db(power_spectrogram(clip, options, array.frames_together),
                                            below_peak(options));
            break;
        case SoundKind::mel:
            array.values =
                dsp::power_to_db(mel_powers(clip, options, array.frames_together), below_peak(options));
            break;
        case SoundKind::chroma:
            array.values = chroma(clip, options, array.frames_together);
            break;
        case SoundKind::mfcc: {
            dsp::MfccOptions mfcc{.n_mfcc = options.n_mfcc, .n_mels = options.n_mels};
            array.values =
                dsp::mfcc(dsp::power_to_db(mel_powers(clip, options, array.frames_together)), mfcc);
            break;
        }
        case SoundKind::zero_crossings:
            array.values = zero_crossing_rate(clip, options, array.frames_together);
            break;
        case SoundKind::all:
            throw Error(Errc::invalid_argument, "plot: there is no one array behind all pictures");
    }
    return array;
}

}  // namespace undertone::plot
