#pragma once

#include "undertone/matrix.hpp"

namespace undertone {

/// The frames that a network reads: without those at both ends that are far below the loudest.
/// @param frames    columns that are natural logarithms of power
/// @param trim_db   0: all of them
/// @return          rows of `frames`
[[nodiscard]] MatrixView<const float> trimmed(MatrixView<const float> frames, double trim_db);

}  // namespace undertone
