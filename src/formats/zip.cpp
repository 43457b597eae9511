#include "formats/zip.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <mutex>

#include "core/text.hpp"
#include "os/file.hpp"
#include "undertone/error.hpp"

namespace undertone {
namespace {

// Sizes and places of PKWARE's APPNOTE 6.3.10, sections 4.3.7 and 4.3.12 to 4.3.16.
constexpr std::size_t kLocalHeader = 30, kCentralHeader = 46, kEnd = 22, kEnd64Locator = 20, kEnd64 = 56;
constexpr std::uint64_t kIn64 = 0xFFFFFFFF;  // the number stands in the zip64 part
constexpr std::size_t kMaxEntries = 4'000'000;
// Deflate makes at most 1032 bytes of one.
constexpr std::uint64_t kMaxRatio = 1032;

[[noreturn]] void refuse(const std::string& origin, const std::string& reason) {
    throw Error(Errc::corrupt_data, origin + ": " + reason);
}

std::uint64_t number(std::string_view bytes, std::size_t offset, std::size_t n_bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = n_bytes; i-- > 0;)
        value = value << 8U | static_cast<unsigned char>(bytes[offset + i]);
    return value;
}

void append(std::string& bytes, std::uint64_t value, std::size_t n_bytes) {
    for (std::size_t i = 0; i < n_bytes; ++i) bytes += static_cast<char>(value >> 8 * i & 0xFFU);
}

// Bytes at any place: `read(offset, count)` gives fewer only at the end.
struct Source {
    std::uint64_t size;
    std::function<std::string(std::uint64_t offset, std::size_t count)> read;
};

struct List {
    std::uint64_t offset, bytes, n_entries;
};

List find_list(const Source& source, const std::string& origin) {
    constexpr std::size_t kMaxComment = 0xFFFF;
    const std::uint64_t begin = source.size > kEnd + kMaxComment ? source.size - kEnd - kMaxComment : 0;
    const std::string tail = source.read(begin, kEnd + kMaxComment);
    std::size_t end = tail.rfind("PK\x05\x06");
    while (end != std::string::npos && tail.size() - end < kEnd)
        end = end == 0 ? std::string::npos : tail.rfind("PK\x05\x06", end - 1);
    if (end == std::string::npos)
        refuse(origin, tail.starts_with("PK") || source.read(0, 2) == "PK"
                           ? "is cut: the list at the end of a zip is not there; download it again"
                           : "is not a zip; unpack it and name the folder");
    if (number(tail, end + 4, 2) != number(tail, end + 6, 2) && number(tail, end + 4, 2) != 0xFFFF)
        refuse(origin, "is one part of a zip in several; join them first (zip -s 0)");
    List list{number(tail, end + 16, 4), number(tail, end + 12, 4), number(tail, end + 10, 2)};
    if (list.offset != kIn64 && list.bytes != kIn64 && list.n_entries != 0xFFFF) return list;
    const std::uint64_t locator_at = begin + end;
    if (locator_at < kEnd64Locator) return list;
    const std::string locator = source.read(locator_at - kEnd64Locator, kEnd64Locator);
    if (locator.size() < kEnd64Locator || !locator.starts_with("PK\x06\x07")) return list;
    const std::string end64 = source.read(number(locator, 8, 8), kEnd64);
    if (end64.size() < kEnd64 || !end64.starts_with("PK\x06\x06"))
        refuse(origin, "its list of entries is broken; download it again");
    return {number(end64, 48, 8), number(end64, 40, 8), number(end64, 32, 8)};
}

// The numbers that did not fit into the entry follow in the extra field 0x0001, in this order.
void take_64(ZipEntry& entry, std::string_view extra) {
    while (extra.size() >= 4) {
        const std::size_t bytes = std::min<std::size_t>(number(extra, 2, 2), extra.size() - 4);
        if (number(extra, 0, 2) == 1) {
            std::string_view numbers = extra.substr(4, bytes);
            for (std::uint64_t* value : {&entry.bytes, &entry.packed_bytes, &entry.offset}) {
                if (*value != kIn64 || numbers.size() < 8) continue;
                *value = number(numbers, 0, 8);
                numbers.remove_prefix(8);
            }
            return;
        }
        extra.remove_prefix(4 + bytes);
    }
}

// Made relative, with slashes. Nothing: an entry that is passed over.
std::optional<std::string> clean_name(std::string_view raw, const std::string& origin) {
    std::string name(raw);
    std::replace(name.begin(), name.end(), '\\', '/');  // Windows' own archiver wrote those
    if (name.starts_with('/') || (name.size() > 1 && name[1] == ':'))
        refuse(origin, "entry " + shown(name) + " has an absolute name: this zip is not to be trusted");
    std::string clean;
    bool hidden = false;
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('/', begin), name.size());
        const std::string part = name.substr(begin, end - begin);
        begin = end + 1;
        if (part == "..")
            refuse(origin,
                   "entry " + shown(name) + " climbs out of the archive: this zip is not to be trusted");
        if (part.empty() || part == ".") continue;
        hidden = hidden || part.starts_with('.');
        clean += (clean.empty() ? "" : "/") + part;
    }
    const bool control = std::any_of(clean.begin(), clean.end(), [](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    });
    if (name.empty() || name.back() == '/' || clean.empty() || hidden || control) return std::nullopt;
    return clean;
}

std::vector<ZipEntry> read_list(const Source& source, const std::string& origin) {
    const List list = find_list(source, origin);
    if (list.offset > source.size || list.bytes > source.size - list.offset)
        refuse(origin, "is cut: its list of entries lies past its end; download it again");
    if (list.n_entries > kMaxEntries || list.n_entries * kCentralHeader > list.bytes)
        refuse(origin, "announces " + std::to_string(list.n_entries) + " entries, its list has room for " +
                           std::to_string(list.bytes / kCentralHeader));
    const std::string bytes = source.read(list.offset, static_cast<std::size_t>(list.bytes));
    std::vector<ZipEntry> entries;
    std::uint64_t announced = 0;
    std::size_t at = 0;
    for (std::uint64_t i = 0; i < list.n_entries; ++i) {
        if (bytes.size() - at < kCentralHeader || bytes.compare(at, 4, "PK\x01\x02") != 0)
            refuse(origin,
                   "its list of entries is broken at entry " + std::to_string(i + 1) + "; download it again");
        const std::string_view head = std::string_view(bytes).substr(at, kCentralHeader);
        const auto n_name = static_cast<std::size_t>(number(head, 28, 2)),
                   n_extra = static_cast<std::size_t>(number(head, 30, 2)),
                   n_comment = static_cast<std::size_t>(number(head, 32, 2));
        if (bytes.size() - at - kCentralHeader < n_name + n_extra + n_comment)
            refuse(origin,
                   "its list of entries is cut at entry " + std::to_string(i + 1) + "; download it again");
        ZipEntry entry;
        entry.version = static_cast<std::uint16_t>(number(head, 6, 2));
        entry.flags = static_cast<std::uint16_t>(number(head, 8, 2));
        entry.method = static_cast<std::uint16_t>(number(head, 10, 2));
        entry.crc = static_cast<std::uint32_t>(number(head, 16, 4));
        entry.packed_bytes = number(head, 20, 4);
        entry.bytes = number(head, 24, 4);
        entry.offset = number(head, 42, 4);
        take_64(entry, std::string_view(bytes).substr(at + kCentralHeader + n_name, n_extra));
        auto name = clean_name(std::string_view(bytes).substr(at + kCentralHeader, n_name), origin);
        at += kCentralHeader + n_name + n_extra + n_comment;
        if (!name) continue;
        if (entry.offset > source.size || entry.packed_bytes > source.size - entry.offset)
            refuse(origin,
                   "is cut: entry " + shown(*name) + " lies past the end of the file; download it again");
        // A sum that wraps around is as large as one that does not fit.
        announced = entry.bytes > UINT64_MAX - announced ? UINT64_MAX : announced + entry.bytes;
        entry.name = std::move(*name);
        entries.push_back(std::move(entry));
    }
    if (announced / kMaxRatio > source.size)
        refuse(origin, "announces " + std::to_string(announced) + " bytes in a file of " +
                           std::to_string(source.size) + ", more than can be packed: a zip bomb");
    std::stable_sort(entries.begin(), entries.end(),
                     [](const ZipEntry& a, const ZipEntry& b) { return a.name < b.name; });
    // Of two entries of one name the later counts, as everywhere.
    const auto last = std::unique(entries.rbegin(), entries.rend(),
                                  [](const ZipEntry& a, const ZipEntry& b) { return a.name == b.name; });
    entries.erase(entries.begin(), last.base());
    return entries;
}

class OpenFile {
public:
    explicit OpenFile(const std::string& path) : path_(path), file_(path) {}

    [[nodiscard]] Source source() const {
        return {file_.size(),
                [this](std::uint64_t offset, std::size_t count) { return read(offset, count); }};
    }

    // @param spare  room for so many bytes that will be appended
    [[nodiscard]] std::string read(std::uint64_t offset, std::size_t count, std::size_t spare = 0) const {
        const std::uint64_t size = file_.size();
        const auto there =
            static_cast<std::size_t>(std::min<std::uint64_t>(count, size - std::min(offset, size)));
        std::string bytes;
        bytes.reserve(there + spare);
        bytes.resize(there);
        std::size_t done = 0;
        while (done < bytes.size()) {
            const ssize_t got = pread(file_.descriptor(), bytes.data() + done, bytes.size() - done,
                                      static_cast<off_t>(offset + done));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) fail("cannot be read");
            if (got == 0) break;
            done += static_cast<std::size_t>(got);
        }
        bytes.resize(done);
        return bytes;
    }

private:
    [[noreturn]] void fail(const char* what) const {
        throw Error(Errc::io, path_ + ": " + what + ": " + std::strerror(errno));
    }

    const std::string& path_;
    RegularFile file_;
};

// A zip that holds this entry alone: its local header and bytes as they are, and a new list after them.
std::string zip_of_one(const OpenFile& file, const ZipEntry& entry, const std::string& origin) {
    const std::string local = file.read(entry.offset, kLocalHeader);
    if (local.size() < kLocalHeader || !local.starts_with("PK\x03\x04"))
        refuse(origin, "its header in the zip is broken; download the zip again");
    const auto n_name = static_cast<std::size_t>(number(local, 26, 2));
    const std::size_t head = kLocalHeader + n_name + static_cast<std::size_t>(number(local, 28, 2));
    const std::size_t whole = head + static_cast<std::size_t>(entry.packed_bytes);
    std::string bytes = file.read(entry.offset, whole, kCentralHeader + kEnd + n_name);
    if (bytes.size() < whole) refuse(origin, "is cut; download the zip again");
    const std::string name = bytes.substr(kLocalHeader, n_name);
    const std::size_t list_at = bytes.size();
    bytes += "PK\x01\x02";
    append(bytes, 20, 2);
    append(bytes, entry.version, 2);
    append(bytes, entry.flags, 2);
    append(bytes, entry.method, 2);
    append(bytes, 0, 4);  // when it was changed
    append(bytes, entry.crc, 4);
    append(bytes, entry.packed_bytes, 4);
    append(bytes, entry.bytes, 4);
    append(bytes, n_name, 2);
    bytes.append(16, '\0');  // no extra field, no comment, first disk, no attributes, at offset 0
    bytes += name;
    const std::size_t list_bytes = bytes.size() - list_at;
    bytes += "PK\x05\x06";
    append(bytes, 0, 4);
    append(bytes, 1, 2);
    append(bytes, 1, 2);
    append(bytes, list_bytes, 4);
    append(bytes, list_at, 4);
    append(bytes, 0, 2);
    return bytes;
}

struct CloseArchive {
    void operator()(archive* a) const noexcept { archive_read_free(a); }
};

[[noreturn]] void fail_unpacking(archive* a, const std::string& origin) {
    const char* reason = archive_error_string(a);
    const std::string said = shown(reason != nullptr ? reason : "unknown reason");
    const bool unknown = said.find("nsupported") != std::string::npos;
    throw Error(unknown ? Errc::unsupported_format : Errc::corrupt_data,
                origin + ": cannot be unpacked (" + said + "); " +
                    (unknown ? "unpack the zip and name the folder" : "download the zip again"));
}

std::string unpack(const std::string& packed, const ZipEntry& entry, const std::string& origin) {
    const std::unique_ptr<archive, CloseArchive> reader(archive_read_new());
    if (!reader) throw std::bad_alloc();
    archive_entry* head = nullptr;
    if (archive_read_support_format_zip_seekable(reader.get()) != ARCHIVE_OK ||
        archive_read_open_memory(reader.get(), packed.data(), packed.size()) != ARCHIVE_OK ||
        // A warning is about the name, which the system's locale may not be able to spell.
        archive_read_next_header(reader.get(), &head) < ARCHIVE_WARN)
        fail_unpacking(reader.get(), origin);
    const auto size = static_cast<std::size_t>(entry.bytes);
    std::string bytes;
    bytes.reserve(size + (std::size_t{1} << 16));  // one more block than announced is looked at
    for (std::array<char, 1 << 16> block{};;) {
        const la_ssize_t got = archive_read_data(reader.get(), block.data(), block.size());
        if (got < 0) fail_unpacking(reader.get(), origin);
        if (got == 0) break;
        bytes.append(block.data(), static_cast<std::size_t>(got));
        if (bytes.size() > size) break;
    }
    if (bytes.size() != size)
        refuse(origin, "unpacks to another size than the " + std::to_string(size) +
                           " bytes announced; download the zip again");
    return bytes;
}

// What a file was when its list was read; another file of the same name differs in one of these.
struct Identity {
    dev_t device;
    ino_t inode;
    off_t size;
    timespec changed;

    explicit Identity(const struct stat& status)
        : device(status.st_dev), inode(status.st_ino), size(status.st_size), changed(status.st_mtim) {}
    [[nodiscard]] bool operator==(const Identity& other) const noexcept {
        return device == other.device && inode == other.inode && size == other.size &&
               changed.tv_sec == other.changed.tv_sec && changed.tv_nsec == other.changed.tv_nsec;
    }
};

}  // namespace

Zip::Zip(std::string path) : path_(std::move(path)) {
    const OpenFile file(path_);
    entries_ = read_list(file.source(), path_);
}

std::shared_ptr<const Zip> Zip::open(const std::string& path) {
    struct Kept {
        std::string path;
        Identity identity;
        std::shared_ptr<const Zip> zip;
    };
    static std::mutex mutex;
    static std::vector<Kept> kept;  // the last few: a corpus of 35,000 clips asks as often for one list
    constexpr std::size_t kMaxKept = 4;
    struct stat status {};
    if (stat(path.c_str(), &status) != 0)
        throw Error(Errc::io, path + ": cannot be opened: " + std::strerror(errno));
    const Identity identity(status);
    const std::lock_guard lock(mutex);
    for (const Kept& one : kept)
        if (one.path == path && one.identity == identity) return one.zip;
    auto zip = std::make_shared<const Zip>(path);
    kept.erase(std::remove_if(kept.begin(), kept.end(), [&](const Kept& one) { return one.path == path; }),
               kept.end());
    if (kept.size() == kMaxKept) kept.erase(kept.begin());
    kept.push_back({path, identity, zip});
    return zip;
}

const ZipEntry& Zip::entry(std::string_view name) const {
    const auto found =
        std::lower_bound(entries_.begin(), entries_.end(), name,
                         [](const ZipEntry& entry, std::string_view n) { return entry.name < n; });
    if (found == entries_.end() || found->name != name)
        throw Error(Errc::io, path_ + "/" + std::string(name) + ": no such entry in the zip");
    return *found;
}

std::string Zip::read(std::string_view name, std::size_t max_bytes) const {
    const std::string origin = path_ + "/" + std::string(name);
    const ZipEntry& found = entry(name);
    if ((found.flags & 1U) != 0)
        throw Error(Errc::unsupported_format,
                    origin + ": is encrypted; unpack the zip with its password and name the folder");
    if (found.bytes > max_bytes || found.packed_bytes > max_bytes)
        refuse(origin, "announces " + std::to_string(found.bytes) + " bytes; at most " +
                           std::to_string(max_bytes) + " are read from a zip: unpack it and name the folder");
    const OpenFile file(path_);
    return unpack(zip_of_one(file, found, origin), found, origin);
}

std::vector<ZipEntry> parse_zip_list(std::string_view bytes, const std::string& origin) {
    return read_list({bytes.size(),
                      [bytes](std::uint64_t offset, std::size_t count) {
                          return offset >= bytes.size()
                                     ? std::string()
                                     : std::string(bytes.substr(static_cast<std::size_t>(offset), count));
                      }},
                     origin);
}

std::optional<ZipPath> split_zip_path(const std::string& path) {
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
        if (slash < 4 || !same_letters(std::string_view(path).substr(slash - 4, 4), ".zip")) continue;
        std::string zip = path.substr(0, slash);
        struct stat status {};
        if (stat(zip.c_str(), &status) == 0 && S_ISREG(status.st_mode))
            return ZipPath{std::move(zip), path.substr(slash + 1)};
    }
    return std::nullopt;
}

bool names_a_file(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) == 0) return !S_ISDIR(status.st_mode);
    const std::optional<ZipPath> within = split_zip_path(path);
    if (!within) return false;
    const auto zip = Zip::open(within->zip);
    return std::binary_search(zip->entries().begin(), zip->entries().end(), ZipEntry{.name = within->entry},
                              [](const ZipEntry& a, const ZipEntry& b) { return a.name < b.name; });
}

std::string read_bytes(const std::string& path, std::size_t max_bytes) {
    if (const std::optional<ZipPath> within = split_zip_path(path))
        return Zip::open(within->zip)->read(within->entry, max_bytes);
    return read_file(path, max_bytes);
}

}  // namespace undertone
