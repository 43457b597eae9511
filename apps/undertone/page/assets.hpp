#pragma once

#include <string_view>

namespace undertone::app {

/// page.css, built in. The texts LIGHT and DARK between two @ stand for the variables of the themes.
[[nodiscard]] std::string_view page_style();

/// page.js, built in.
[[nodiscard]] std::string_view page_script();

}  // namespace undertone::app
