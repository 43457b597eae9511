#include "plot/numbers.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace undertone::plot {

std::string fixed_text(double value, int digits) {
    std::array<char, 400> buffer{};  // the largest double has 309 digits before the point
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, digits);
    return {buffer.data(), end.ptr};
}

std::string rounded(double value, int digits) {
    if (std::abs(value) < 0.5 * std::pow(10.0, -digits)) value = 0;
    const std::string text = fixed_text(value, digits);
    return text.front() == '-' ? "\u2212" + text.substr(1) : text;
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
