#include "core/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "undertone/error.hpp"

namespace undertone {
namespace {

std::string system_reason() { return std::strerror(errno); }

}  // namespace

std::string read_file(const std::string& path, std::size_t max_bytes) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
    if (!file) throw Error(Errc::io, path + ": cannot be opened: " + system_reason());
    struct stat status {};
    if (fstat(fileno(file.get()), &status) == 0 && S_ISDIR(status.st_mode))
        throw Error(Errc::io, path + ": is a folder, not a file");
    std::string bytes;
    constexpr std::size_t kChunk = std::size_t{1} << 16;
    for (std::size_t got = kChunk; got == kChunk;) {
        const std::size_t old_size = bytes.size();
        bytes.resize(old_size + kChunk);
        got = std::fread(bytes.data() + old_size, 1, kChunk, file.get());
        bytes.resize(old_size + got);
        if (bytes.size() > max_bytes)
            throw Error(Errc::io,
                        path + ": larger than the " + std::to_string(max_bytes) + " bytes allowed here");
    }
    if (std::ferror(file.get()) != 0) throw Error(Errc::io, path + ": cannot be read: " + system_reason());
    return bytes;
}

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), temporary_(path_ + ".XXXXXX") {
    const int descriptor = mkstemp(temporary_.data());
    if (descriptor < 0) {
        temporary_.clear();
        fail("cannot be written");
    }
    // mkstemp makes the file private; give it the mode that an ordinary new file would have.
    const mode_t mask = umask(0);
    umask(mask);
    if (fchmod(descriptor, 0666 & ~mask) == 0) file_ = fdopen(descriptor, "wb");
    if (file_ == nullptr) {
        ::close(descriptor);
        unlink(temporary_.c_str());
        fail("cannot be written");
    }
}

AtomicFile::~AtomicFile() {
    if (file_ != nullptr) std::fclose(file_);
    if (!temporary_.empty()) unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail("cannot be written");
}

void AtomicFile::rewrite_at(std::size_t offset, std::string_view bytes) {
    if (std::fseek(file_, static_cast<long>(offset), SEEK_SET) != 0) fail("cannot be written");
    write(bytes);
    if (std::fseek(file_, 0, SEEK_END) != 0) fail("cannot be written");
}

void AtomicFile::commit() {
    if (std::fflush(file_) != 0 || fsync(fileno(file_)) != 0) fail("cannot be written");
    std::FILE* const file = file_;
    file_ = nullptr;
    if (std::fclose(file) != 0 || std::rename(temporary_.c_str(), path_.c_str()) != 0)
        fail("cannot be written");
    temporary_.clear();
}

void AtomicFile::fail(const char* what) const {
    throw Error(Errc::io, path_ + ": " + what + ": " + system_reason());
}

void write_file(const std::string& path, std::string_view bytes) {
    AtomicFile file(path);
    file.write(bytes);
    file.commit();
}

}  // namespace undertone
