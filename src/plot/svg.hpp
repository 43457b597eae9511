#pragma once

#include <string>

#include "plot/colours.hpp"
#include "plot/scene.hpp"

namespace undertone::plot {

/// A scene as SVG.
/// @param theme   nullptr: an element of a page, whose colours are variables of its style sheet
[[nodiscard]] std::string svg_of(const Scene& scene, const Theme* theme);

}  // namespace undertone::plot
