#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace undertone {

/// One file within a zip.
struct ZipEntry {
    std::string name;  ///< `Actor_01/a.wav`: relative, with `/`, without `.` and `..`
    std::uint64_t packed_bytes = 0, bytes = 0;
    std::uint64_t offset = 0;  ///< of its local header in the file
    std::uint32_t crc = 0;
    std::uint16_t flags = 0, method = 0, version = 0;
};

/// The list of what a zip holds, whose entries are read in any order and by several threads, in place.
///
/// libarchive unpacks, checks the sum and knows the methods, but it walks an archive from its first entry to
/// the last. A corpus has thousands of entries and their order is not that in which clips are read, so the
/// list is read here, and libarchive gets to see a zip of the one entry that is wanted.
class Zip {
public:
    /// Reads the list. Entries that are folders, hidden or under names with control characters are left out.
    /// @throws Error io            it cannot be opened or read
    /// @throws Error corrupt_data  no zip, cut, in several parts, an entry whose name is absolute or climbs
    ///         with `..`, or more bytes announced than such a file can hold (a zip bomb)
    explicit Zip(std::string path);

    /// The zip of this path, its list kept for the next who asks while the file stays as it is.
    /// @throws Error as the constructor does
    [[nodiscard]] static std::shared_ptr<const Zip> open(const std::string& path);

    [[nodiscard]] const std::vector<ZipEntry>& entries() const noexcept { return entries_; }  ///< by name

    /// @throws Error io  no such entry
    [[nodiscard]] const ZipEntry& entry(std::string_view name) const;

    /// The content of an entry. Memory: that of the entry, packed and unpacked.
    /// @throws Error io            no such entry, or the file cannot be read
    /// @throws Error corrupt_data  broken, longer than announced, or above `max_bytes`
    /// @throws Error unsupported_format  encrypted, or of a method that libarchive does not know
    [[nodiscard]] std::string read(std::string_view name, std::size_t max_bytes) const;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
    std::vector<ZipEntry> entries_;
};

/// Reads the list of a zip from its bytes, as the constructor does from a file.
[[nodiscard]] std::vector<ZipEntry> parse_zip_list(std::string_view bytes, const std::string& origin);

/// A path that goes on within a zip, cut in two.
struct ZipPath {
    std::string zip, entry;
};

/// Cuts `a/corpus.zip/b/c.wav` where a component that ends in `.zip` is a file; nothing where none is.
[[nodiscard]] std::optional<ZipPath> split_zip_path(const std::string& path);

/// Whether a path names a file, or an entry of a zip.
[[nodiscard]] bool names_a_file(const std::string& path);

/// The content of a file, or of an entry of a zip.
/// @throws Error io, corrupt_data, unsupported_format, as read_file() and Zip::read() do
[[nodiscard]] std::string read_bytes(const std::string& path, std::size_t max_bytes);

}  // namespace undertone
