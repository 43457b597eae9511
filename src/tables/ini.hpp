#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace undertone::corpus {

/// One `key = value` of an INI file.
struct IniEntry {
    std::string key;       ///< in lower case
    std::string value;     ///< its lines joined by '\n'; a line that was a comment is empty
    std::size_t line = 0;  ///< where it begins, counted from 1
};

/// One `[name]` with what follows.
struct IniSection {
    std::string name;
    std::size_t line = 0;
    std::vector<IniEntry> entries;
};

/// Reads an INI file as Python's configparser does: `key = value` or `key: value`, lines that begin with # or
/// ; are comments, lines indented deeper than their key go on with its value. A byte order mark is skipped.
/// @throws Error corrupt_data  naming file and line: a line that is none of these, a control character, a
///         section or a key given twice
[[nodiscard]] std::vector<IniSection> parse_ini(std::string_view text, const std::string& origin);

}  // namespace undertone::corpus
