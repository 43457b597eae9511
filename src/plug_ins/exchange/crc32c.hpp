#pragma once

#include <cstdint>
#include <string_view>

namespace undertone::exchange {

/// The check sum of TensorFlow's files: CRC-32C (Castagnoli), turned and shifted so that a sum of sums is
/// none.
[[nodiscard]] std::uint32_t masked_crc32c(std::string_view bytes);

}  // namespace undertone::exchange
