#include "page/recordings.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "core/text.hpp"
#include "formats/base64.hpp"
#include "os/file.hpp"
#include "page/html.hpp"
#include "plot/texts.hpp"
#include "undertone/audio.hpp"
#include "undertone/error.hpp"

namespace undertone::app::html {

namespace {

namespace fs = std::filesystem;

// More than that is no clip, and no page would open with twenty of them in it.
constexpr std::size_t kMostBytes = std::size_t{8} << 20;

std::string percent_encoded(std::string_view path) {
    constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string url;
    for (const char c : path) {
        if (kPlain.find(c) != std::string_view::npos) {
            url += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        url += '%';
        url += kDigits[byte >> 4U];
        url += kDigits[byte & 15U];
    }
    return url;
}

constexpr std::size_t kNameLength = 200;  // characters
constexpr double kDecodedSeconds = 0.05;

// The folder itself, or the one that a file lies in, without links; nothing where it is not there.
std::optional<fs::path> folder_of(const fs::path& place) {
    std::error_code failed;
    const fs::path whole = fs::canonical(place, failed);
    if (failed) return std::nullopt;
    return fs::is_directory(whole, failed) ? whole : whole.parent_path();
}

bool lies_in(const fs::path& whole, const fs::path& folder) {
    const auto [end, unlike] = std::mismatch(folder.begin(), folder.end(), whole.begin(), whole.end());
    return end == folder.end() && unlike != whole.end();
}

std::string first_bytes(const std::string& path) {
    const RegularFile file(path);
    std::string bytes(16, '\0');
    const ssize_t n = ::pread(file.descriptor(), bytes.data(), bytes.size(), 0);
    bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return bytes;
}

}  // namespace

std::string media_type(std::string_view bytes) {
    const auto begins = [&](std::string_view mark, std::size_t at = 0) {
        return bytes.size() >= at + mark.size() && bytes.substr(at, mark.size()) == mark;
    };
    if ((begins("RIFF") || begins("RF64")) && begins("WAVE", 8)) return "audio/wav";
    if (begins("fLaC")) return "audio/flac";
    if (begins("OggS")) return "audio/ogg";
    if (begins("ID3") || (bytes.size() > 1 && bytes[0] == '\xFF' && (bytes[1] & '\xE0') == '\xE0'))
        return "audio/mpeg";
    return "";
}

std::string url_of(const std::string& path, const std::string& page) {
    std::error_code failed;
    const fs::path folder = fs::weakly_canonical(fs::absolute(page, failed).parent_path(), failed);
    const fs::path whole = fs::weakly_canonical(fs::absolute(path, failed), failed);
    const std::string from_page = whole.lexically_relative(folder).string();
    if (!from_page.empty() && from_page.rfind("..", 0) != 0) return "./" + percent_encoded(from_page);
    return "file://" + percent_encoded(whole.string());
}

std::vector<std::string> places_of(const RunData& run) {
    constexpr std::size_t kMostWords = 200;  // so many are looked for on the disk
    const Json& command = part_of(run.json, "command");
    const fs::path folder = text_of(command, "folder");
    std::vector<std::string> places;
    std::size_t n = 0;
    bool is_output = false;
    for (const Json& word : list_of(command, "words")) {
        if (n++ == 0 || !word.is_text()) continue;  // the verb
        if (n > kMostWords) break;
        const auto& name = word.text();
        // The run itself and the like are no corpora.
        if (std::exchange(is_output, name == "-o" || name == "--output" || name == "--run")) continue;
        if (name.empty() || name.front() == '-') continue;
        const std::optional<fs::path> place = folder_of(folder / name);
        if (place && std::find(places.begin(), places.end(), place->string()) == places.end())
            places.push_back(place->string());
    }
    return places;
}

Recordings::Recordings(std::string page, bool embed, std::vector<std::string> corpora)
    : page_(std::move(page)), plays_(true), embed_(embed), corpora_(std::move(corpora)) {}

std::string Recordings::source(const RunData& run, const fs::path& whole) const {
    std::vector<std::string> places = corpora_;
    if (!embed_ || places.empty())
        for (std::string& place : places_of(run)) places.push_back(std::move(place));
    const bool within = std::any_of(places.begin(), places.end(), [&](const std::string& place) {
        const std::optional<fs::path> folder = folder_of(place);
        return folder && lies_in(whole, *folder);
    });
    if (!within)
        throw Error(Errc::invalid_argument,
                    "lies outside of the corpus; name its folder with --corpus if it is to be played");
    const std::string path = whole.string();
    const std::string bytes = embed_ ? read_file(path, kMostBytes) : first_bytes(path);
    const std::string type = media_type(bytes);
    if (type.empty()) throw Error(Errc::unsupported_format, "is no sound that browsers play");
    // What begins like sound is decoded a little way, to be sure.
    static_cast<void>(read_audio(path, {0, std::min(read_audio_info(path).duration_s(), kDecodedSeconds)}));
    return embed_ ? "data:" + type + ";base64," + base64(bytes) : text(url_of(path, page_));
}

std::string Recordings::player(const RunData& run, const std::string& file) {
    if (!plays_) return "";
    const std::string folder = text_of(part_of(run.json, "command"), "folder");
    std::error_code failed;
    // A whole path stays what it is.
    const fs::path whole = fs::canonical(fs::path(folder) / file, failed);
    if (failed) {
        ++n_absent_;
        return "";
    }
    try {
        return "<audio controls preload=\"none\" aria-label=\"" +
               text("recording " + plot::cut(fs::path(file).filename().string(), kNameLength)) + "\" src=\"" +
               source(run, whole) + "\"></audio>";
    } catch (const Error& error) {
        // The message may name where a link led to, which is nobody's business who gets the page.
        const bool ours = error.code() == Errc::invalid_argument || error.code() == Errc::unsupported_format;
        left_out_.push_back({file, ours && std::string_view(error.what()).find(one_line(whole.string())) ==
                                               std::string_view::npos
                                       ? error.what()
                                       : "cannot be read as sound, or is larger than 8 MiB"});
        return "";
    }
}

}  // namespace undertone::app::html
