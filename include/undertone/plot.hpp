#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "undertone/matrix.hpp"

/// Pictures: a Figure says what is shown, in the units of the data; svg(), png() and pdf() draw it. A figure
/// knows nothing of pixels, so that the same one goes into a page, a paper and a test.
namespace undertone::plot {

/// How an axis is divided.
enum class Scale {
    linear,
    log,         ///< low must be above 0
    mel,         ///< Hz, evenly spaced as dsp::hz_to_mel() has it
    categories,  ///< names, the first at 0, the second at 1, ...
};

/// A place on an axis that has a text of its own.
struct Tick {
    double at = 0;
    std::string text;
};

/// One side of a panel.
struct Axis {
    std::string label = {};  ///< with its unit: "time (s)"
    double low = 0;          ///< at the left, or at the bottom
    double high = 1;         ///< at the right, or at the top; may lie below `low`
    Scale scale = Scale::linear;
    std::vector<Tick> ticks = {};  ///< empty: chosen from the range
    bool shows_ticks = true;       ///< with their texts
    bool grid = false;
};

/// An axis of names. @param downwards  the first at the top, for an axis that stands
[[nodiscard]] Axis names_axis(std::string label, const std::vector<std::string>& names,
                              bool downwards = false);

/// What a thing is drawn in. Which colour that is depends on the theme: light, dark, or that of a page.
enum class Ink {
    text,
    muted,
    grid,
    surface,
    first,  ///< the first of the colours that tell things apart, also for those who tell red from green badly
    second,
    third,
    fourth,
    fifth,
    sixth,
    good,
    bad,
};
/// The colour of the n-th thing, counted from 0; the seventh has that of the first.
[[nodiscard]] Ink ink_of(std::size_t index) noexcept;

/// A scale from numbers to colours, perceptually uniform.
enum class ColourMap {
    magma,    ///< dark to bright: levels
    viridis,  ///< dark to bright: shares
    blues,    ///< the surface to a strong blue: counts
    balance,  ///< blue, neutral, red: values on both sides of zero
    greys,    ///< white to black: levels that something coloured lies upon
};

/// A line through points; where y is NaN it is broken.
struct Curve {
    std::vector<double> x, y;
    Ink ink = Ink::first;
    double width = 1.5;
    std::string name = {};  ///< for the legend; empty: not there
    bool dots = false;      ///< a dot at each point
    bool dashed = false;
    std::vector<std::string> tips = {};  ///< what each point says when it is pointed at; empty: nothing
};

/// What lies between two curves, filled lightly.
struct Band {
    std::vector<double> x, low, high;
    Ink ink = Ink::first;
};

/// Dots with their intervals; low = high: without.
struct Dots {
    std::vector<double> x, y, low, high;
    Ink ink = Ink::first;
    std::string name = {};
    std::vector<std::string> tips = {};
    bool intervals_along_x = false;  ///< low and high are of x
};

/// Bars from `from` to y; on a lying panel along x.
struct Bars {
    std::vector<double> x, y;
    double width = 0.8;  ///< in units of x
    double from = 0;
    Ink ink = Ink::first;
    std::string name = {};
    std::vector<std::string> tips = {};
    bool lying = false;  ///< x is where the bar stands on the y axis, y how far it reaches along x
};

/// A straight line across the panel.
struct Rule {
    double at = 0;
    bool upright = false;  ///< at an x
    Ink ink = Ink::muted;
    bool dashed = true;
    std::string name = {};
};

/// A table of coloured cells with texts: row r at y = r, column c at x = c.
struct Cells {
    Matrix<double> values;  ///< `[n_rows, n_columns]`
    double low = 0, high = 1;
    ColourMap map = ColourMap::blues;
    std::vector<std::string> texts = {};  ///< `[n_rows * n_columns]`, "\n" starts a line; empty: none
    std::vector<std::string> tips = {};
};

/// A picture of values over time.
struct HeatMap {
    Matrix<float> values;          ///< `[n_frames, n_bands]`
    double x_low = 0, x_high = 1;  ///< edges of the first and the last frame
    std::vector<double> y_edges;   ///< `[n_bands + 1]`, rising, in units of the y axis
    double low = 0, high = 1;      ///< values of the ends of the map
    ColourMap map = ColourMap::magma;
};

/// A rectangle of which more or less is seen.
struct Patch {
    double x_low = 0, x_high = 1, y_low = 0, y_high = 1;
    Ink ink = Ink::first;
    double opacity = 1;
    std::string tip = {};
};
struct Patches {
    std::vector<Patch> patches;
};

using Mark = std::variant<Band, HeatMap, Patches, Cells, Bars, Rule, Curve, Dots>;

/// What a colour means, beside a panel.
struct ColourBar {
    std::string label;  ///< with its unit
    double low = 0, high = 1;
    ColourMap map = ColourMap::magma;
};

/// One coordinate system with what is in it. Marks are drawn in their order.
struct Panel {
    std::string title = {};
    Axis x = {}, y = {};
    std::vector<Mark> marks = {};
    std::optional<ColourBar> colour_bar = std::nullopt;
    std::size_t row = 0, column = 0;  ///< of the figure's grid
    bool legend = false;              ///< of the marks that have names
};

/// A picture: panels in a grid.
struct Figure {
    std::string title = {}, subtitle = {};
    std::vector<Panel> panels = {};
    std::vector<double> row_heights = {};     ///< px of each row's panel, labels not counted
    std::vector<double> column_shares = {1};  ///< of the width that the labels leave
    std::string description = {};             ///< in words, for those who do not see it
};

/// How it is drawn.
struct Style {
    double width = 900;  ///< px of 1/96 inch
    double dpi = 96;     ///< of a PNG and of the pictures within an SVG or a PDF
    bool dark = false;
};

/// @return  a whole SVG file
/// @throws Error invalid_argument  a width or dpi out of range, marks whose sizes differ, a panel outside the
///         grid; unsupported_format  a figure with a HeatMap, where the drawing library is missing
[[nodiscard]] std::string svg(const Figure& figure, const Style& style = {});

/// The same as an element of an HTML page, whose style sheet says what var(--plot-text), --plot-muted,
/// --plot-grid, --plot-surface, --plot-1 ... --plot-6, --plot-good and --plot-bad are. What has a tip is of
/// class "tip" and has it in data-tip and as a <title>.
[[nodiscard]] std::string svg_element(const Figure& figure, const Style& style = {});

/// @return  the bytes of a file
/// @throws Error as svg(); unsupported_format  the drawing library is missing
[[nodiscard]] std::string png(const Figure& figure, const Style& style = {});
[[nodiscard]] std::string pdf(const Figure& figure, const Style& style = {});

/// The kind of picture that a file's name asks for.
enum class Format { png, svg, pdf };
/// @throws Error unsupported_format  another ending than .png, .svg or .pdf
[[nodiscard]] Format format_of(const std::string& path);
[[nodiscard]] std::string drawn(const Figure& figure, const Style& style, Format format);

}  // namespace undertone::plot
