#pragma once

#include "undertone/progress.hpp"

namespace undertone::app {

/// From now on the first SIGINT or SIGTERM only sets a flag; a second one ends the program, and so does time:
/// five seconds in which nobody asked for the flag.
void catch_interrupts();

/// Whether one came.
[[nodiscard]] bool interrupted() noexcept;

/// For work that shows no progress: goes on until a signal ends it.
[[nodiscard]] OnProgress until_interrupted();

}  // namespace undertone::app
