#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace undertone {

/// A file that is open for reading. What is no regular file is refused before it is opened: a pipe would wait
/// for ever, a device may have no end.
class RegularFile {
public:
    /// @throws Error io  it is not there, is a folder, a pipe or a device, or may not be read
    explicit RegularFile(const std::string& path);
    ~RegularFile();
    RegularFile(const RegularFile&) = delete;
    RegularFile& operator=(const RegularFile&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }  ///< bytes, as it was opened

private:
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

/// The whole content of a regular file.
/// @param max_bytes  more is refused, where the file says its size before anything is read
/// @throws Error io  as RegularFile; it cannot be read, or is larger
[[nodiscard]] std::string read_file(const std::string& path, std::size_t max_bytes = std::size_t{1} << 28);

/// From now on no file that this process has read is replaced by one that it writes: AtomicFile refuses that.
/// The program wants it so, whose commands read what they were told to; a library's callers may read a model
/// and save it under its name again.
void protect_files_that_are_read();

/// A file that is whole or absent: bytes go to a file without a name in the target's folder, which takes the
/// target's place when commit() has synced it to disk. Without commit() it leaves nothing behind, even when
/// the process is killed. (Where the file system knows no such files: a temporary file, removed by the
/// destructor.)
///
/// A link is followed, and a file that is replaced keeps its mode. What is no ordinary file (/dev/stdout, a
/// pipe) is written to as it is, for it can neither be replaced nor be whole. What a process that was killed
/// left of the same target is removed.
class AtomicFile {
public:
    /// @throws Error io  no file can be made in the target's folder, or the target is a folder, a loop of
    ///         links, or a file that may not be written to
    /// @throws Error invalid_argument  the target was read, see protect_files_that_are_read()
    explicit AtomicFile(std::string path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    /// @throws Error io  the disk is full or the system refused
    void write(std::string_view bytes);

    /// Rewrites bytes already written (a header whose counts are known at the end).
    /// @throws Error io
    void rewrite_at(std::size_t offset, std::string_view bytes);

    /// @throws Error io  the disk is full or the system refused; the target is then as it was
    void commit();

private:
    [[noreturn]] void fail(const char* what) const;
    void adopt(int descriptor);
    bool take_free_name();
    void replace_target();
    void check_target() const;
    std::string path_, target_, temporary_;  // as it was named, where that leads, what is renamed to it
    bool in_place_ = false;
    std::FILE* file_ = nullptr;
};

/// Files and folders on their way to a target are called `.undertone-PID-N.TARGET`, for a rename needs a
/// name. Who makes one holds a lock on it until it has its place, so that one without a lock was left by a
/// process that was killed. @return  the last component
[[nodiscard]] std::string temporary_name(const std::string& target, int attempt);

/// Whether a file or folder is called so, whichever process made it.
[[nodiscard]] bool is_temporary_of(std::string_view name, const std::string& target);

/// Says before the work that its result could not be written after it.
/// @throws Error io
void check_writable(const std::string& path);

/// AtomicFile in one call.
/// @throws Error io
void write_file(const std::string& path, std::string_view bytes);

}  // namespace undertone
