#pragma once

#include "framework/framework.hpp"

namespace undertone::nn {

/// The row of "keras" in the table of frameworks. Options: KerasOptions.
[[nodiscard]] Framework keras_framework();

}  // namespace undertone::nn
