#pragma once

#include <cstddef>
#include <string_view>

namespace undertone::exchange {

/// How many bytes of an ONNX file are something else than the numbers of its tensors. A message of two bytes
/// takes a hundred in memory, numbers take what they are: of the former a file may have few.
/// @return  at most the size of the bytes; where they are broken, what follows counts
[[nodiscard]] std::size_t onnx_structure_bytes(std::string_view bytes);

}  // namespace undertone::exchange
