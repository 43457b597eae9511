#pragma once

#include <span>
#include <string>
#include <vector>

namespace undertone::app {

/// A check of an option (Option::check): what must be named may not be empty.
[[nodiscard]] std::string not_empty(const std::string& name);

/// A check of an option: ranges let "nan" through.
[[nodiscard]] std::string not_nan(const std::string& number);

/// @throws Error invalid_argument   what is to be written is one of the files that are read
void check_other_file(const std::string& output, std::span<const std::string> inputs);

/// The files that arguments name, in the order given; a folder stands for the audio files below it, by
/// extension, sorted by their bytes.
/// @throws Error io                a folder that cannot be read
/// @throws Error invalid_argument  a folder without an audio file
[[nodiscard]] std::vector<std::string> input_files(std::span<const std::string> arguments);

}  // namespace undertone::app
