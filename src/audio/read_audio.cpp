#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "audio/read_sound.hpp"
#include "formats/zip.hpp"
#include "os/file.hpp"
#include "undertone/error.hpp"

namespace undertone {
namespace audio {
namespace {

[[noreturn]] void fail_io(const std::string& origin, const char* what) {
    const int code = errno;
    throw Error(Errc::io, origin + ": " + what + ": " + std::strerror(code));
}

// Pipes cannot be read twice, so what comes through one is kept until it is decoded.
class PipeBytes {
public:
    PipeBytes(int descriptor, const std::string& origin, SoundMemory& memory) {
        constexpr std::size_t kChunk = std::size_t{1} << 16;
        for (std::size_t capacity = 0;;) {
            if (size_ + kChunk > capacity) {
                // Not far above the limit, which ends it anyway.
                const auto most = static_cast<std::size_t>(memory.most());
                capacity = std::max(size_ + kChunk, std::min(size_ + size_ / 2, most));
                memory.need(size_ + kChunk, origin, true);
                grow(capacity);
            }
            const ssize_t got = ::read(descriptor, bytes_.get() + size_, kChunk);
            // Only a handler that was installed without SA_RESTART interrupts a read: whoever did so wants it
            // to end.
            if (got < 0 && errno == EINTR)
                throw Error(Errc::cancelled, origin + ": a signal ended the reading of it");
            if (got < 0) fail_io(origin, "cannot be read");
            if (got == 0) return;
            size_ += static_cast<std::size_t>(got);
        }
    }

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {bytes_.get(), size_}; }

private:
    struct Free {
        void operator()(std::byte* bytes) const noexcept { std::free(bytes); }
    };

    // Large blocks are moved by the system without a copy, which a vector cannot.
    void grow(std::size_t capacity) {
        void* const grown = std::realloc(bytes_.get(), capacity);
        if (grown == nullptr) throw std::bad_alloc();
        static_cast<void>(bytes_.release());
        bytes_.reset(static_cast<std::byte*>(grown));
    }

    std::unique_ptr<std::byte, Free> bytes_;
    std::size_t size_ = 0;
};

}  // namespace

void with_bytes(const std::string& path, SoundMemory& memory,
                const std::function<void(ByteSource&, const std::string&)>& use) {
    if (path == "-") {
        const std::string origin = "standard input";
        memory.need(memory.most(), origin);  // how much comes is not known before the end
        const PipeBytes pipe(STDIN_FILENO, origin, memory);
        ByteSource source(pipe.bytes());
        return use(source, origin);
    }
    if (struct stat status{}; stat(path.c_str(), &status) != 0) {
        if (const auto within = split_zip_path(path)) {
            const auto zip = Zip::open(within->zip);
            const ZipEntry& entry = zip->entry(within->entry);
            // Its samples come on top, how many is known when it is unpacked.
            memory.need(entry.bytes + std::min(entry.packed_bytes, UINT64_MAX - entry.bytes), path, true);
            const std::string bytes = zip->read(within->entry, static_cast<std::size_t>(memory.most()));
            ByteSource source(std::as_bytes(std::span(bytes)));
            return use(source, path);
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
    use(source, path);
}

Clip read_sound(const std::string& path, const Segment& segment, SoundMemory& memory,
                const Further& further) {
    Clip clip;
    with_bytes(path, memory, [&](ByteSource& source, const std::string& origin) {
        clip = decode(source, origin, segment, memory, further);
    });
    return clip;
}

}  // namespace audio

Clip read_audio(const std::string& path) { return read_audio(path, Segment{}); }

Clip read_audio(const std::string& path, const Segment& segment, const SoundLimits& limits) {
    audio::SoundMemory memory(limits);
    return audio::read_sound(path, segment, memory);
}

AudioInfo read_audio_info(const std::string& path, const SoundLimits& limits) {
    audio::SoundMemory memory(limits);
    AudioInfo info;
    audio::with_bytes(path, memory, [&](audio::ByteSource& source, const std::string& origin) {
        info = audio::decode_info(source, origin, memory);
    });
    return info;
}

Clip read_audio(std::span<const std::byte> bytes, const std::string& origin, const SoundLimits& limits) {
    audio::SoundMemory memory(limits);
    audio::ByteSource source(bytes);
    return audio::decode(source, origin, {}, memory);
}

}  // namespace undertone
