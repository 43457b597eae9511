#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "undertone/plot.hpp"

/// A drawing in px: what a Figure becomes when every place is known. The SVG writer and the drawing library
/// know nothing else.
namespace undertone::plot {

struct Rgb {
    std::uint8_t r = 0, g = 0, b = 0;
    bool operator==(const Rgb&) const = default;
};

/// An ink, whose colour the theme knows, or a colour.
using Paint = std::variant<Ink, Rgb>;

struct Point {
    double x = 0, y = 0;
};

/// Lines through points; closed and filled: an area.
struct Path {
    std::vector<Point> points;
    Paint paint = Ink::text;
    double width = 1;
    double opacity = 1;
    bool filled = false;
    bool dashed = false;
};

struct Box {
    double x = 0, y = 0, width = 0, height = 0;
    Paint paint = Ink::first;
    double opacity = 1;
    std::string tip = {};
};

struct Disc {
    Point centre;
    double radius = 3;
    Paint paint = Ink::first;
    std::string tip = {};
};

enum class Anchor { start, middle, end };

struct Text {
    Point at;  ///< on the base line
    std::string text;
    double size = 12;
    Anchor anchor = Anchor::start;
    Paint paint = Ink::text;
    bool bold = false;
    bool upright = false;  ///< read from below
};

struct Picture {
    double x = 0, y = 0, width = 0, height = 0;
    std::size_t n_columns = 0, n_rows = 0;
    std::vector<Rgb> pixels;  ///< `[n_rows * n_columns]`, from the top
};

using Item = std::variant<Path, Box, Disc, Text, Picture>;

struct Scene {
    double width = 0, height = 0;
    std::string title, description;
    std::vector<Item> items;
};

}  // namespace undertone::plot
