#pragma once

#include <string>

namespace undertone::app {

/// A folder of the program's own, in which it works: `RUN.part` of a run that is not whole yet. A file in it,
/// `undertone.lock`, proves that undertone made it, and a lock on that file that a process is at work. What
/// is not proved so is never written to and never removed, and of what is, only the files that undertone
/// makes there; no link is followed.
class OwnFolder {
public:
    /// Makes the folder, or takes up the one that is there, which a process left that was ended.
    /// @throws Error io  something of that name is there that undertone did not make, another process is at
    ///         work in it, or no folder can be made
    explicit OwnFolder(std::string path);

    /// Leaves the folder as it is and gives up the lock.
    ~OwnFolder();
    OwnFolder(const OwnFolder&) = delete;
    OwnFolder& operator=(const OwnFolder&) = delete;

    /// Whether there is such a folder. No process may be at work in it.
    /// @throws Error io  something of that name is there that undertone did not make
    [[nodiscard]] static bool is_there(const std::string& path);

    /// Removes what a process left that was killed while it made or removed the folder of this path.
    static void remove_left_behind(const std::string& path);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    /// Looks for what undertone did not make: a link of a name that it writes would lead elsewhere.
    /// @throws Error io  it is there
    void check() const;

    /// Removes the files that undertone makes there.
    /// @throws Error io  as check(), and then nothing is removed
    void clear();

    /// Removes the folder with them. Where others are in it, it stays and they are named on standard error.
    void remove();

private:
    bool take_up();
    bool make();
    std::string path_;
    int lock_ = -1;  // the descriptor of undertone.lock
};

/// Gives a folder another name, where nothing may be yet: not even an empty folder is replaced.
/// @return  false where something is; errno says why it failed otherwise
[[nodiscard]] bool rename_to_free(const std::string& from, const std::string& to);

}  // namespace undertone::app
