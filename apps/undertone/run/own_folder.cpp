#include "run/own_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "os/file.hpp"
#include "output/output.hpp"
#include "undertone/error.hpp"

namespace undertone::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* kLock = "undertone.lock";
constexpr std::string_view kMark =
    "undertone 1\n"
    "undertone works in this folder, or did until it was ended. A run of evaluate or tune goes on with "
    "--resume.\n";

// What undertone makes in such a folder, and in the folders within it.
constexpr std::array<std::string_view, 12> kMade{kLock,
                                                 "command.json",
                                                 "units.jsonl",
                                                 "run.json",
                                                 "predictions.csv",
                                                 "curves.csv",
                                                 "times.csv",
                                                 "importance.json",
                                                 "table.csv",
                                                 "model.safetensors",
                                                 "run.safetensors",
                                                 "run.safetensors.last-good"};

// And the folders: results that have not their place yet, and what `verify` does again.
constexpr std::array<std::string_view, 3> kFolders{"result", "run", "run.part"};

constexpr int kTries = 100;

bool is_made_here(const std::string& name) {
    return std::find(kMade.begin(), kMade.end(), name) != kMade.end() ||
           std::any_of(kMade.begin(), kMade.end(),
                       [&](std::string_view made) { return is_temporary_of(name, std::string(made)); });
}

[[noreturn]] void fail(const std::string& path, const char* what) {
    throw Error(Errc::io, path + ": " + what + ": " + std::strerror(errno));
}

bool exists(const std::string& path) {
    struct stat status {};
    return lstat(path.c_str(), &status) == 0;
}

// The lock file of a folder that undertone made, open; -1 where it did not make it.
// @param begun  one counts too that was not written to its end
int open_mark(const std::string& folder, bool begun = false) {
    const int descriptor =
        ::open((folder + "/" + kLock).c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    std::array<char, kMark.size()> text{};
    struct stat status {};
    if (descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
        const ssize_t size = pread(descriptor, text.data(), text.size(), 0);
        if (size >= 0 && kMark.starts_with(std::string_view(text.data(), static_cast<std::size_t>(size))) &&
            (begun || size == static_cast<ssize_t>(kMark.size())))
            return descriptor;
    }
    if (descriptor >= 0) ::close(descriptor);
    return -1;
}

bool is_same_file(int descriptor, const std::string& path) {
    struct stat open {
    }, named{};
    return fstat(descriptor, &open) == 0 && lstat(path.c_str(), &named) == 0 && open.st_dev == named.st_dev &&
           open.st_ino == named.st_ino;
}

bool make_mark(int descriptor) {
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0 &&
           ::write(descriptor, kMark.data(), kMark.size()) == static_cast<ssize_t>(kMark.size()) &&
           fsync(descriptor) == 0;
}

enum class Walk { look, remove };

// Walks what undertone made in a folder, but for the lock of the outermost one.
// @param left  becomes the first that it did not make, or that could not be removed
// @return      whether there is none
bool walk_made(const fs::path& folder, Walk walk, std::string& left, int depth = 0) {
    // RUN.verify / run.part / result / the row of a table, whose name is that of a corpus
    constexpr int kDepth = 3;
    const auto is_ours = [&](const std::string& name) {
        return std::find(kFolders.begin(), kFolders.end(), name) != kFolders.end() ||
               folder.filename() == "result" || folder.filename() == "run";
    };
    bool all = true;
    std::error_code failed;
    fs::directory_iterator entries(folder, failed);
    for (; !failed && entries != fs::directory_iterator(); entries.increment(failed)) {
        const fs::path& path = entries->path();
        const fs::file_status status = entries->symlink_status(failed);
        const std::string name = path.filename().string();
        if (depth == 0 && name == kLock) continue;
        bool good = false;
        if (fs::is_directory(status) && depth < kDepth && is_ours(name))
            good =
                walk_made(path, walk, left, depth + 1) && (walk == Walk::look || ::rmdir(path.c_str()) == 0);
        else if (fs::is_regular_file(status) && is_made_here(name))
            good = walk == Walk::look || ::unlink(path.c_str()) == 0;
        if (!good && left.empty()) left = path.string();
        all = all && good;
    }
    return all && !failed;
}

// Its name while it is made and while it goes.
std::string beside(const std::string& path, int attempt) {
    const std::size_t slash = path.rfind('/');
    return (slash == std::string::npos ? "" : path.substr(0, slash + 1)) + temporary_name(path, attempt);
}

}  // namespace

bool rename_to_free(const std::string& from, const std::string& to) {
    if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
    if (errno != EINVAL && errno != ENOSYS) return false;
    if (exists(to)) {  // a file system that cannot do both at once
        errno = EEXIST;
        return false;
    }
    return std::rename(from.c_str(), to.c_str()) == 0;
}

// Folders on their way from or to their name that a process left which was killed.
void OwnFolder::remove_left_behind(const std::string& path) {
    const fs::path place(path);
    std::error_code failed;
    fs::directory_iterator entries(place.has_parent_path() ? place.parent_path() : fs::path("."), failed);
    for (; !failed && entries != fs::directory_iterator(); entries.increment(failed)) {
        if (!is_temporary_of(entries->path().filename().string(), path)) continue;
        const std::string folder = entries->path().string();
        const int mark = open_mark(folder, true);
        if (mark >= 0 && flock(mark, LOCK_EX | LOCK_NB) == 0) ::unlink((folder + "/" + kLock).c_str());
        ::rmdir(folder.c_str());  // only where it is empty
        if (mark >= 0) ::close(mark);
    }
}

OwnFolder::OwnFolder(std::string path) : path_(std::move(path)) {
    remove_left_behind(path_);
    // Another process may make or remove the folder at the same time.
    for (int i = 0; i < kTries; ++i)
        if (is_there(path_) ? take_up() : make()) return;
    throw Error(Errc::io, path_ + ": another process keeps making and removing this folder");
}

OwnFolder::~OwnFolder() {
    if (lock_ >= 0) ::close(lock_);
}

bool OwnFolder::is_there(const std::string& path) {
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0) {
        if (errno == ENOENT) return false;
        fail(path, "cannot be looked at");
    }
    const int mark = S_ISDIR(status.st_mode) ? open_mark(path) : -1;
    if (mark < 0) {
        if (!exists(path)) return false;  // it went meanwhile
        throw Error(Errc::io,
                    path +
                        ": is there and is no unfinished run of undertone; name another run, or move "
                        "it away");
    }
    ::close(mark);
    return true;
}

// @return  false where it went meanwhile
bool OwnFolder::take_up() {
    lock_ = open_mark(path_);
    if (lock_ < 0) return false;
    if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
        const bool held = errno == EWOULDBLOCK;
        ::close(std::exchange(lock_, -1));
        if (held) throw Error(Errc::io, path_ + ": another process is at work on this run");
        fail(path_, "cannot be locked");
    }
    if (is_same_file(lock_, path_ + "/" + kLock)) return true;
    ::close(std::exchange(lock_, -1));
    return false;
}

// Made under another name with the lock in it, so that there is no moment at which it is not proved.
// @return  false where another process made it meanwhile
bool OwnFolder::make() {
    std::string folder;
    bool made = false;
    for (int attempt = 0; attempt < kTries && !made; ++attempt) {
        folder = beside(path_, attempt);
        made = ::mkdir(folder.c_str(), 0777) == 0;
        if (!made && errno != EEXIST) break;
    }
    if (!made) fail(path_, "cannot be made");
    const std::string mark = folder + "/" + kLock;
    lock_ = ::open(mark.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (lock_ >= 0 && make_mark(lock_) && rename_to_free(folder, path_)) return true;
    const int reason = errno;
    if (lock_ >= 0) {
        ::unlink(mark.c_str());
        ::close(std::exchange(lock_, -1));
    }
    ::rmdir(folder.c_str());
    errno = reason;
    if (errno == EEXIST || errno == ENOTEMPTY) return false;
    fail(path_, "cannot be made");
}

void OwnFolder::check() const {
    std::string left;
    if (!walk_made(path_, Walk::look, left))
        throw Error(Errc::io, path_ + ": holds what undertone did not make; move it away: " + left);
}

void OwnFolder::clear() {
    check();
    std::string left;
    if (!walk_made(path_, Walk::remove, left)) throw Error(Errc::io, left + ": cannot be removed");
}

void OwnFolder::remove() {
    std::string left;
    if (!walk_made(path_, Walk::remove, left)) {
        complain(path_ + ": stays, for it holds what undertone did not make: " + left);
        return;
    }
    // Under its name it has the lock to the end, for without that it would be anybody's.
    std::string last = path_;
    for (int attempt = 0; attempt < kTries && last == path_; ++attempt)
        if (rename_to_free(path_, beside(path_, attempt))) last = beside(path_, attempt);
    if (::unlink((last + "/" + kLock).c_str()) == 0) ::rmdir(last.c_str());
}

}  // namespace undertone::app
