#pragma once

#include <string>

#include "plot/colours.hpp"
#include "plot/scene.hpp"

namespace undertone::plot {

/// What the drawing library (src/plug_ins/drawing) can do. It is loaded when it is first needed, for it
/// brings Cairo, Pango and the fonts' machinery, which would cost every start of a program some milliseconds.
struct Drawing {
    /// @param scale   pixels to a px
    std::string (*png)(const Scene& scene, const Theme& theme, double scale);
    std::string (*pdf)(const Scene& scene, const Theme& theme);
    std::string (*picture_png)(const Picture& picture);
};

/// The one function that the library exports.
using DrawingFunction = const Drawing* (*)();
inline constexpr const char* kDrawingFunction = "undertone_drawing_1";

/// @throws Error unsupported_format  the library is not there
[[nodiscard]] const Drawing& drawing();

}  // namespace undertone::plot
