#pragma once

#include "plot/axes.hpp"
#include "plot/scene.hpp"

namespace undertone::plot {

/// Where a panel's coordinate system lies in the drawing.
struct Frame {
    double x = 0, y = 0, width = 0, height = 0;  ///< px, y of its upper edge
    const Axis& x_axis;
    const Axis& y_axis;

    [[nodiscard]] double px(double value) const { return x + share(x_axis, value) * width; }
    [[nodiscard]] double py(double value) const { return y + height - share(y_axis, value) * height; }
    [[nodiscard]] Point at(double x_value, double y_value) const { return {px(x_value), py(y_value)}; }
};

/// Draws one mark.
/// @param resolution   pixels of a picture to a px
/// @throws Error invalid_argument  vectors of a mark have different sizes
void draw(const Mark& mark, const Frame& frame, double resolution, std::vector<Item>& items);

/// A heat map as the pixels of its part of the frame: several frames or bands that share a pixel give their
/// mean.
[[nodiscard]] Picture rastered(const HeatMap& map, const Frame& frame, double resolution);

}  // namespace undertone::plot
