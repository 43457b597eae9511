#include "options/drawing_options.hpp"

#include "options/inputs.hpp"
#include "os/file.hpp"
#include "output/output.hpp"

namespace undertone::app {

void declare_drawing(const Arguments& app, DrawingOptions& options) {
    app.option("-o,--output", options.output, "where the picture goes: a .png, .svg or .pdf")
        .check(not_empty);
    app.option("--width", options.style.width, "px of 1/96 inch: 340 for a column, 700 for a page")
        .shows_default();
    app.option("--dpi", options.style.dpi, "pixels an inch: 96 for a screen, 300 for print").shows_default();
    app.flag("--dark", options.style.dark, "bright on dark");
    app.option("--format", options.format, "how what was done is told")
        .one_of({"text", "json"})
        .shows_default();
}

void save_picture(const plot::Figure& figure, const DrawingOptions& options, const std::string& path) {
    const std::string bytes = drawn(figure, options.style, plot::format_of(path));
    write_file(path, bytes);
    if (options.format == "json")
        print("{\"picture\": " + json_string(path) + ", \"title\": " + json_string(figure.title) +
              ", \"bytes\": " + std::to_string(bytes.size()) + "}\n");
    else
        print("picture saved: " + path + "\n");
}

}  // namespace undertone::app
