#include "plot/texts.hpp"

#include <cstddef>
#include <cstdint>

namespace undertone::plot {

namespace {

struct Character {
    std::uint32_t code = 0;
    std::size_t n_bytes = 1;
    bool valid = true;
};

Character character_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) -> std::uint32_t { return static_cast<unsigned char>(text[i]); };
    const std::uint32_t first = byte(at);
    if (first < 0x80) return {first, 1, true};
    const std::size_t n = first >= 0xF0 && first < 0xF5   ? 4
                          : first >= 0xE0 && first < 0xF0 ? 3
                          : first >= 0xC2 && first < 0xE0 ? 2
                                                          : 0;
    if (n == 0 || at + n > text.size()) return {0xFFFD, 1, false};
    std::uint32_t code = first & (0xFFU >> (n + 1));
    for (std::size_t i = 1; i < n; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80) return {0xFFFD, 1, false};
        code = code << 6 | (byte(at + i) & 0x3FU);
    }
    const bool too_long = (n == 3 && code < 0x800) || (n == 4 && code < 0x10000);
    const bool none = (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF || (code & 0xFFFEU) == 0xFFFE;
    if (too_long || none) return {0xFFFD, 1, false};
    return {code, n, true};
}

/// In em, of the usual sans-serif faces.
double advance(std::uint32_t code) {
    if (code >= 0x300 && code < 0x370) return 0;    // combining marks
    if (code >= 0x2E80 && code < 0xFB00) return 1;  // East Asian
    if (code >= 0x80) return 0.62;
    constexpr std::string_view kNarrow = "iljI.,:;'|!()[]{}ft/ r-";
    constexpr std::string_view kWide = "mwMWQOGCDHNU%@&";
    const char c = static_cast<char>(code);
    if (kNarrow.find(c) != std::string_view::npos) return 0.36;
    if (kWide.find(c) != std::string_view::npos) return 0.82;
    return 0.6;
}

}  // namespace

double text_width(std::string_view text, double size) {
    double width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        width += advance(character.code);
        at += character.n_bytes;
    }
    return width * size;
}

std::string clean(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (!character.valid)
            out += "\uFFFD";
        else if (character.code < 0x20 || (character.code >= 0x7F && character.code < 0xA0))
            out += ' ';
        else
            out += text.substr(at, character.n_bytes);
        at += character.n_bytes;
    }
    return out;
}

std::string fitted(std::string_view text, double size, double width) {
    if (text_width(text, size) <= width) return std::string(text);
    double used = size;  // of the ellipsis
    std::size_t at = 0;
    while (at < text.size()) {
        const Character character = character_at(text, at);
        used += advance(character.code) * size;
        if (used > width) break;
        at += character.n_bytes;
    }
    return std::string(text.substr(0, at)) + "\u2026";
}

std::string cut(std::string_view text, std::size_t n_characters) {
    std::size_t at = 0;
    for (std::size_t n = 0; n < n_characters && at < text.size(); ++n) at += character_at(text, at).n_bytes;
    return std::string(text.substr(0, at)) + (at < text.size() ? "\u2026" : "");
}

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace undertone::plot
