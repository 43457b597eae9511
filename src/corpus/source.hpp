#pragma once

#include <span>
#include <string>
#include <vector>

namespace undertone::corpus {

/// What one argument of read_corpus() stands for.
struct Source {
    enum class Kind {
        place,  ///< a folder, a zip, or a folder in a zip
        table,
        files,  ///< all arguments that are single files, in one
    };
    Kind kind;
    std::string root;                ///< of a place or table, its path
    std::vector<std::string> files;  ///< sorted; each file once, in the first source that has it
};

/// Finds what arguments stand for.
/// @throws Error io  one that is not there or cannot be read; corrupt_data  a broken zip
[[nodiscard]] std::vector<Source> find_sources(std::span<const std::string> arguments);

}  // namespace undertone::corpus
