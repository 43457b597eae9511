#include "options/inputs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "corpus/folder.hpp"
#include "corpus/paths.hpp"
#include "undertone/error.hpp"

namespace undertone::app {

std::string not_empty(const std::string& name) { return name.empty() ? "is given, but empty" : ""; }

std::string not_nan(const std::string& number) {
    return std::isnan(std::strtod(number.c_str(), nullptr)) ? number + " is not a number" : "";
}

void check_other_file(const std::string& output, std::span<const std::string> inputs) {
    for (const std::string& input : inputs) {
        std::error_code missing;
        if (std::filesystem::equivalent(output, input, missing))
            throw Error(Errc::invalid_argument,
                        output + ": is read and would be written over; name another file");
    }
}

std::vector<std::string> input_files(std::span<const std::string> arguments) {
    std::vector<std::string> files;
    for (const std::string& argument : arguments) {
        std::error_code ignored;  // a file that is not there is reported where it is read
        if (argument == "-" || !std::filesystem::is_directory(argument, ignored)) {
            files.push_back(argument);
            continue;
        }
        std::vector<std::string> below = corpus::files_below(argument);
        below.erase(std::remove_if(below.begin(), below.end(),
                                   [](const auto& path) { return !corpus::is_audio_name(path); }),
                    below.end());
        if (below.empty()) throw Error(Errc::invalid_argument, argument + ": no audio file in this folder");
        std::sort(below.begin(), below.end());
        files.insert(files.end(), below.begin(), below.end());
    }
    return files;
}

}  // namespace undertone::app
