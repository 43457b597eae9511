#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string_view>

#include "audio/byte_source.hpp"
#include "audio/container.hpp"
#include "audio/mix.hpp"
#include "core/file.hpp"
#include "core/zip.hpp"
#include "undertone/audio.hpp"
#include "undertone/error.hpp"

namespace undertone {
namespace {

using audio::ByteSource;

// What libsndfile sees: the source and its place in it.
struct Cursor {
    ByteSource& source;
    sf_count_t position = 0;
};

SF_VIRTUAL_IO callbacks() {
    SF_VIRTUAL_IO io{};
    io.get_filelen = [](void* user) {
        return static_cast<sf_count_t>(static_cast<Cursor*>(user)->source.size());
    };
    io.seek = [](sf_count_t offset, int whence, void* user) {
        Cursor& cursor = *static_cast<Cursor*>(user);
        if (whence == SEEK_CUR) offset += cursor.position;
        if (whence == SEEK_END) offset += static_cast<sf_count_t>(cursor.source.size());
        return cursor.position = std::max<sf_count_t>(offset, 0);
    };
    io.read = [](void* target, sf_count_t count, void* user) {
        Cursor& cursor = *static_cast<Cursor*>(user);
        if (count <= 0) return sf_count_t{0};
        const auto got = static_cast<sf_count_t>(
            cursor.source.read_at(static_cast<std::uint64_t>(cursor.position), static_cast<char*>(target),
                                  static_cast<std::size_t>(count)));
        cursor.position += got;
        return got;
    };
    io.write = [](const void*, sf_count_t, void*) { return sf_count_t{0}; };
    io.tell = [](void* user) { return static_cast<Cursor*>(user)->position; };
    return io;
}

// libsndfile's word for it, which has no public number: no fault of the file.
void check_memory(std::string_view reason) {
    if (reason.find("malloc") != std::string_view::npos) throw std::bad_alloc();
}

using SoundFile = std::unique_ptr<SNDFILE, int (*)(SNDFILE*)>;

SoundFile open_sound(Cursor& cursor, SF_INFO& info, const std::string& container, const std::string& origin) {
    // Why an opening failed is told by a variable that all threads share.
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    SF_VIRTUAL_IO io = callbacks();
    SoundFile file(sf_open_virtual(&io, SFM_READ, &info, &cursor), &sf_close);
    if (file) return file;
    std::string reason = sf_strerror(nullptr);
    check_memory(reason);
    while (!reason.empty() && (reason.back() == '.' || reason.back() == '\n')) reason.pop_back();
    std::replace(reason.begin(), reason.end(), '\n', ' ');
    if (sf_error(nullptr) == SF_ERR_UNSUPPORTED_ENCODING)
        throw Error(Errc::unsupported_format, origin + ": " + container +
                                                  " of an encoding that is not read (" + reason +
                                                  "); convert it to 16-bit PCM first");
    throw Error(Errc::corrupt_data,
                origin + ": its " + container + " header is broken or cut (" + reason + "); copy it again");
}

void check_finite(const std::vector<float>& samples, std::size_t first, const std::string& origin) {
    const auto finite = [](float x) { return std::abs(x) <= 3.402823466e38F; };
    // Counted without a branch, so that it becomes vector code; where the first one is matters only to the
    // message.
    std::size_t n_bad = 0;
    for (std::size_t i = first; i < samples.size(); ++i) n_bad += finite(samples[i]) ? 0U : 1U;
    if (n_bad == 0) return;
    const auto bad =
        std::find_if_not(samples.begin() + static_cast<std::ptrdiff_t>(first), samples.end(), finite);
    throw Error(Errc::numerical, origin + ": sample " + std::to_string(bad - samples.begin()) + " is " +
                                     (std::isnan(*bad) ? "NaN" : "infinite") +
                                     "; write the recording again with finite samples");
}

struct Sound {
    SoundFile file;
    SF_INFO info{};
    std::string container;
};

Sound open_checked(ByteSource& source, Cursor& cursor, const std::string& origin) {
    std::string container = audio::check_container(source, origin);
    SF_INFO info{};
    SoundFile file = open_sound(cursor, info, container, origin);
    if (info.samplerate <= 0 || info.channels <= 0)
        throw Error(Errc::corrupt_data, origin + ": its header says " + std::to_string(info.samplerate) +
                                            " Hz and " + std::to_string(info.channels) +
                                            " channels; both must be above 0");
    return {std::move(file), info, std::move(container)};
}

// Samples of a clip, first and one past the last; `end` is the greatest number where no end is asked.
struct Range {
    std::uint64_t begin = 0, end = UINT64_MAX;
};

std::string seconds(double value) {
    std::string text = std::to_string(value);
    text.resize(text.size() - 3);  // milliseconds
    return text + " s";
}

Range range_of(const Segment& segment, int rate, const std::string& origin) {
    constexpr double kMaxTime = 1e9;  // thirty years; the product with any rate fits
    const auto in_range = [](double time) { return time >= 0 && time <= kMaxTime; };
    if (!in_range(segment.start_s) || !in_range(segment.end_s) ||
        (segment.end_s != 0 && segment.end_s <= segment.start_s))
        throw Error(Errc::invalid_argument, origin + ": a part from " + std::to_string(segment.start_s) +
                                                " s to " + std::to_string(segment.end_s) +
                                                " s: both must not be negative, and the end after the start");
    Range range;
    range.begin = static_cast<std::uint64_t>(std::llround(segment.start_s * rate));
    if (segment.end_s != 0) range.end = static_cast<std::uint64_t>(std::llround(segment.end_s * rate));
    return range;
}

void check_range(const Segment& segment, const Range& range, std::uint64_t n_samples, int rate,
                 const std::string& origin) {
    constexpr double kRounded = 0.01;  // tables give times to hundredths of a second
    const auto slack = static_cast<std::uint64_t>(std::llround(kRounded * rate));
    if (range.begin < n_samples && (range.end == UINT64_MAX || range.end <= n_samples + slack)) {
        if (range.end > range.begin) return;
        throw Error(Errc::invalid_argument, origin + ": no sample lies between " + seconds(segment.start_s) +
                                                " and " + seconds(segment.end_s));
    }
    throw Error(Errc::invalid_argument,
                origin + ": a part from " + seconds(segment.start_s) + " to " +
                    (segment.end_s == 0 ? "its end" : seconds(segment.end_s)) + " is asked, but it ends at " +
                    seconds(static_cast<double>(n_samples) / rate) + "; correct the times");
}

// Where seeking is exact and free: formats that keep plain samples.
bool seeks_exactly(const Sound& sound) {
    const int encoding = sound.info.format & SF_FORMAT_SUBMASK;
    const bool plain = encoding == SF_FORMAT_PCM_S8 || encoding == SF_FORMAT_PCM_U8 ||
                       encoding == SF_FORMAT_PCM_16 || encoding == SF_FORMAT_PCM_24 ||
                       encoding == SF_FORMAT_PCM_32 || encoding == SF_FORMAT_FLOAT ||
                       encoding == SF_FORMAT_DOUBLE;
    return plain && sound.container != "FLAC" && sound.info.seekable != 0;
}

Clip decode(ByteSource& source, const std::string& origin, const Segment& segment = {}) {
    Cursor cursor{source};
    const Sound sound = open_checked(source, cursor, origin);
    const SF_INFO& info = sound.info;
    const Range range = range_of(segment, info.samplerate, origin);
    const bool whole = range.begin == 0 && range.end == UINT64_MAX;
    const bool counted = info.frames != SF_COUNT_MAX && sound.container != "MP3";

    Clip clip{{}, info.samplerate, info.channels};
    const auto n_channels = static_cast<std::size_t>(info.channels);
    const auto announced = static_cast<std::uint64_t>(std::max<sf_count_t>(info.frames, 0));
    if (!whole && counted) check_range(segment, range, announced, info.samplerate, origin);
    // Blocks that stay in the cache; channels are mixed while reading, so that only the mean is kept.
    constexpr std::size_t kBlockSamples = std::size_t{1} << 14;
    const std::size_t block_frames = std::max<std::size_t>(kBlockSamples / n_channels, 1);
    // One allocation for a true header; a lying one gets no more than 64 frames a byte at once.
    const std::uint64_t wanted = std::min(announced, range.end) - std::min(announced, range.begin);
    clip.samples.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(wanted, 64 * source.size())) +
                         block_frames);
    std::uint64_t position = 0;  // of the next sample to come
    if (range.begin > 0 && seeks_exactly(sound) &&
        sf_seek(sound.file.get(), static_cast<sf_count_t>(range.begin), SEEK_SET) >= 0)
        position = range.begin;
    std::vector<float> block(n_channels == 1 ? 0 : block_frames * n_channels);
    for (std::size_t got = block_frames; got == block_frames && position < range.end;) {
        const std::size_t begin = clip.samples.size();
        clip.samples.resize(begin + block_frames);
        float* const mono = clip.samples.data() + begin;
        float* const target = n_channels == 1 ? mono : block.data();
        got = static_cast<std::size_t>(std::max<sf_count_t>(
            sf_readf_float(sound.file.get(), target, static_cast<sf_count_t>(block_frames)), 0));
        if (n_channels != 1) audio::mix_channels(target, got, n_channels, mono);
        const std::uint64_t end = std::min(position + got, range.end);
        clip.samples.resize(begin + (end - position));
        if (position < range.begin)
            clip.samples.erase(clip.samples.begin() + static_cast<std::ptrdiff_t>(begin),
                               clip.samples.begin() + static_cast<std::ptrdiff_t>(
                                                          begin + std::min(range.begin, end) - position));
        check_finite(clip.samples, begin, origin);
        position += got;
    }

    if (source.failure() != 0)
        throw Error(Errc::io, origin + ": cannot be read: " + std::strerror(source.failure()));
    if (sf_error(sound.file.get()) != SF_ERR_NO_ERROR) {
        check_memory(sf_strerror(sound.file.get()));
        throw Error(Errc::corrupt_data, origin + ": its " + sound.container + " data are broken after " +
                                            std::to_string(position) + " samples (" +
                                            sf_strerror(sound.file.get()) + "); copy it again");
    }
    if (announced != SF_COUNT_MAX && position < std::min(announced, range.end))
        throw Error(Errc::corrupt_data, origin + ": is cut: its header announces " +
                                            std::to_string(announced) + " samples, " +
                                            std::to_string(position) + " are there; copy it again");
    if (position == 0) throw Error(Errc::corrupt_data, origin + ": holds no samples; record it again");
    if (!whole && !counted) check_range(segment, range, position, info.samplerate, origin);
    return clip;
}

AudioInfo info_of(ByteSource& source, const std::string& origin) {
    Cursor cursor{source};
    const Sound sound = open_checked(source, cursor, origin);
    if (sound.info.frames == SF_COUNT_MAX) {  // a length that is not told has to be found out
        const Clip clip = decode(source, origin);
        return {clip.sample_rate, clip.n_channels, clip.samples.size()};
    }
    return {sound.info.samplerate, sound.info.channels,
            static_cast<std::uint64_t>(std::max<sf_count_t>(sound.info.frames, 0))};
}

[[noreturn]] void fail_io(const std::string& origin, const char* what) {
    const int code = errno;
    throw Error(Errc::io, origin + ": " + what + ": " + std::strerror(code));
}

// Pipes cannot be read twice, so what comes through one is kept until it is decoded.
std::vector<std::byte> read_to_end(int descriptor, const std::string& origin) {
    constexpr std::size_t kChunk = std::size_t{1} << 16, kMax = std::size_t{1} << 32;
    std::vector<std::byte> bytes;
    for (;;) {
        const std::size_t size = bytes.size();
        if (size > kMax) throw Error(Errc::io, origin + ": larger than the 4 GiB that are read from a pipe");
        bytes.resize(size + kChunk);
        const ssize_t got = ::read(descriptor, bytes.data() + size, kChunk);
        // Only a handler that was installed without SA_RESTART interrupts a read: whoever did so wants it to
        // end.
        if (got < 0 && errno == EINTR)
            throw Error(Errc::cancelled, origin + ": a signal ended the reading of it");
        if (got < 0) fail_io(origin, "cannot be read");
        bytes.resize(size + static_cast<std::size_t>(got));
        if (got == 0) return bytes;
    }
}

constexpr std::size_t kMaxZipped = std::size_t{1} << 29;

// Opens what a path names and hands its bytes to `use(source, origin)`.
template <class Use>
auto with_source(const std::string& path, Use use) {
    const auto from_memory = [&](std::span<const std::byte> bytes, const std::string& origin) {
        ByteSource source(bytes);
        return use(source, origin);
    };
    if (path == "-") return from_memory(read_to_end(STDIN_FILENO, "standard input"), "standard input");
    if (struct stat status{}; stat(path.c_str(), &status) != 0) {
        if (const auto within = split_zip_path(path)) {
            const std::string bytes = Zip::open(within->zip)->read(within->entry, kMaxZipped);
            return from_memory(std::as_bytes(std::span(bytes)), path);
        }
    } else if (S_ISDIR(status.st_mode)) {
        throw Error(Errc::io, path + ": is a folder, not a recording; name the files in it");
    } else if (S_ISFIFO(status.st_mode)) {
        throw Error(Errc::io, path +
                                  ": is a pipe, not a recording; name - and let it come through "
                                  "standard input: < " +
                                  path);
    }
    const RegularFile file(path);
    ByteSource source(file.descriptor(), file.size());
    return use(source, path);
}

}  // namespace

Clip read_audio(const std::string& path) { return read_audio(path, Segment{}); }

Clip read_audio(const std::string& path, const Segment& segment) {
    return with_source(
        path, [&](ByteSource& source, const std::string& origin) { return decode(source, origin, segment); });
}

AudioInfo read_audio_info(const std::string& path) { return with_source(path, info_of); }

Clip read_audio(std::span<const std::byte> bytes, const std::string& origin) {
    ByteSource source(bytes);
    return decode(source, origin);
}

}  // namespace undertone
