#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "fuzz.hpp"

namespace undertone::fuzz {

/// Bytes under a path, for a reader that wants one: a file that lies in memory and is used again.
class FileInMemory {
public:
    FileInMemory() : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
        require(descriptor_ >= 0);
        path_ = "/proc/self/fd/" + std::to_string(descriptor_);
    }
    ~FileInMemory() { ::close(descriptor_); }
    FileInMemory(const FileInMemory&) = delete;
    FileInMemory& operator=(const FileInMemory&) = delete;

    const std::string& holding(std::string_view bytes) {
        require(::ftruncate(descriptor_, 0) == 0);
        require(::pwrite(descriptor_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
        return path_;
    }

private:
    int descriptor_;
    std::string path_;
};

}  // namespace undertone::fuzz
