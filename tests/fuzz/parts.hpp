#pragma once

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <string>

#include "fuzz.hpp"

/// Several files in one input, as `head` prints them: a line `==> NAME` before each.
namespace undertone::fuzz {

struct Part {
    std::string name, content;
};

inline std::vector<Part> parts_of(std::string_view text, const std::string& first) {
    constexpr std::string_view kMark = "==> ";
    std::vector<Part> parts{{first, ""}};
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        const std::string_view line = text.substr(0, end);
        if (line.starts_with(kMark) && line.ends_with('\n')) {
            if (parts.size() == 1 && parts.front().content.empty()) parts.clear();
            parts.push_back({std::string(line.substr(kMark.size(), line.size() - kMark.size() - 1)), ""});
        } else {
            parts.back().content += line;
        }
        text.remove_prefix(end);
    }
    return parts;
}

inline std::string joined(const std::vector<Part>& parts) {
    std::string text;
    for (const Part& part : parts) {
        if (!text.empty() && text.back() != '\n') text += '\n';
        text.append("==> ").append(part.name).append("\n").append(part.content);
    }
    return text;
}

/// A folder of its own for readers that want one; below TMPDIR, which is better in memory.
class ScratchFolder {
public:
    explicit ScratchFolder(const std::string& name) {
        const auto place = std::filesystem::temp_directory_path();
        std::string pattern = (place / ("undertone-fuzz-" + name + "-XXXXXX")).string();
        if (::mkdtemp(pattern.data()) == nullptr) std::abort();
        path_ = pattern;
    }
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    void write(const std::string& name, std::string_view content) const {
        std::FILE* const file = std::fopen((path_ + "/" + name).c_str(), "wb");
        if (file == nullptr) std::abort();
        std::fwrite(content.data(), 1, content.size(), file);
        std::fclose(file);
    }
    void remove(const std::string& name) const { std::remove((path_ + "/" + name).c_str()); }

private:
    std::string path_;
};

}  // namespace undertone::fuzz
