#include "corpus/folder.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>
#include <utility>

#include "undertone/error.hpp"

namespace undertone::corpus {
namespace fs = std::filesystem;
namespace {

struct Entry {
    std::string name;
    bool is_folder;
};

bool is_folder(const fs::directory_entry& entry) {
    std::error_code ignored;  // a link to nothing, or to itself, is no folder
    return entry.is_directory(ignored);
}

// A pipe, a socket or a device: reading it may never end. One that is named by hand is read all the same.
bool waits(const fs::directory_entry& entry) {
    std::error_code ignored;
    return entry.is_other(ignored);
}

std::vector<Entry> entries(const fs::path& folder) {
    std::error_code error;
    std::vector<Entry> found;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (!waits(*at)) found.push_back({at->path().filename().string(), is_folder(*at)});
    if (error) throw Error(Errc::io, folder.string() + ": the folder cannot be read: " + error.message());
    return found;
}

// Which folders were entered, by what they are and not by how they are called.
class Visited {
public:
    bool enter(const fs::path& folder) {
        struct stat status {};
        if (stat(folder.c_str(), &status) != 0) return true;  // reading it will say why
        return seen_.emplace(status.st_dev, status.st_ino).second;
    }

private:
    std::set<std::pair<dev_t, ino_t>> seen_;
};

void collect(const fs::path& folder, Visited& visited, std::vector<std::string>& files) {
    if (!visited.enter(folder)) return;
    for (const Entry& entry : entries(folder)) {
        if (entry.name.starts_with('.')) continue;
        const fs::path path = folder / entry.name;
        if (entry.is_folder)
            collect(path, visited, files);
        else
            files.push_back(path.string());
    }
}

// The end of a set `[...]` that begins at `begin`, or npos when it is not closed: then the bracket is itself.
std::size_t set_end(std::string_view pattern, std::size_t begin) noexcept {
    std::size_t first = begin + 1;
    if (first < pattern.size() && pattern[first] == '!') ++first;
    return first < pattern.size() ? pattern.find(']', first + 1) : std::string_view::npos;
}

bool in_set(char c, std::string_view set) noexcept {
    const bool negated = set.starts_with('!');
    if (negated) set.remove_prefix(1);
    const auto byte = [](char x) { return static_cast<unsigned char>(x); };
    bool found = false;
    for (std::size_t i = 0; i < set.size(); ++i) {
        if (i + 2 < set.size() && set[i + 1] == '-') {
            found = found || (byte(set[i]) <= byte(c) && byte(c) <= byte(set[i + 2]));
            i += 2;
        } else {
            found = found || set[i] == c;
        }
    }
    return found != negated;
}

void collect_glob(const fs::path& folder, std::vector<std::string>::const_iterator part,
                  std::vector<std::string>::const_iterator end, std::vector<std::string>& files) {
    const bool last = part + 1 == end;
    if (part->find_first_of("*?[") == std::string::npos) {
        const fs::path path = folder / *part;
        std::error_code ignored;
        if (!last) {
            if (is_folder(fs::directory_entry(path, ignored))) collect_glob(path, part + 1, end, files);
        } else if (fs::exists(path, ignored) && !is_folder(fs::directory_entry(path, ignored))) {
            files.push_back(path.string());
        }
        return;
    }
    if (*part == "**") {
        std::vector<std::string> below;
        Visited visited;
        std::vector<fs::path> folders{folder};
        while (!folders.empty()) {
            const fs::path at = folders.back();
            folders.pop_back();
            if (!visited.enter(at)) continue;
            if (!last) collect_glob(at, part + 1, end, files);
            for (const Entry& entry : entries(at)) {
                if (entry.name.starts_with('.')) continue;
                if (entry.is_folder)
                    folders.push_back(at / entry.name);
                else if (last)
                    files.push_back((at / entry.name).string());
            }
        }
        return;
    }
    for (const Entry& entry : entries(folder)) {
        if (entry.name.starts_with('.') && !part->starts_with('.')) continue;
        if (!fits(entry.name, *part)) continue;
        const fs::path path = folder / entry.name;
        if (last && !entry.is_folder) files.push_back(path.string());
        if (!last && entry.is_folder) collect_glob(path, part + 1, end, files);
    }
}

}  // namespace

std::vector<std::string> files_below(const std::string& folder) {
    std::vector<std::string> files;
    Visited visited;
    collect(folder, visited, files);
    return files;
}

bool fits(std::string_view name, std::string_view pattern) noexcept {
    // On a mismatch, the last star takes one character more; no deeper memory than that is ever needed.
    std::size_t n = 0, p = 0;
    std::size_t star = std::string_view::npos, star_n = 0;
    while (n < name.size() || p < pattern.size()) {
        if (p < pattern.size()) {
            if (pattern[p] == '*') {
                star = p++;
                star_n = n;
                continue;
            }
            if (n < name.size()) {
                const std::size_t end = pattern[p] == '[' ? set_end(pattern, p) : std::string_view::npos;
                if (end != std::string_view::npos) {
                    if (in_set(name[n], pattern.substr(p + 1, end - p - 1))) {
                        ++n;
                        p = end + 1;
                        continue;
                    }
                } else if (pattern[p] == '?' || pattern[p] == name[n]) {
                    ++n;
                    ++p;
                    continue;
                }
            }
        }
        if (star == std::string_view::npos || star_n >= name.size()) return false;
        p = star + 1;
        n = ++star_n;
    }
    return true;
}

std::vector<std::string> glob(const std::string& folder, const std::string& pattern) {
    fs::path from = folder;
    std::vector<std::string> parts;
    for (const fs::path& part : fs::path(pattern)) {
        if (part.is_absolute())
            from = part;
        else if (!part.empty() && !(part == "**" && !parts.empty() && parts.back() == "**"))  // one is enough
            parts.push_back(part.string());
    }
    std::vector<std::string> files;
    if (parts.empty()) return files;
    collect_glob(from, parts.begin(), parts.end(), files);
    std::sort(files.begin(), files.end());
    files.erase(std::unique(files.begin(), files.end()), files.end());  // two ** can reach a file twice
    return files;
}

}  // namespace undertone::corpus
