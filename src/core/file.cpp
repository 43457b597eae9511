#include "core/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "undertone/error.hpp"

namespace undertone {
namespace {

std::string system_reason() { return std::strerror(errno); }

std::string own_descriptor(int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); }

bool can_be_named_later() { return access("/proc/self/fd", X_OK) == 0; }

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

// Where a link leads, so that the file behind it is replaced and not the link.
std::string end_of_links(std::string path) {
    constexpr int kMaxLinks = 40;  // as Linux has it
    std::array<char, 4096> text{};
    for (int i = 0; i < kMaxLinks; ++i) {
        const ssize_t size = readlink(path.c_str(), text.data(), text.size());
        if (size <= 0 || static_cast<std::size_t>(size) == text.size()) break;
        const std::string_view link(text.data(), static_cast<std::size_t>(size));
        path = link.front() == '/' ? std::string() : folder_of(path) + "/";
        path += link;
    }
    return path;
}

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

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) {
    if (path_.empty()) throw Error(Errc::io, "a file to write has no name");
    struct stat status {};
    const bool exists = stat(path_.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode))
        throw Error(Errc::io, path_ + ": is a folder, not a file to write");
    if (exists && !S_ISREG(status.st_mode)) {
        // A device or a pipe is written to. To put a file in its place would destroy it.
        in_place_ = true;
        adopt(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
        return;
    }
    target_ = end_of_links(path_);
    // A file that is replaced keeps its mode; a new one gets what the process gives to new files.
    const mode_t mask = umask(0);
    umask(mask);
    const mode_t mode = exists ? status.st_mode & 07777 : 0666 & ~mask;
    const std::string folder = folder_of(target_);
    // Without a name nothing can be left behind, whatever ends the process; but not every file system can.
    int descriptor =
        can_be_named_later() ? ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600) : -1;
    if (descriptor < 0) {
        temporary_ = folder + "/.undertone-XXXXXX";
        descriptor = mkstemp(temporary_.data());
        if (descriptor < 0) temporary_.clear();
    }
    adopt(descriptor);
    static_cast<void>(fchmod(descriptor, mode));  // refused by some file systems; it then stays private
}

void AtomicFile::adopt(int descriptor) {
    if (descriptor >= 0) file_ = fdopen(descriptor, "wb");
    if (file_ != nullptr) return;
    const int reason = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (!temporary_.empty()) unlink(temporary_.c_str());
    errno = reason;
    fail("cannot be written");
}

AtomicFile::~AtomicFile() {
    if (file_ != nullptr) std::fclose(file_);
    if (!temporary_.empty()) unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail("cannot be written");
}

void AtomicFile::rewrite_at(std::size_t offset, std::string_view bytes) {
    if (std::fseek(file_, static_cast<long>(offset), SEEK_SET) != 0)
        fail("is no file in which one can go back, which this format needs");
    write(bytes);
    if (std::fseek(file_, 0, SEEK_END) != 0) fail("cannot be written");
}

void AtomicFile::commit() {
    if (std::fflush(file_) != 0) fail("cannot be written");
    if (!in_place_) {
        if (fsync(fileno(file_)) != 0) fail("cannot be written");
        if (temporary_.empty()) name_file();
    }
    std::FILE* const file = file_;
    file_ = nullptr;
    if (std::fclose(file) != 0) fail("cannot be written");
    if (in_place_) return;
    if (std::rename(temporary_.c_str(), target_.c_str()) != 0) fail("cannot be written");
    temporary_.clear();
}

// Gives the file that has no name one beside the target: only rename() can replace, and it needs a name.
void AtomicFile::name_file() {
    const std::string from = own_descriptor(fileno(file_));
    for (int attempt = 0;; ++attempt) {
        const std::string name =
            folder_of(target_) + "/.undertone-" + std::to_string(getpid()) + "-" + std::to_string(attempt);
        if (linkat(AT_FDCWD, from.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
            temporary_ = name;
            return;
        }
        if (errno != EEXIST) fail("cannot be written");
    }
}

void AtomicFile::fail(const char* what) const {
    throw Error(Errc::io, path_ + ": " + what + ": " + system_reason());
}

void check_writable(const std::string& path) {
    struct stat status {};
    const bool special =
        stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
    if (special) return;  // to open a pipe and close it again would end it
    const AtomicFile probe(path);
}

void write_file(const std::string& path, std::string_view bytes) {
    AtomicFile file(path);
    file.write(bytes);
    file.commit();
}

}  // namespace undertone
