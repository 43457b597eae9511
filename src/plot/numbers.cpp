#include "plot/numbers.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace undertone::plot {

std::string rounded(double value, int digits) {
    if (std::abs(value) < 0.5 * std::pow(10.0, -digits)) value = 0;
    std::array<char, 64> buffer{};
    const bool large = std::abs(value) >= 1e15;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   large ? std::chars_format::scientific : std::chars_format::fixed, digits);
    std::string text(buffer.data(), end.ptr);
    if (text.front() == '-') text = "\u2212" + text.substr(1);
    return text;
}

std::string with_sign(double value) {
    const std::string text = rounded(value, 3);
    return value > 0 && text != "0.000" ? "+" + text : text;
}

std::string shortened(double value, int digits) {
    std::string text = rounded(value, digits);
    if (text.find('.') == std::string::npos) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

}  // namespace undertone::plot
