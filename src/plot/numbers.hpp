#pragma once

#include <string>

namespace undertone::plot {

/// With so many digits behind the point, as `printf("%.*f")` writes it in the C locale.
[[nodiscard]] std::string fixed_text(double value, int digits);

/// The same for a picture: a minus is U+2212, and nothing is -0.
[[nodiscard]] std::string rounded(double value, int digits);

/// With three digits and its sign, + too.
[[nodiscard]] std::string with_sign(double value);

/// The same without zeros at the end.
[[nodiscard]] std::string shortened(double value, int digits);

}  // namespace undertone::plot
