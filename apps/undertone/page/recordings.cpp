#include "page/recordings.hpp"

#include <array>
#include <filesystem>

#include "core/base64.hpp"
#include "core/file.hpp"
#include "core/text.hpp"
#include "page/html.hpp"
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

}  // namespace

std::string media_type(const std::string& file) {
    struct Kind {
        std::string_view ending, type;
    };
    static constexpr std::array kKinds{Kind{".wav", "audio/wav"},  Kind{".flac", "audio/flac"},
                                       Kind{".mp3", "audio/mpeg"}, Kind{".ogg", "audio/ogg"},
                                       Kind{".oga", "audio/ogg"},  Kind{".opus", "audio/ogg"},
                                       Kind{".m4a", "audio/mp4"}};
    const std::string ending = lower_case(fs::path(file).extension().string());
    for (const Kind& kind : kKinds)
        if (kind.ending == ending) return std::string(kind.type);
    return "";
}

std::string url_of(const std::string& path, const std::string& page) {
    const fs::path folder = fs::weakly_canonical(fs::absolute(page).parent_path());
    const fs::path whole = fs::weakly_canonical(fs::absolute(path));
    const std::string from_page = whole.lexically_relative(folder).string();
    if (!from_page.empty() && from_page.rfind("..", 0) != 0) return "./" + percent_encoded(from_page);
    return "file://" + percent_encoded(whole.string());
}

std::string Recordings::player(const RunData& run, const std::string& file) const {
    const std::string type = media_type(file);
    const std::string folder = text_of(part_of(run.json, "command"), "folder");
    const std::string path = (fs::path(folder) / file).string();  // a whole path stays what it is
    std::error_code ignored;
    if (type.empty() || !fs::is_regular_file(path, ignored)) return "";
    std::string source;
    if (embed_) {
        if (fs::file_size(path, ignored) > kMostBytes) return "";
        source = "data:" + type + ";base64," + base64(read_file(path));
    } else {
        source = text(url_of(path, page_));
    }
    return "<audio controls preload=\"none\" aria-label=\"" +
           text("recording " + fs::path(file).filename().string()) + "\" src=\"" + source + "\"></audio>";
}

}  // namespace undertone::app::html
