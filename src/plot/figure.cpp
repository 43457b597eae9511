#include <string>

#include "core/text.hpp"
#include "os/plug_in.hpp"
#include "plot/drawing.hpp"
#include "plot/layout.hpp"
#include "plot/svg.hpp"
#include "undertone/error.hpp"
#include "undertone/plot.hpp"

namespace undertone::plot {

Ink ink_of(std::size_t index) noexcept {
    return static_cast<Ink>(static_cast<std::size_t>(Ink::first) + index % 6);
}

Axis names_axis(std::string label, const std::vector<std::string>& names, bool downwards) {
    const double last = static_cast<double>(names.size()) - 0.5;
    Axis axis{std::move(label), downwards ? last : -0.5, downwards ? -0.5 : last, Scale::categories};
    for (std::size_t i = 0; i < names.size(); ++i) axis.ticks.push_back({static_cast<double>(i), names[i]});
    return axis;
}

const Drawing& drawing() {
    static const Drawing* const loaded = [] {
        void* const found = plug_in_symbol("undertone_drawing", kDrawingFunction, "drawing a picture");
        return reinterpret_cast<DrawingFunction>(found)();
    }();
    return *loaded;
}

std::string svg(const Figure& figure, const Style& style) {
    return svg_of(layout(figure, style), &theme(style.dark));
}

std::string svg_element(const Figure& figure, const Style& style) {
    return svg_of(layout(figure, style), nullptr);
}

std::string png(const Figure& figure, const Style& style) {
    return drawing().png(layout(figure, style), theme(style.dark), style.dpi / 96);
}

std::string pdf(const Figure& figure, const Style& style) {
    return drawing().pdf(layout(figure, style), theme(style.dark));
}

Format format_of(const std::string& path) {
    const std::string lower = lower_case(path);
    if (lower.ends_with(".png")) return Format::png;
    if (lower.ends_with(".svg")) return Format::svg;
    if (lower.ends_with(".pdf")) return Format::pdf;
    throw Error(Errc::unsupported_format, path + ": a picture is written to a .png, .svg or .pdf");
}

std::string drawn(const Figure& figure, const Style& style, Format format) {
    switch (format) {
        case Format::svg:
            return svg(figure, style);
        case Format::pdf:
            return pdf(figure, style);
        case Format::png:
            break;
    }
    return png(figure, style);
}

}  // namespace undertone::plot
