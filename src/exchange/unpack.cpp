#include "exchange/unpack.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

// Weights hardly shrink when they are packed: what grows more than this is no network.
constexpr std::size_t kMostRatio = 32, kAlwaysAllowed = std::size_t{1} << 24;

struct Packing {
    std::string_view magic, name;
};
constexpr std::array kOthers{Packing{"BZh", "bzip2"},
                             Packing{"\xfd"
                                     "7zXZ",
                                     "xz"},
                             Packing{std::string_view("\x5d\x00\x00", 3), "LZMA"},
                             Packing{"\x04\x22\x4d\x18", "LZ4"}};

bool is_zlib(std::string_view bytes) {
    // RFC 1950: method 8, and both bytes together divisible by 31.
    if (bytes.size() < 2) return false;
    const auto first = static_cast<unsigned char>(bytes[0]), second = static_cast<unsigned char>(bytes[1]);
    return (first & 0x0FU) == 8 && (first * 256U + second) % 31 == 0;
}

std::string inflated(const std::string& packed) {
    const std::size_t most = std::max(kAlwaysAllowed, packed.size() * kMostRatio);
    z_stream stream{};
    constexpr int kZlibOrGzip = 15 + 32;
    if (inflateInit2(&stream, kZlibOrGzip) != Z_OK) throw std::bad_alloc();
    struct End {
        z_stream& stream;
        ~End() { inflateEnd(&stream); }
    } const end{stream};
    std::string bytes;
    std::array<unsigned char, 1U << 16U> block{};
    std::string in = packed;  // zlib wants it without const
    stream.next_in = reinterpret_cast<unsigned char*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    for (int state = Z_OK; state != Z_STREAM_END;) {
        stream.next_out = block.data();
        stream.avail_out = static_cast<uInt>(block.size());
        state = inflate(&stream, Z_NO_FLUSH);
        if (state != Z_OK && state != Z_STREAM_END)
            throw Error(Errc::corrupt_data,
                        "cannot be unpacked with zlib: it is cut or broken; copy it again");
        bytes.append(reinterpret_cast<const char*>(block.data()), block.size() - stream.avail_out);
        if (bytes.size() > most)
            throw Error(Errc::corrupt_data, "unpacks to more than " + std::to_string(most) +
                                                " bytes, which no network of its size does");
    }
    return bytes;
}

}  // namespace

std::string unpacked(std::string bytes) {
    for (const Packing& packing : kOthers)
        if (bytes.starts_with(packing.magic))
            throw Error(Errc::unsupported_format, "is packed with " + std::string(packing.name) +
                                                      ": save it again with joblib.dump(model, file)");
    if (bytes.starts_with("\x1f\x8b") || is_zlib(bytes)) return inflated(bytes);
    return bytes;
}

}  // namespace undertone::exchange
