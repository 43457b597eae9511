#pragma once

#include <string>

namespace undertone {

/// How a safetensors file begins: the length of its header in 8 bytes, then the header, with blanks up to a
/// multiple of 8.
/// @param header  JSON
[[nodiscard]] std::string safetensors_head(std::string header);

}  // namespace undertone
