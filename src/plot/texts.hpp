#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace undertone::plot {

/// How wide text will be, within some 10 %: enough to leave room for it. No font is asked, so that a figure
/// has the same layout on every machine.
/// @param size   px
[[nodiscard]] double text_width(std::string_view text, double size);

/// Text that XML and every renderer take: what is no UTF-8 becomes U+FFFD, control characters blanks.
[[nodiscard]] std::string clean(std::string_view text);

/// Cut to a width, with an ellipsis where something was cut away.
[[nodiscard]] std::string fitted(std::string_view text, double size, double width);

/// Cut to so many characters, with an ellipsis where something was cut away.
[[nodiscard]] std::string cut(std::string_view text, std::size_t n_characters);

/// For XML and HTML, between tags and within quotes.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace undertone::plot
