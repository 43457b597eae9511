#include "kill/snapshot.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace undertone::test {
namespace fs = std::filesystem;

Snapshot snapshot_of(const std::string& folder) {
    Snapshot found;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        std::string path = fs::path(entry.path()).lexically_relative(folder).string();
        const fs::file_status status = entry.symlink_status();
        std::string content = std::to_string(static_cast<unsigned>(status.permissions())) + " ";
        if (fs::is_directory(status)) {
            path += "/";
        } else if (fs::is_symlink(status)) {
            content += "-> " + fs::read_symlink(entry.path()).string();
        } else {
            std::ifstream file(entry.path(), std::ios::binary);
            if (!file) throw std::runtime_error(entry.path().string() + ": cannot be read");
            content.append(std::istreambuf_iterator<char>(file), {});
        }
        found[path] = content;
    }
    return found;
}

std::string difference(const Snapshot& now, const Snapshot& wanted, const std::string& excepted) {
    for (const auto& [path, content] : wanted) {
        const auto found = now.find(path);
        if (found == now.end()) return path + " is missing";
        const bool is_excepted = !excepted.empty() && fs::path(path).filename() == excepted;
        if (found->second != content && !is_excepted) return path + " is another";
    }
    for (const auto& [path, content] : now)
        if (!wanted.contains(path)) return path + " was left behind";
    return "";
}

}  // namespace undertone::test
