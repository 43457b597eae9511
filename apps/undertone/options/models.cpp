#include "options/models.hpp"

#include <algorithm>
#include <filesystem>

#include "undertone/error.hpp"

namespace undertone::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* kExtension = ".safetensors";
constexpr const char* kTrained = "model.safetensors";  // what `train` writes unless told otherwise

// A folder is none: that of a corpus may have the name of a model.
bool is_file(const fs::path& path) {
    std::error_code failed;
    return fs::exists(path, failed) && !fs::is_directory(path, failed);
}

fs::path shipped_file(const std::string& name) {
    return fs::path(shipped_folder("models")) / (name + kExtension);
}

bool is_plain(const std::string& name) { return name.find_first_of("./") == std::string::npos; }

}  // namespace

std::string shipped_folder(const std::string& name) {
    std::error_code failed;
    const fs::path program = fs::read_symlink("/proc/self/exe", failed);
    return (program.parent_path().parent_path() / "share" / "undertone" / name).string();
}

std::vector<std::string> shipped_models() {
    std::vector<std::string> names;
    std::error_code failed;
    for (fs::directory_iterator entry(shipped_folder("models"), failed), end; !failed && entry != end;
         entry.increment(failed))
        if (entry->path().extension() == kExtension) names.push_back(entry->path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string model_file(const std::string& name) {
    if (is_file(name)) return name;
    if (is_plain(name) && is_file(shipped_file(name))) return shipped_file(name).string();
    std::string message = name + ": there is no such model";
    if (is_plain(name)) {
        const std::vector<std::string> shipped = shipped_models();
        if (shipped.empty()) message += ", and none came with undertone";
        for (const std::string& other : shipped) {
            message += &other == &shipped.front() ? "; with undertone came " : ", ";
            message += other;
        }
    }
    throw Error(Errc::io, message + "; make one with: undertone train -o " + name + " DIR");
}

std::string default_model_file() {
    if (is_file(kTrained)) return kTrained;
    if (is_file(shipped_file(kDefaultModel))) return shipped_file(kDefaultModel).string();
    throw Error(Errc::io, std::string("there is no model: no ") + kTrained + " in this folder and no " +
                              shipped_file(kDefaultModel).string() +
                              "; name one with -m, or make one with: undertone train DIR");
}

}  // namespace undertone::app
