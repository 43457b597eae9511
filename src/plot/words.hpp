#pragma once

#include <cmath>
#include <string>

#include "plot/numbers.hpp"
#include "undertone/bootstrap.hpp"

/// Numbers as the tips and descriptions of figures say them.
namespace undertone::plot {

[[nodiscard]] inline std::string number_text(double value, int digits) {
    if (!std::isfinite(value)) return "not known";
    return fixed_text(value, digits);
}

[[nodiscard]] inline std::string percent_text(double share) { return number_text(100 * share, 1) + " %"; }

/// "0.412 (0.357 to 0.471)", or the value alone where there is no interval.
[[nodiscard]] inline std::string interval_text(const eval::Figure& figure) {
    std::string value = number_text(figure.value, 3);
    if (!std::isfinite(figure.low) || !std::isfinite(figure.high) || figure.low >= figure.high) return value;
    return value + " (95 %: " + number_text(figure.low, 3) + " to " + number_text(figure.high, 3) + ")";
}

[[nodiscard]] inline std::string count_text(std::size_t n, const std::string& one) {
    return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
}

/// "1,100"
[[nodiscard]] inline std::string grouped(std::size_t n) {
    std::string digits = std::to_string(n);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
    return digits;
}

}  // namespace undertone::plot
