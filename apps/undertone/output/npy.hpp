#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace undertone::app {

/// What stands before the numbers of a NumPy array of doubles, `[rows, columns]`: format 1.0, 128 bytes
/// whatever the number of rows, so that it can be put in at the end.
[[nodiscard]] std::string npy_header(std::size_t rows, std::size_t columns);

/// The numbers themselves.
[[nodiscard]] std::string little_endian(std::span<const double> values);

}  // namespace undertone::app
