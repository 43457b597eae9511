#pragma once

namespace undertone::app {

/// From now on the first SIGINT or SIGTERM only sets a flag; a second one ends the program.
void catch_interrupts();

/// Whether one came.
[[nodiscard]] bool interrupted() noexcept;

}  // namespace undertone::app
