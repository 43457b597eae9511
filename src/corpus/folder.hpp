#pragma once

#include <string>
#include <vector>

namespace undertone::corpus {

/// Every file below a folder, hidden ones (`.name`), pipes and devices left out, in no particular order.
/// Links are followed; a folder that is reached a second time is not entered again. Links to nothing are
/// among the files.
/// @throws Error io  it or a folder below cannot be read
[[nodiscard]] std::vector<std::string> files_below(const std::string& folder);

/// The files that fit a shell pattern, sorted by their bytes: `*`, `?`, `[a-z]`, `[!a-z]`, and `**` for any
/// number of folders. As in Python's `glob`, hidden names are only matched by a pattern that begins with a
/// dot.
/// @param folder  where the pattern begins
/// @throws Error io  a folder on the way cannot be read
[[nodiscard]] std::vector<std::string> glob(const std::string& folder, const std::string& pattern);

/// Whether a name fits one component of a shell pattern.
[[nodiscard]] bool fits(std::string_view name, std::string_view pattern) noexcept;

}  // namespace undertone::corpus
