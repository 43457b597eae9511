#pragma once

#include <yaml-cpp/node/node.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace undertone::corpus {

/// How much of YAML is read. An alias stands for all that its anchor names, aliases in it included, so that
/// some kilobytes of them can mean gigabytes: what they stand for counts each time.
struct YamlLimits {
    std::size_t nodes = std::size_t{1} << 18;  ///< texts, lists and maps; one takes some 600 bytes
    std::size_t bytes = std::size_t{1} << 25;  ///< of all texts
    std::size_t depth = 64;                    ///< lists and maps within one another
};

/// Reads the first document of YAML. It is the only way in which undertone does so.
/// @throws Error corrupt_data  no YAML, or more than the limits allow; with the line
[[nodiscard]] YAML::Node parse_yaml(std::string_view text, const std::string& origin,
                                    const YamlLimits& limits = {});

}  // namespace undertone::corpus
