#pragma once

#include <string>

#include "options/arguments.hpp"
#include "undertone/plot.hpp"

namespace undertone::app {

/// Where a picture goes and how it is drawn: what the verbs that draw have in common.
struct DrawingOptions {
    std::string output;  ///< empty: not given
    plot::Style style;
    std::string format = "text";
};

/// -o, --width, --dpi, --dark and --format.
/// @param options   must live as long as the app
void declare_drawing(const Arguments& app, DrawingOptions& options);

/// Draws and writes, then says where: "picture saved: OUT", or a line of JSON.
/// @param path   that format_of() knows
/// @throws Error io; as plot::drawn()
void save_picture(const plot::Figure& figure, const DrawingOptions& options, const std::string& path);

}  // namespace undertone::app
