#pragma once

#include <array>
#include <cstddef>

#include "plot/scene.hpp"

namespace undertone::plot {

inline constexpr std::size_t kInks = 12;

/// What each Ink looks like, in the order of the enumeration.
using Theme = std::array<Rgb, kInks>;
[[nodiscard]] const Theme& theme(bool dark) noexcept;

/// The colour of a paint under a theme.
[[nodiscard]] Rgb colour(const Paint& paint, const Theme& theme) noexcept;

/// The colours of a map from its low end to its high end.
using Colours = std::array<Rgb, 256>;
[[nodiscard]] const Colours& colours(ColourMap map);

/// The colour of a share, 0 ... 1; what lies outside has that of the end, NaN that of the low end.
[[nodiscard]] inline Rgb colour(const Colours& colours, double share) noexcept {
    if (!(share > 0)) return colours.front();
    return colours[share >= 1 ? 255 : static_cast<std::size_t>(share * 256)];
}

}  // namespace undertone::plot
