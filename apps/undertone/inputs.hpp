#pragma once

#include <span>
#include <string>
#include <vector>

namespace undertone::app {

/// A check for CLI11: what must be named may not be empty.
[[nodiscard]] std::string not_empty(const std::string& name);

/// The files that arguments name, in the order given; a folder stands for the audio files below it, by
/// extension, sorted by their bytes.
/// @throws Error io                a folder that cannot be read
/// @throws Error invalid_argument  a folder without an audio file
[[nodiscard]] std::vector<std::string> input_files(std::span<const std::string> arguments);

}  // namespace undertone::app
