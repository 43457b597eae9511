#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace undertone {

/// JSON whose keys keep their order.
using Json = nlohmann::ordered_json;

/// How much of it is read. JSON may come from anybody: without bounds 200 kB of brackets end the stack, and
/// some megabytes of them take gigabytes.
struct JsonLimits {
    std::size_t bytes = std::size_t{1} << 26;   ///< of the text
    std::size_t values = std::size_t{1} << 21;  ///< texts, numbers, lists, objects and keys
    std::size_t depth = 64;                     ///< lists and objects within one another
};

/// Reads JSON. It is the only way in which undertone does so: tests/lint finds others.
///
/// @param origin  what the text is of, for messages
/// @throws Error corrupt_data  no JSON, a key that an object has twice, or more than the limits allow
[[nodiscard]] Json parse_json(std::string_view text, const std::string& origin,
                              const JsonLimits& limits = {});

/// JSON as text that every reader and every terminal takes: bytes that are no UTF-8 become U+FFFD, control
/// characters of whatever kind and those that turn the direction of text are escaped.
/// @param indent  blanks a level, or -1: all on one line
[[nodiscard]] std::string format_json(const Json& json, int indent = -1);

/// A part of an object.
/// @throws Error corrupt_data  `json` is no object or has no such key
[[nodiscard]] const Json& json_part(const Json& json, const char* key, const std::string& origin);

/// A whole number from 0 to `most`. A fraction, a negative or a greater number is none.
/// @throws Error corrupt_data
[[nodiscard]] std::uint64_t json_count(const Json& value, std::uint64_t most, const std::string& name,
                                       const std::string& origin);

/// A finite number.
/// @throws Error corrupt_data
[[nodiscard]] double json_number(const Json& value, const std::string& name, const std::string& origin);

/// @throws Error corrupt_data  not a text
[[nodiscard]] const std::string& json_text(const Json& value, const std::string& name,
                                           const std::string& origin);

}  // namespace undertone
