#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace undertone::corpus {

struct LiteralEntry;

/// A value written as a Python literal: None, True, 3, 0.5, 'text', [1, 2], (1, 2), {'a': 1}.
struct Literal {
    using List = std::vector<Literal>;  // lists and tuples
    using Dict = std::vector<LiteralEntry>;

    std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Dict> value;
    std::size_t offset = 0;  ///< where in the text it begins

    /// What it is, for messages: "a list".
    [[nodiscard]] std::string_view kind() const noexcept;
};

/// One `key: value` of a dictionary.
struct LiteralEntry {
    Literal key, value;
};

/// Why a literal could not be read, and where. Its text is no whole message: the caller knows file and key.
struct LiteralError : std::runtime_error {
    LiteralError(const std::string& reason, std::size_t at) : std::runtime_error(reason), offset(at) {}
    std::size_t offset;
};

/// Reads one literal that fills the text; names, calls and operators are no literals, and nothing is
/// evaluated.
///
/// Numbers are decimal; strings have one or two kinds of quotes and Python's escapes but \N{...}; a comma may
/// follow the last item; brackets may be nested 32 deep; # begins a comment.
/// @throws LiteralError
[[nodiscard]] Literal parse_literal(std::string_view text);

}  // namespace undertone::corpus
