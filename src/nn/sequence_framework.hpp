#pragma once

#include "nn/framework.hpp"

namespace undertone::nn {

/// The row of the table of frameworks for the network over frames.
[[nodiscard]] Framework undertone_framework();

}  // namespace undertone::nn
