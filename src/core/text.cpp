#include "core/text.hpp"

#include <algorithm>

namespace undertone {
namespace {

// The bytes of the UTF-8 character that text begins with; 0 where it begins with none.
std::size_t utf8_bytes(std::string_view text) noexcept {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t size = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
    if (size > text.size()) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) return 0;
    // Not the long way round, no surrogates, nothing above U+10FFFF: RFC 3629.
    const unsigned char second = size > 2 ? static_cast<unsigned char>(text[1]) : 0;
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second >= 0xA0) ||
        (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second >= 0x90))
        return 0;
    return size;
}

std::string without_hidden(std::string_view text, bool keep_lines) {
    std::string plain;
    plain.reserve(text.size());
    while (!text.empty()) {
        const char c = text.front();
        const std::size_t hidden = hidden_character(text);
        const std::size_t size = hidden != 0 ? hidden : character_bytes(text);
        if (hidden == 0 || (keep_lines && (c == '\n' || c == '\t')))
            plain += text.substr(0, size);
        else
            plain += c == '\n' || c == '\r' || c == '\t' ? ' ' : '?';
        text.remove_prefix(size);
    }
    return plain;
}

}  // namespace

std::size_t character_bytes(std::string_view text) noexcept {
    return text.empty() ? 1 : std::max<std::size_t>(utf8_bytes(text), 1);
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t size = utf8_bytes(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

std::size_t hidden_character(std::string_view text) noexcept {
    if (text.empty()) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x20 || byte(0) == 0x7F) return 1;
    const std::size_t size = utf8_bytes(text);
    if (size == 0) return byte(0) < 0xA0 ? 1 : 0;  // an 8-bit terminal takes it for a control character
    if (size == 2 && byte(0) == 0xC2 && byte(1) < 0xA0) return 2;
    const bool turns = size == 3 && byte(0) == 0xE2 &&
                       ((byte(1) == 0x80 && byte(2) >= 0xA8 && byte(2) <= 0xAE) ||
                        (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9));
    return turns ? 3 : 0;
}

std::string plain_text(std::string_view text) {
    const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= ' ' && c < '\x7F') || c == '\n';  // as most of what is printed
    });
    return is_plain ? std::string(text) : without_hidden(text, true);
}

std::string one_line(std::string_view text) { return without_hidden(text, false); }

}  // namespace undertone
