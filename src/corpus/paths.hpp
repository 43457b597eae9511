#pragma once

#include <string>
#include <string_view>

namespace undertone::corpus {

// Paths as text, for they may go on within a zip.

/// The last component.
[[nodiscard]] std::string_view file_name(std::string_view path) noexcept;

/// What stands before the last component; empty where there is none.
[[nodiscard]] std::string folder_of(std::string_view path);

/// The last component without its extension.
[[nodiscard]] std::string stem_of(std::string_view path);

/// The extension of the last component, ".wav", in lower case; empty where there is none.
[[nodiscard]] std::string extension_of(std::string_view path);

/// What data in a folder, or in a zip, are called: its own name. Tables that lie in one folder are of one
/// corpus, so that a speaker in two of them is one speaker.
[[nodiscard]] std::string name_of_place(std::string_view folder);

/// From the root, without `.` and `..`.
/// @throws Error io  the folder that one stands in is gone
[[nodiscard]] std::string absolute_path(std::string_view path);

/// A path from a folder, without `.` and `..` in it; an absolute path is itself.
[[nodiscard]] std::string join_path(std::string_view folder, std::string_view path);

/// Whether a file is called as audio is.
[[nodiscard]] bool is_audio_name(std::string_view path) noexcept;

}  // namespace undertone::corpus
