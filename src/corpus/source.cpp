#include "corpus/source.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "corpus/folder.hpp"
#include "corpus/own_data.hpp"
#include "corpus/paths.hpp"
#include "formats/zip.hpp"
#include "undertone/error.hpp"

namespace undertone::corpus {
namespace fs = std::filesystem;
namespace {

// `below`: only what lies in this folder of the zip.
std::vector<std::string> files_in_zip(const std::string& path, const std::string& below = "") {
    std::vector<std::string> files;
    const auto zip = Zip::open(path);
    for (const ZipEntry& entry : zip->entries())
        if (below.empty() || entry.name == below || entry.name.starts_with(below + "/"))
            files.push_back(path + "/" + entry.name);
    return files;
}

std::string without_slashes(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path;
}

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
    throw Error(Errc::io, path + ": no such folder or file" + reason);
}

Source find_source(const std::string& argument) {
    std::error_code error;
    const fs::file_status status = fs::status(argument, error);
    if (fs::is_directory(status))
        return {Source::Kind::place, without_slashes(argument), files_below(argument)};
    const std::string path = without_slashes(argument);
    if (const auto within = split_zip_path(path)) {
        std::vector<std::string> files = files_in_zip(within->zip, within->entry);
        if (files.empty()) refuse(argument, " in that zip");
        if (is_table_name(path) && files == std::vector{path}) return {Source::Kind::table, path, {}};
        return {Source::Kind::place, path, std::move(files)};
    }
    if (!fs::exists(status))
        refuse(argument, error && status.type() == fs::file_type::none ? ": " + error.message() : "");
    if (is_table_name(path)) return {Source::Kind::table, path, {}};
    if (extension_of(path) == ".zip") return {Source::Kind::place, path, files_in_zip(path)};
    return {Source::Kind::files, "", {argument}};
}

}  // namespace

std::vector<Source> find_sources(std::span<const std::string> arguments) {
    std::vector<Source> sources;
    Source single{Source::Kind::files, "", {}};
    for (const std::string& argument : arguments) {
        Source source = find_source(argument);
        if (source.kind == Source::Kind::files)
            single.files.push_back(std::move(source.files.front()));
        else
            sources.push_back(std::move(source));
    }
    if (!single.files.empty()) sources.push_back(std::move(single));
    std::set<std::string> seen;  // a folder may be given twice, or with a file that is in it
    for (Source& source : sources) {
        std::sort(source.files.begin(), source.files.end());
        source.files.erase(std::remove_if(source.files.begin(), source.files.end(),
                                          [&](const std::string& file) { return !seen.insert(file).second; }),
                           source.files.end());
    }
    return sources;
}

}  // namespace undertone::corpus
