#include "plot/svg.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "formats/base64.hpp"
#include "plot/drawing.hpp"
#include "plot/texts.hpp"

namespace undertone::plot {

namespace {

constexpr std::array<std::string_view, kInks> kVariables{
    "--plot-text", "--plot-muted", "--plot-grid", "--plot-surface", "--plot-1",    "--plot-2",
    "--plot-3",    "--plot-4",     "--plot-5",    "--plot-6",       "--plot-good", "--plot-bad"};

// Two digits are a hundredth of a pixel.
std::string number(double value) {
    std::array<char, 48> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                   std::round(value * 100) / 100 + 0.0, std::chars_format::fixed, 2);
    std::string text(buffer.data(), end.ptr);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text == "-0" ? "0" : text;
}

class Writer {
public:
    explicit Writer(const Theme* theme) : theme_(theme) {}

    std::string write(const Scene& scene) {
        out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(scene.width) + " " +
               number(scene.height) + "\" ";
        if (theme_ != nullptr)
            out_ += "width=\"" + number(scene.width) + "\" height=\"" + number(scene.height) + "\" ";
        out_ += "role=\"img\" aria-label=\"" + escaped(scene.description) +
                "\" font-family=\"'DejaVu Sans', Verdana, sans-serif\">\n";
        if (theme_ != nullptr) {
            out_ += "<title>" + escaped(scene.title) + "</title>\n<desc>" + escaped(scene.description) +
                    "</desc>\n";
            write_item(Box{0, 0, scene.width, scene.height, Ink::surface});
        }
        for (const Item& item : scene.items) std::visit([&](const auto& one) { write_item(one); }, item);
        return out_ + "</svg>\n";
    }

private:
    [[nodiscard]] std::string paint(const Paint& paint) const {
        if (const Ink* ink = std::get_if<Ink>(&paint); ink != nullptr && theme_ == nullptr)
            return "var(" + std::string(kVariables[static_cast<std::size_t>(*ink)]) + ")";
        const Rgb rgb = std::holds_alternative<Rgb>(paint) ? std::get<Rgb>(paint) : colour(paint, *theme_);
        constexpr std::string_view kHex = "0123456789abcdef";
        std::string text = "#";
        for (const unsigned value : {rgb.r, rgb.g, rgb.b}) {
            text += kHex[value >> 4U];
            text += kHex[value & 15U];
        }
        return text;
    }

    // The end of an element that may have a tip.
    void close(std::string_view element, const std::string& tip) {
        if (tip.empty()) {
            out_ += "/>\n";
            return;
        }
        const std::string text = escaped(clean(tip));
        out_ += " class=\"tip\" data-tip=\"" + text + "\"><title>" + text + "</title></" +
                std::string(element) + ">\n";
    }

    void opacity(double value) {
        if (value < 1) out_ += " opacity=\"" + number(value) + "\"";
    }

    void write_item(const Path& path) {
        out_ += "<path d=\"";
        for (std::size_t i = 0; i < path.points.size(); ++i)
            out_ += (i == 0   ? "M"
                     : i == 1 ? "L"
                              : " ") +
                    number(path.points[i].x) + "," + number(path.points[i].y);
        out_ += path.filled ? "Z\" fill=\"" + paint(path.paint) + "\""
                            : "\" fill=\"none\" stroke=\"" + paint(path.paint) + "\" stroke-width=\"" +
                                  number(path.width) + "\" stroke-linejoin=\"round\"";
        if (path.dashed) out_ += " stroke-dasharray=\"4 3\"";
        opacity(path.opacity);
        out_ += "/>\n";
    }

    void write_item(const Box& box) {
        out_ += "<rect x=\"" + number(box.x) + "\" y=\"" + number(box.y) + "\" width=\"" +
                number(std::max(box.width, 0.0)) + "\" height=\"" + number(std::max(box.height, 0.0)) +
                "\" fill=\"" + paint(box.paint) + "\"";
        if (box.opacity < 1) out_ += " fill-opacity=\"" + number(box.opacity) + "\"";
        close("rect", box.tip);
    }

    void write_item(const Disc& disc) {
        out_ += "<circle cx=\"" + number(disc.centre.x) + "\" cy=\"" + number(disc.centre.y) + "\" r=\"" +
                number(disc.radius) + "\" fill=\"" + paint(disc.paint) + "\"";
        close("circle", disc.tip);
    }

    void write_item(const Text& text) {
        out_ += "<text x=\"" + number(text.at.x) + "\" y=\"" + number(text.at.y) + "\" font-size=\"" +
                number(text.size) + "\" fill=\"" + paint(text.paint) + "\"";
        if (text.anchor != Anchor::start)
            out_ += text.anchor == Anchor::middle ? " text-anchor=\"middle\"" : " text-anchor=\"end\"";
        if (text.bold) out_ += " font-weight=\"bold\"";
        if (text.upright)
            out_ += " transform=\"rotate(-90 " + number(text.at.x) + " " + number(text.at.y) + ")\"";
        out_ += ">" + escaped(text.text) + "</text>\n";
    }

    void write_item(const Picture& picture) {
        if (picture.pixels.empty()) return;
        out_ += "<image x=\"" + number(picture.x) + "\" y=\"" + number(picture.y) + "\" width=\"" +
                number(picture.width) + "\" height=\"" + number(picture.height) +
                "\" preserveAspectRatio=\"none\" href=\"data:image/png;base64," +
                base64(drawing().picture_png(picture)) + "\"/>\n";
    }

    const Theme* theme_;
    std::string out_;
};

}  // namespace

std::string svg_of(const Scene& scene, const Theme* theme) { return Writer(theme).write(scene); }

}  // namespace undertone::plot
