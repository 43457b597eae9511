#include "os/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "undertone/error.hpp"

namespace undertone {
namespace {

std::string system_reason() { return std::strerror(errno); }

// The files that were read, where somebody wants to know.
class ReadFiles {
public:
    void begin() {
        const std::lock_guard lock(mutex_);
        wanted_ = true;
    }
    void add(const struct stat& status) {
        const std::lock_guard lock(mutex_);
        if (wanted_) files_.emplace(status.st_dev, status.st_ino);
    }
    [[nodiscard]] bool have(const struct stat& status) {
        const std::lock_guard lock(mutex_);
        return files_.contains({status.st_dev, status.st_ino});
    }

private:
    std::mutex mutex_;
    bool wanted_ = false;
    std::set<std::pair<dev_t, ino_t>> files_;
};

ReadFiles& read_files() {
    static ReadFiles files;
    return files;
}

void refuse_unless_regular(const std::string& path, mode_t mode) {
    if (S_ISREG(mode)) return;
    if (S_ISDIR(mode)) throw Error(Errc::io, path + ": is a folder, not a file");
    throw Error(Errc::io, path + ": is " + (S_ISFIFO(mode) ? "a pipe" : "a device") +
                              ", not a file; save what comes from it as a file first");
}

std::string own_descriptor(int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); }

bool can_be_named_later() { return access("/proc/self/fd", X_OK) == 0; }

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

// Where a link leads, so that the file behind it is replaced and not the link. The kernel has followed the
// links before, or said that they end nowhere or go round in circles.
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

constexpr std::string_view kTemporary = ".undertone-";
constexpr int kMaxAttempts = 1000;

bool lock(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB) == 0; }

void remove_left_behind(const std::string& folder, const std::string& target) {
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir(folder.c_str()), &closedir);
    if (!listing) return;  // whoever may not list a folder may still write to it
    std::vector<std::string> found;
    while (const dirent* const entry = readdir(listing.get()))
        if (is_temporary_of(entry->d_name, target)) found.emplace_back(entry->d_name);
    for (const std::string& name : found) {
        const int descriptor =
            openat(dirfd(listing.get()), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (descriptor < 0) continue;
        struct stat status {};
        if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && lock(descriptor))
            unlinkat(dirfd(listing.get()), name.c_str(), 0);
        ::close(descriptor);
    }
}

}  // namespace

std::string temporary_name(const std::string& target, int attempt) {
    constexpr std::size_t kMaxName = 200;  // of 255: the number comes to it
    const std::string name = target.substr(target.rfind('/') + 1);
    return std::string(kTemporary) + std::to_string(getpid()) + "-" + std::to_string(attempt) + "." +
           name.substr(0, kMaxName);
}

bool is_temporary_of(std::string_view name, const std::string& target) {
    const std::string own = temporary_name(target, 0);
    if (!name.starts_with(kTemporary)) return false;
    const std::size_t dot = name.find('.', kTemporary.size());
    return dot != std::string_view::npos && name.find_first_not_of("0123456789-", kTemporary.size()) == dot &&
           name.substr(dot) == std::string_view(own).substr(own.find('.', kTemporary.size()));
}

RegularFile::RegularFile(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) == 0) {
        refuse_unless_regular(path, status.st_mode);
        // Not to wait for a pipe that took its place meanwhile.
        descriptor_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    }
    if (descriptor_ < 0 || fstat(descriptor_, &status) != 0)
        throw Error(Errc::io, path + ": cannot be opened: " + system_reason());
    try {
        refuse_unless_regular(path, status.st_mode);
        read_files().add(status);
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
    size_ = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
}

RegularFile::~RegularFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::string read_file(const std::string& path, std::size_t max_bytes) {
    const RegularFile file(path);
    const auto too_large = [&] {
        return Error(Errc::io, path + ": is larger than the " + std::to_string(max_bytes >> 10U) +
                                   " KiB that are read of such a file");
    };
    if (file.size() > max_bytes) throw too_large();
    std::string bytes;
    constexpr std::size_t kChunk = std::size_t{1} << 16;
    bytes.reserve(static_cast<std::size_t>(file.size()) + kChunk);  // files of /proc say 0
    for (;;) {
        const std::size_t old_size = bytes.size();
        bytes.resize(old_size + kChunk);
        const ssize_t got = ::read(file.descriptor(), bytes.data() + old_size, kChunk);
        bytes.resize(old_size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw Error(Errc::io, path + ": cannot be read: " + system_reason());
        if (got == 0) return bytes;
        if (bytes.size() > max_bytes) throw too_large();
    }
}

void protect_files_that_are_read() { read_files().begin(); }

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) {
    if (path_.empty()) throw Error(Errc::io, "a file to write has no name");
    struct stat status {};
    const bool exists = stat(path_.c_str(), &status) == 0;
    if (!exists && errno == ELOOP) fail("cannot be written");
    if (exists && S_ISDIR(status.st_mode))
        throw Error(Errc::io, path_ + ": is a folder, not a file to write");
    if (exists && !S_ISREG(status.st_mode)) {
        // A device or a pipe is written to. To put a file in its place would destroy it.
        in_place_ = true;
        adopt(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
        return;
    }
    target_ = end_of_links(path_);
    check_target();
    // A file that is replaced keeps its mode; a new one gets what the process gives to new files.
    const mode_t mask = umask(0);
    umask(mask);
    const mode_t mode = exists ? status.st_mode & 07777 : 0666 & ~mask;
    const std::string folder = folder_of(target_);
    remove_left_behind(folder, target_);
    // Without a name nothing can be left behind, whatever ends the process; but not every file system can.
    int descriptor =
        can_be_named_later() ? ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600) : -1;
    for (int attempt = 0; descriptor < 0 && attempt < kMaxAttempts; ++attempt) {
        temporary_ = folder + "/" + temporary_name(target_, attempt);
        descriptor = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (descriptor < 0) temporary_.clear();
        if (descriptor < 0 && errno != EEXIST) break;
    }
    adopt(descriptor);
    static_cast<void>(lock(descriptor));          // before it has a name; not every file system has locks
    static_cast<void>(fchmod(descriptor, mode));  // refused by some file systems; it then stays private
}

// Whether what is there may be replaced. Asked again when it is, for the work between may have read it.
void AtomicFile::check_target() const {
    struct stat status {};
    if (stat(target_.c_str(), &status) != 0) return;
    // rename() asks for no right to write to what it replaces, and root has every right.
    if ((status.st_mode & 0222) == 0 || access(target_.c_str(), W_OK) != 0)
        throw Error(Errc::io, path_ +
                                  ": is there and may not be written to; name another file, or allow it: " +
                                  "chmod u+w " + path_);
    if (read_files().have(status))
        throw Error(Errc::invalid_argument, path_ + ": is read and would be written over; name another file");
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
        // Before the file is closed, for that ends the lock on its name.
        if (!temporary_.empty() || !take_free_name()) replace_target();
    }
    std::FILE* const file = file_;
    file_ = nullptr;
    // What is synced and in its place is written, whatever closing it says.
    if (std::fclose(file) != 0 && in_place_) fail("cannot be written");
}

// Gives the file that has no name that of the target, where no file has it. @return  whether none had
bool AtomicFile::take_free_name() {
    const std::string from = own_descriptor(fileno(file_)), stem = folder_of(target_) + "/";
    std::string name = target_;
    for (int attempt = 0; linkat(AT_FDCWD, from.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0;
         ++attempt) {
        if (errno != EEXIST || attempt == kMaxAttempts) fail("cannot be written");
        name = stem + temporary_name(target_, attempt);
    }
    if (name == target_) return true;
    // Not a copy: what has a name by now must not be forgotten for want of memory.
    temporary_ = std::move(name);
    return false;
}

void AtomicFile::replace_target() {
    check_target();
    if (std::rename(temporary_.c_str(), target_.c_str()) != 0) fail("cannot be written");
    temporary_.clear();
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
