#include <fcntl.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>

#include "audio/byte_source.hpp"
#include "audio/container.hpp"
#include "audio/mix.hpp"
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

using SoundFile = std::unique_ptr<SNDFILE, int (*)(SNDFILE*)>;

SoundFile open_sound(Cursor& cursor, SF_INFO& info, const std::string& container, const std::string& origin) {
    // Why an opening failed is told by a variable that all threads share.
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    SF_VIRTUAL_IO io = callbacks();
    SoundFile file(sf_open_virtual(&io, SFM_READ, &info, &cursor), &sf_close);
    if (file) return file;
    std::string reason = sf_strerror(nullptr);
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

Clip decode(ByteSource& source, const std::string& origin) {
    const std::string container = audio::check_container(source, origin);
    SF_INFO info{};
    Cursor cursor{source};
    const SoundFile file = open_sound(cursor, info, container, origin);
    if (info.samplerate <= 0 || info.channels <= 0)
        throw Error(Errc::corrupt_data, origin + ": its header says " + std::to_string(info.samplerate) +
                                            " Hz and " + std::to_string(info.channels) +
                                            " channels; both must be above 0");

    Clip clip{{}, info.samplerate, info.channels};
    const auto n_channels = static_cast<std::size_t>(info.channels);
    const auto announced = static_cast<std::uint64_t>(std::max<sf_count_t>(info.frames, 0));
    // Blocks that stay in the cache; channels are mixed while reading, so that only the mean is kept.
    constexpr std::size_t kBlockSamples = std::size_t{1} << 14;
    const std::size_t block_frames = std::max<std::size_t>(kBlockSamples / n_channels, 1);
    // One allocation for a true header; a lying one gets no more than 64 frames a byte at once.
    clip.samples.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(announced, 64 * source.size())) +
                         block_frames);
    std::vector<float> block(n_channels == 1 ? 0 : block_frames * n_channels);
    for (std::size_t got = block_frames; got == block_frames;) {
        const std::size_t begin = clip.samples.size();
        clip.samples.resize(begin + block_frames);
        float* const mono = clip.samples.data() + begin;
        float* const target = n_channels == 1 ? mono : block.data();
        got = static_cast<std::size_t>(std::max<sf_count_t>(
            sf_readf_float(file.get(), target, static_cast<sf_count_t>(block_frames)), 0));
        if (n_channels != 1) audio::mix_channels(target, got, n_channels, mono);
        clip.samples.resize(begin + got);
        check_finite(clip.samples, begin, origin);
    }

    if (source.failure() != 0)
        throw Error(Errc::io, origin + ": cannot be read: " + std::strerror(source.failure()));
    if (sf_error(file.get()) != SF_ERR_NO_ERROR)
        throw Error(Errc::corrupt_data, origin + ": its " + container + " data are broken after " +
                                            std::to_string(clip.samples.size()) + " samples (" +
                                            sf_strerror(file.get()) + "); copy it again");
    if (announced != SF_COUNT_MAX && clip.samples.size() < announced)
        throw Error(Errc::corrupt_data,
                    origin + ": is cut: its header announces " + std::to_string(announced) + " samples, " +
                        std::to_string(clip.samples.size()) + " are there; copy it again");
    if (clip.samples.empty()) throw Error(Errc::corrupt_data, origin + ": holds no samples; record it again");
    return clip;
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

struct Descriptor {
    int value;
    explicit Descriptor(int descriptor) : value(descriptor) {}
    ~Descriptor() { ::close(value); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
};

}  // namespace

Clip read_audio(const std::string& path) {
    if (path == "-") return read_audio(read_to_end(STDIN_FILENO, "standard input"), "standard input");
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.value < 0) fail_io(path, "cannot be opened");
    struct stat status {};
    if (fstat(file.value, &status) != 0) fail_io(path, "cannot be read");
    if (S_ISDIR(status.st_mode))
        throw Error(Errc::io, path + ": is a folder, not a recording; name the files in it");
    if (!S_ISREG(status.st_mode)) return read_audio(read_to_end(file.value, path), path);
    ByteSource source(file.value, static_cast<std::uint64_t>(status.st_size));
    return decode(source, path);
}

Clip read_audio(std::span<const std::byte> bytes, const std::string& origin) {
    ByteSource source(bytes);
    return decode(source, origin);
}

}  // namespace undertone
