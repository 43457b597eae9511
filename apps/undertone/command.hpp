#pragma once

#include <string>
#include <vector>

#include "formats/json.hpp"

namespace undertone::app {

/// What was called, so that it can be called again: its words, the program's own name left out, and the
/// folder that it was called in.
struct Command {
    std::vector<std::string> words;
    std::string folder;
};

/// Keeps what the program was called with. Done once, at its start.
void remember_command(int argc, const char* const* argv);
[[nodiscard]] const Command& remembered_command();

[[nodiscard]] Json command_json(const Command& command);
/// @throws Error corrupt_data  not what command_json() gave; `origin` is its file
[[nodiscard]] Command command_from(const Json& json, const std::string& origin);

/// Calls the verb again, in its folder, but with another place for its results.
/// @param further  words that are added
/// @return         the exit code
/// @throws Error   what the verb throws; io when the folder is gone
int call_again(const Command& command, const std::string& output,
               const std::vector<std::string>& further = {});

}  // namespace undertone::app
