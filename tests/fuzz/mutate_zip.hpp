#pragma once

#include <zlib.h>

#include <algorithm>

#include "formats/zip.hpp"
#include "mutate.hpp"

/// Zips whose list, local headers and sums agree, whatever their entries hold.
namespace undertone::fuzz {

struct Packed {
    std::string name, bytes;  ///< the bytes as they are stored
    std::uint64_t size = 0;   ///< unpacked
    std::uint32_t crc = 0;
    std::uint16_t method = 0, flags = 0, version = 20;
};

inline std::uint64_t little_at(const std::string& bytes, std::size_t at, unsigned n_bytes) {
    std::uint64_t value = 0;
    for (unsigned i = n_bytes; i-- > 0;)
        value = value << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    return value;
}

/// @throws Error  it is no zip
inline std::vector<Packed> unpacked_zip(const std::string& zip) {
    std::vector<Packed> entries;
    for (const ZipEntry& entry : parse_zip_list(zip, "fuzz")) {
        constexpr std::size_t kLocal = 30;
        const std::size_t begin = entry.offset + kLocal + little_at(zip, entry.offset + 26, 2) +
                                  little_at(zip, entry.offset + 28, 2);
        if (begin > zip.size()) continue;
        entries.push_back({entry.name, zip.substr(begin, entry.packed_bytes), entry.bytes, entry.crc,
                           entry.method, static_cast<std::uint16_t>(entry.flags & ~8U), entry.version});
    }
    if (entries.empty()) throw Error(Errc::corrupt_data, "no entry");
    return entries;
}

/// Stores `content` as it is.
inline void store(Packed& entry, std::string content) {
    entry.size = content.size();
    entry.crc = static_cast<std::uint32_t>(
        ::crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())));
    entry.bytes = std::move(content);
    entry.method = 0;
}

/// Packs it as deflate does.
inline void deflate_into(Packed& entry, const std::string& content) {
    store(entry, content);
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) return;
    std::string packed(::deflateBound(&stream, content.size()), '\0');
    std::string input = content;  // zlib wants it without const
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    ::deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    entry.bytes = packed;
    entry.method = 8;
}

inline std::string packed_zip(const std::vector<Packed>& entries, Dice& dice) {
    std::string zip, list;
    for (const Packed& entry : entries) {
        const bool lies = dice.one_in(60);
        const std::string facts =
            little(entry.version, 2) + little(entry.flags, 2) + little(entry.method, 2) + little(0x5a21, 4) +
            little(entry.crc, 4) + little(entry.bytes.size(), 4) +
            little(lies ? dice.of(kOddNumbers) : entry.size, 4) + little(entry.name.size(), 2);
        list += "PK\1\2" + little(0x31e, 2) + facts + little(0, 2) + little(0, 2) + little(0, 2) +
                little(0, 2) + little(0100644U << 16U, 4) +
                little(dice.one_in(60) ? dice.of(kOddNumbers) : zip.size(), 4) + entry.name;
        zip += "PK\3\4" + facts + little(0, 2) + entry.name + entry.bytes;
    }
    const std::size_t at = zip.size();
    zip += list;
    zip += "PK\5\6" + little(0, 4) + little(entries.size(), 2) + little(entries.size(), 2) +
           little(list.size(), 4) + little(dice.one_in(60) ? dice.of(kOddNumbers) : at, 4);
    const std::string note = dice.one_in(20) ? plain("note") : "";
    return zip + little(note.size(), 2) + note;
}

/// Changes one entry; `content(entry, dice)` gives its content another form.
template <class Content>
std::string changed_zip(const std::string& zip, Dice& dice, Content&& content) {
    std::vector<Packed> entries = unpacked_zip(zip);
    Packed& entry = dice.of(entries);
    switch (dice.below(10)) {
        case 0:
            entry.name = plain(entry.name);
            break;
        case 1:
            entry.flags = static_cast<std::uint16_t>(1U << dice.below(16));
            break;
        case 2:
            entry.method =
                static_cast<std::uint16_t>(std::array{0, 1, 8, 9, 12, 14, 93, 95, 99, 6}[dice.below(10)]);
            break;
        case 3: {
            const Packed copy = entry;
            entries.push_back(copy);
            if (dice.one_in(2)) entries.back().name += "x";
            break;
        }
        case 4:
            if (entries.size() > 1)
                entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(dice.below(entries.size())));
            break;
        case 5:
            entry.bytes = plain(entry.bytes);
            break;
        default:
            content(entry, dice);
    }
    return packed_zip(entries, dice);
}

}  // namespace undertone::fuzz
