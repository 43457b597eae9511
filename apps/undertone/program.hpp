#pragma once

namespace undertone::app {

/// The whole program: does what its words say, and tells what was wrong on standard error.
/// @return  the exit code
int run_program(int argc, char** argv);

}  // namespace undertone::app
