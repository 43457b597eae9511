#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace undertone {

/// The whole content of a file.
/// @throws Error io  it cannot be opened or read, is a folder, or is larger than `max_bytes`
[[nodiscard]] std::string read_file(const std::string& path, std::size_t max_bytes = std::size_t{1} << 32);

/// A file that is whole or absent: bytes go to a temporary file beside the target, which takes the target's
/// place when commit() has synced it to disk. Destroyed without commit(), it leaves nothing behind.
class AtomicFile {
public:
    /// @throws Error io  no temporary file can be made in the target's folder
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
    std::string path_, temporary_;
    std::FILE* file_ = nullptr;
};

/// AtomicFile in one call.
/// @throws Error io
void write_file(const std::string& path, std::string_view bytes);

}  // namespace undertone
