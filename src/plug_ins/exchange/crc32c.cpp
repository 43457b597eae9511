#include "plug_ins/exchange/crc32c.hpp"

#include <array>

namespace undertone::exchange {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // of RFC 3720, its bits in reverse
constexpr std::uint32_t kMask = 0xA282EAD8;        // of LevelDB's format

constexpr std::array<std::uint32_t, 256> table() {
    std::array<std::uint32_t, 256> sums{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t sum = i;
        for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1U) ^ ((sum & 1U) != 0 ? kPolynomial : 0U);
        sums[i] = sum;
    }
    return sums;
}

constexpr auto kTable = table();

}  // namespace

std::uint32_t masked_crc32c(std::string_view bytes) {
    std::uint32_t sum = ~std::uint32_t{0};
    for (const char c : bytes) sum = (sum >> 8U) ^ kTable[(sum ^ static_cast<unsigned char>(c)) & 0xFFU];
    sum = ~sum;
    return ((sum >> 15U) | (sum << 17U)) + kMask;
}

}  // namespace undertone::exchange
