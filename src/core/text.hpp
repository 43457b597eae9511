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

/// Text of others within a message of one line: control characters become `?`, and of a long one the
/// beginning is shown.
[[nodiscard]] inline std::string shown(std::string_view text) {
    constexpr std::size_t kShown = 60;
    std::string line(text.substr(0, kShown));
    for (char& c : line)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
    return text.size() > kShown ? line + "..." : line;
}

}  // namespace undertone
