#pragma once

#include <string>
#include <vector>

#include "undertone/plot.hpp"

namespace undertone::plot {

/// Where a value lies along an axis: 0 at `low`, 1 at `high`.
[[nodiscard]] double share(const Axis& axis, double value);

/// The inverse of share().
[[nodiscard]] double value_at(const Axis& axis, double share);

/// The ticks of an axis: its own, or round numbers some `spacing` apart.
/// @param length    of the axis, px
/// @param spacing   px that a text should have for itself
[[nodiscard]] std::vector<Tick> ticks_of(const Axis& axis, double length, double spacing);

/// Checks what share() relies on.
/// @throws Error invalid_argument
void check(const Axis& axis);

}  // namespace undertone::plot
