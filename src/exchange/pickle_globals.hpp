#pragma once

#include <string_view>

namespace undertone::exchange {

/// Whether a pickle of a model may name this. None of these is ever called: they tell what data means.
[[nodiscard]] bool known_global(std::string_view module, std::string_view name);

}  // namespace undertone::exchange
