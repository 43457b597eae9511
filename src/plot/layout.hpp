#pragma once

#include "plot/scene.hpp"

namespace undertone::plot {

/// Gives everything in a figure its place.
/// @throws Error invalid_argument  as svg() does
[[nodiscard]] Scene layout(const Figure& figure, const Style& style);

}  // namespace undertone::plot
