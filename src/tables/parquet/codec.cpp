#include "tables/parquet/codec.hpp"

#include <archive.h>
#include <snappy-c.h>

#include <algorithm>
#include <array>
#include <memory>

namespace undertone::corpus {
namespace {

constexpr int kNone = 0, kSnappy = 1, kGzip = 2, kZstd = 6;

std::string unpack_snappy(std::string_view packed, std::uint64_t size, const ParquetPlace& place) {
    // Three bytes make 64 at the most.
    constexpr std::uint64_t kLargestRatio = 32;
    std::size_t length = 0;
    if (snappy_uncompressed_length(packed.data(), packed.size(), &length) != SNAPPY_OK || length != size ||
        size / kLargestRatio > packed.size())
        place.broken("a page has another length than announced");
    std::string bytes(length, '\0');
    if (snappy_uncompress(packed.data(), packed.size(), bytes.data(), &length) != SNAPPY_OK)
        place.broken("a page cannot be unpacked with snappy");
    return bytes;
}

struct CloseArchive {
    void operator()(archive* a) const noexcept { archive_read_free(a); }
};

// libarchive takes the page for a file of its own that is packed.
std::string unpack_stream(std::string_view packed, int codec, std::uint64_t size, const ParquetPlace& place) {
    const std::unique_ptr<archive, CloseArchive> reader(archive_read_new());
    if (!reader) throw std::bad_alloc();
    const int known = codec == kGzip ? archive_read_support_filter_gzip(reader.get())
                                     : archive_read_support_filter_zstd(reader.get());
    if (known != ARCHIVE_OK)
        place.unsupported(codec == kGzip ? "gzip without libarchive's" : "zstd without libarchive's");
    archive_entry* head = nullptr;
    std::string bytes;
    std::array<char, 1U << 16U> block{};
    bool whole = archive_read_support_format_raw(reader.get()) == ARCHIVE_OK &&
                 archive_read_open_memory(reader.get(), packed.data(), packed.size()) == ARCHIVE_OK &&
                 archive_read_next_header(reader.get(), &head) == ARCHIVE_OK &&
                 archive_filter_count(reader.get()) == 2;  // the codec, and the bytes themselves
    while (whole && bytes.size() <= size) {
        const la_ssize_t got = archive_read_data(reader.get(), block.data(), block.size());
        if (got == 0) break;
        whole = got > 0;
        if (whole) bytes.append(block.data(), static_cast<std::size_t>(got));
    }
    if (!whole)
        place.broken(std::string("a page cannot be unpacked with ") + (codec == kGzip ? "gzip" : "zstd"));
    if (bytes.size() != size) place.broken("a page has another length than announced");
    return bytes;
}

}  // namespace

std::string unpack_page(std::string_view packed, int codec, std::uint64_t size, const ParquetPlace& place) {
    if (codec == kNone && packed.size() != size) place.broken("a page has another length than announced");
    if (codec == kNone) return std::string(packed);
    if (codec != kSnappy && codec != kGzip && codec != kZstd)
        place.unsupported("compression other than snappy, gzip and zstd");
    if (size == 0) return "";
    return codec == kSnappy ? unpack_snappy(packed, size, place) : unpack_stream(packed, codec, size, place);
}

}  // namespace undertone::corpus
