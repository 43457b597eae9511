#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace undertone {

/// The whole content of a file.
/// @throws Error io  it cannot be opened or read, is a folder, or is larger than `max_bytes`
[[nodiscard]] std::string read_file(const std::string& path, std::size_t max_bytes = std::size_t{1} << 32);

/// A file that is whole or absent: bytes go to a file without a name in the target's folder, which takes the
/// target's place when commit() has synced it to disk. Without commit() it leaves nothing behind, even when
/// the process is killed. (Where the file system knows no such files: a temporary file, removed by the
/// destructor.)
///
/// A link is followed, and a file that is replaced keeps its mode. What is no ordinary file (/dev/stdout, a
/// pipe) is written to as it is, for it can neither be replaced nor be whole.
class AtomicFile {
public:
    /// @throws Error io  no file can be made in the target's folder, or the target is a folder
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
    void name_file();
    std::string path_, target_, temporary_;  // as it was named, where that leads, what is renamed to it
    bool in_place_ = false;
    std::FILE* file_ = nullptr;
};

/// Says before the work that its result could not be written after it.
/// @throws Error io
void check_writable(const std::string& path);

/// AtomicFile in one call.
/// @throws Error io
void write_file(const std::string& path, std::string_view bytes);

}  // namespace undertone
