#include "audio/byte_source.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace undertone::audio {

std::size_t ByteSource::read_at(std::uint64_t offset, char* target, std::size_t count) noexcept {
    if (offset >= size_) return 0;
    const std::size_t got =
        copy(offset, target, static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset)));
    const std::uint64_t begin = std::max(offset, overlay_offset_);
    const std::uint64_t end = std::min<std::uint64_t>(offset + got, overlay_offset_ + overlay_.size());
    if (begin < end)
        std::memcpy(target + (begin - offset), overlay_.data() + (begin - overlay_offset_), end - begin);
    return got;
}

std::size_t ByteSource::copy(std::uint64_t offset, char* target, std::size_t count) noexcept {
    if (descriptor_ < 0) {
        if (count != 0) std::memcpy(target, memory_.data() + offset, count);
        return count;
    }
    std::size_t done = 0;
    while (done < count) {
        const ssize_t got =
            pread(descriptor_, target + done, count - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) failure_ = errno;
        if (got <= 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

}  // namespace undertone::audio
