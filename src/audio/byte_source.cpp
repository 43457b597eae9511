#include "audio/byte_source.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace undertone::audio {

std::size_t ByteSource::read_at(std::uint64_t offset, void* target, std::size_t count) noexcept {
    if (offset >= size_) return 0;
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset));
    if (descriptor_ < 0) {
        if (count != 0) std::memcpy(target, memory_.data() + offset, count);
        return count;
    }
    std::size_t done = 0;
    while (done < count) {
        const ssize_t got = pread(descriptor_, static_cast<char*>(target) + done, count - done,
                                  static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) failure_ = errno;
        if (got <= 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

}  // namespace undertone::audio
