#include "corpus/paths.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "core/text.hpp"
#include "undertone/error.hpp"

namespace undertone::corpus {

std::string_view file_name(std::string_view path) noexcept { return path.substr(path.rfind('/') + 1); }

std::string folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return std::string(slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash));
}

std::string stem_of(std::string_view path) {
    const std::string_view name = file_name(path);
    const std::size_t dot = name.rfind('.');
    return std::string(dot == 0 ? name : name.substr(0, dot));
}

std::string extension_of(std::string_view path) {
    const std::string_view name = file_name(path);
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos || dot == 0 ? "" : lower_case(name.substr(dot));
}

std::string absolute_path(std::string_view path) {
    std::error_code failed;
    const std::filesystem::path whole = std::filesystem::absolute(std::filesystem::path(path), failed);
    if (failed)
        throw Error(Errc::io, std::string(path) + ": the folder that it is looked for from cannot be told: " +
                                  failed.message());
    return whole.lexically_normal().string();
}

std::string name_of_place(std::string_view folder) {
    const std::string whole = folder_of(absolute_path((std::filesystem::path(folder) / "x").string()));
    return extension_of(whole) == ".zip" ? stem_of(whole) : std::string(file_name(whole));
}

std::string join_path(std::string_view folder, std::string_view path) {
    return (std::filesystem::path(folder) / std::filesystem::path(path)).lexically_normal().string();
}

bool is_audio_name(std::string_view path) noexcept {
    static constexpr std::array<std::string_view, 16> kAudio{
        ".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3",  ".m4a",
        ".aif", ".aiff", ".aifc", ".au",  ".snd", ".caf",  ".rf64", ".w64"};
    return std::find(kAudio.begin(), kAudio.end(), extension_of(path)) != kAudio.end();
}

}  // namespace undertone::corpus
