#pragma once

#include <map>
#include <string>

namespace undertone::test {

/// What lies in a folder: each path from it on, with its bytes; a folder's path ends in a slash and it has
/// none. A mode comes before the bytes, for a file that took another's place must keep it.
using Snapshot = std::map<std::string, std::string>;

/// @throws std::runtime_error  something cannot be read
[[nodiscard]] Snapshot snapshot_of(const std::string& folder);

/// The first way in which `now` is not `wanted`, in words; empty: they are equal.
/// @param excepted  files of which it is enough that they are there, by the last part of their path
[[nodiscard]] std::string difference(const Snapshot& now, const Snapshot& wanted,
                                     const std::string& excepted = "");

}  // namespace undertone::test
