#include "output/npy.hpp"

#include <bit>
#include <cstdint>

namespace undertone::app {

std::string npy_header(std::size_t rows, std::size_t columns) {
    std::string text = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                       std::to_string(columns) + "), }";
    text.resize(117, ' ');
    using namespace std::string_literals;
    return "\x93NUMPY\x01\x00"s + "\x76\x00"s + text + "\n";
}

std::string little_endian(std::span<const double> values) {
    std::string bytes;
    bytes.reserve(values.size() * 8);
    for (const double value : values) {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        for (unsigned shift = 0; shift < 64; shift += 8) bytes += static_cast<char>((bits >> shift) & 0xffU);
    }
    return bytes;
}

}  // namespace undertone::app
