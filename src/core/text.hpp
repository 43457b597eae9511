#pragma once

#include <string>
#include <string_view>

namespace undertone {

/// ASCII letters only, whatever the locale.
[[nodiscard]] constexpr char lower_case(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr char upper_case(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

[[nodiscard]] inline std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = lower_case(c);
    return lower;
}

[[nodiscard]] inline std::string upper_case(std::string_view text) {
    std::string upper(text);
    for (char& c : upper) c = upper_case(c);
    return upper;
}

/// Whether two texts are the same but for the case of their letters.
[[nodiscard]] constexpr bool same_letters(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower_case(a[i]) != lower_case(b[i])) return false;
    return true;
}

/// Without blanks, tabs and line ends around it.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// How many bytes the character takes that text begins with: 1 ... 4, or 1 where it is no UTF-8.
[[nodiscard]] std::size_t character_bytes(std::string_view text) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// How many bytes of text a character at its beginning takes that a terminal would not show but obey: a
/// control character (U+0000 to U+001F, U+007F to U+009F, the latter as single bytes too) or one that turns
/// the direction of text or breaks its lines (U+2028 to U+202E, U+2066 to U+2069). 0: it is another one.
[[nodiscard]] std::size_t hidden_character(std::string_view text) noexcept;

/// Text that a terminal can show: hidden characters become `?`, but line ends and tabs stay.
[[nodiscard]] std::string plain_text(std::string_view text);

/// The same as one line: line ends become blanks.
[[nodiscard]] std::string one_line(std::string_view text);

/// Text of others within a message of one line: of a long one the beginning is shown.
[[nodiscard]] inline std::string shown(std::string_view text) {
    constexpr std::size_t kShown = 60;
    const std::string line = one_line(text.substr(0, kShown));
    return text.size() > kShown ? line + "..." : line;
}

}  // namespace undertone
