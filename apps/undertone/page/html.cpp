#include "page/html.hpp"

#include <array>

#include "page/assets.hpp"
#include "plot/colours.hpp"
#include "plot/texts.hpp"
#include "plot/words.hpp"

namespace undertone::app::html {

namespace {

constexpr std::array<std::string_view, plot::kInks> kInkNames{
    "text", "muted", "grid", "surface", "1", "2", "3", "4", "5", "6", "good", "bad"};

std::string hex(plot::Rgb colour) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text = "#";
    for (const unsigned value : {colour.r, colour.g, colour.b}) {
        text += kDigits[value >> 4U];
        text += kDigits[value & 15U];
    }
    return text;
}

// The colours of figures, and those that only a page has.
std::string variables(bool dark) {
    std::string text;
    const plot::Theme& theme = plot::theme(dark);
    for (std::size_t i = 0; i < plot::kInks; ++i)
        text.append("--plot-").append(kInkNames[i]).append(": ").append(hex(theme[i])).append("; ");
    return text + (dark ? "--page: #0e1116; --sunken: #1d232c; --line: #2c3540; --link: #85b6f2;"
                        : "--page: #f4f6f8; --sunken: #f1f4f7; --line: #dde2e8; --link: #1f5a9e;");
}

std::string replaced(std::string text, std::string_view what, const std::string& by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

}  // namespace

std::string text(std::string_view raw) { return plot::escaped(plot::clean(raw)); }

std::string name(std::string_view raw, std::size_t most_characters) {
    return "<bdi>" + text(plot::cut(raw, most_characters)) + "</bdi>";
}

std::string grouped(std::size_t n) { return plot::grouped(n); }

std::string element(std::string_view tag, std::string_view content, std::string_view attributes) {
    std::string html = "<";
    html.append(tag);
    if (!attributes.empty()) html.append(" ").append(attributes);
    return html.append(">").append(content).append("</").append(tag).append(">");
}

std::string table(std::string_view caption, const std::vector<std::string>& head,
                  const std::vector<std::vector<std::string>>& rows) {
    std::string html = "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"" + text(caption) +
                       "\"><table><caption>" + text(caption) + "</caption><thead><tr>";
    for (const std::string& cell : head) html += element("th", cell, "scope=\"col\"");
    html += "</tr></thead><tbody>\n";
    for (const auto& row : rows) {
        html += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i)
            html += i == 0 ? element("th", row[i], "scope=\"row\"") : element("td", row[i]);
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

std::string facts(const std::vector<std::pair<std::string, std::string>>& pairs) {
    std::string html = "<dl class=\"facts\">";
    for (const auto& [term, what] : pairs) html += element("dt", term) + element("dd", what) + "\n";
    return html + "</dl>\n";
}

std::string page(std::string_view title, std::string_view head, std::string_view main) {
    std::string html =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        // Nothing is fetched but recordings beside the page, and those only when they are played.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'; "
        "script-src 'unsafe-inline'; img-src data:; media-src data: file: 'self'; base-uri 'none'; "
        "form-action 'none'\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
        text(title) + "</title>\n<style>\n" +
        replaced(replaced(std::string(page_style()), "@LIGHT@", variables(false)), "@DARK@",
                 variables(true)) +
        "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the figures</a>\n";
    html.append("<header>\n").append(head).append("</header>\n<main id=\"main\">\n").append(main);
    html.append("</main>\n<div id=\"tip\" role=\"status\"></div>\n<script>\n").append(page_script());
    return html + "</script>\n</body>\n</html>\n";
}

}  // namespace undertone::app::html
