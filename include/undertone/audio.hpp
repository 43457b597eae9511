#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace undertone {

/// One recording in memory: the mean of its channels, at its own rate.
struct Clip {
    std::vector<float> samples;  ///< `[n_samples]`, full scale is -1 ... 1
    int sample_rate = 0;         ///< Hz
    int n_channels = 0;          ///< channels the recording had before they were mixed

    [[nodiscard]] double duration_s() const noexcept {
        return sample_rate > 0 ? static_cast<double>(samples.size()) / sample_rate : 0;
    }
};

/// A part of a recording.
struct Segment {
    double start_s = 0;
    double end_s = 0;  ///< 0: to its end
};

/// What the header of a recording says.
struct AudioInfo {
    int sample_rate = 0;  ///< Hz
    int n_channels = 0;
    std::uint64_t n_samples = 0;  ///< of one channel; of MP3 it may be an estimate

    [[nodiscard]] double duration_s() const noexcept {
        return sample_rate > 0 ? static_cast<double>(n_samples) / sample_rate : 0;
    }
};

/// How much memory sound may take. A file of some kilobytes can hold hours of silence, so what it would take
/// is asked before it is decoded.
struct SoundLimits {
    /// Of one recording at a time: its bytes where they do not stay in a file (an entry of a zip, standard
    /// input), its samples (4 bytes each, the mean of the channels), those at another rate, and its frames.
    std::uint64_t clip_bytes = 256'000'000;
    std::uint64_t total_bytes = 512'000'000;     ///< of all recordings that threads read at the same time
    std::uint64_t corpus_bytes = 4'000'000'000;  ///< of the samples that a Dataset keeps, for frames
};

/// Reads a recording: WAV (8, 16, 24, 32 bit, float, A-law, mu-law, extensible, unknown chunks skipped),
/// FLAC, Ogg Vorbis and Opus, MP3, AIFF, AU, CAF. What the bytes are is taken from the bytes, not from the
/// name. A length that a program left open because it wrote to a pipe (0, or about 2^31 or 2^32) is that of
/// what is there. The file is read in blocks: memory is that of the result and some 100 kB.
///
/// @param path   a regular file, an entry of a zip (`corpus.zip/a/b.wav`, unpacked in memory);
///               "-" reads standard input to its end
/// @throws Error io                  the file cannot be opened or read, or takes more than the limits allow
/// @throws Error unsupported_format  no audio format that is known, or an encoding that is not built in
/// @throws Error corrupt_data        broken or cut headers, no samples at all, fewer samples than announced
/// @throws Error numerical           a NaN or infinite sample
/// Matches: librosa 0.11.0 `load(path, sr=None, mono=True)`: integers over 2^(bits - 1), the mean of the
/// channels in float32, bit for bit. librosa reads a cut file without a word; here it is refused.
[[nodiscard]] Clip read_audio(const std::string& path);

/// Reads a part of a recording: from the sample at round(start_s * rate) to the one before round(end_s *
/// rate). Nothing that lies outside is kept in memory; of PCM files it is not even read. An end that lies
/// up to 10 ms past the last sample is taken for it, since tables round.
/// @param limits  what is above them is refused, before it is decoded where its header tells its length
/// @throws Error invalid_argument  a time that is negative or past the end, or no sample between them; else
///         as read_audio()
[[nodiscard]] Clip read_audio(const std::string& path, const Segment& segment,
                              const SoundLimits& limits = {});

/// Reads the header of a recording and no samples. Where it does not tell a length, samples are decoded and
/// counted, as far as the limits go.
/// @throws Error as read_audio()
[[nodiscard]] AudioInfo read_audio_info(const std::string& path, const SoundLimits& limits = {});

/// The same as read_audio() from memory.
/// @param origin   what to call the bytes in messages
[[nodiscard]] Clip read_audio(std::span<const std::byte> bytes, const std::string& origin,
                              const SoundLimits& limits = {});

/// Resamples to another rate with soxr at its high quality ("HQ", librosa's `soxr_hq`).
/// @param samples       `[n_samples]` at `from_rate` Hz
/// @return              `[ceil(n_samples * to_rate / from_rate)]`
/// @throws Error invalid_argument  a rate that is not positive, or two that differ more than 256 times
/// Matches: librosa 0.11.0 `resample(res_type="soxr_hq")`, bit for bit.
[[nodiscard]] std::vector<float> resample(std::span<const float> samples, int from_rate, int to_rate);

}  // namespace undertone
