#include "command.hpp"

#include <algorithm>
#include <filesystem>

#include "undertone/error.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

namespace fs = std::filesystem;

Command& remembered() {
    static Command command;
    return command;
}

// Without -o X, -oX, --output X, --output=X and the like of --run; what follows -- are no options.
std::vector<std::string> without_places(const std::vector<std::string>& words) {
    std::vector<std::string> kept;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--") {
            kept.insert(kept.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
            break;
        }
        if (word == "-o" || word == "--output" || word == "--run") {
            ++i;
            continue;
        }
        if (word.rfind("--output=", 0) == 0 || word.rfind("--run=", 0) == 0 ||
            (word.rfind("-o", 0) == 0 && word.rfind("--", 0) != 0))
            continue;
        kept.push_back(word);
    }
    return kept;
}

}  // namespace

void remember_command(int argc, const char* const* argv) {
    remembered().words.assign(argv + std::min(argc, 1), argv + argc);
    std::error_code unknown;
    remembered().folder = fs::current_path(unknown).string();
}

const Command& remembered_command() { return remembered(); }

Json command_json(const Command& command) { return {{"words", command.words}, {"folder", command.folder}}; }

Command command_from(const Json& json, const std::string& origin) {
    try {
        Command command{{}, json["folder"].text()};
        for (const Json& word : json["words"].elements()) command.words.push_back(word.text());
        if (!command.words.empty()) return command;
    } catch (const Json::WrongKind&) {
    }
    throw Error(Errc::corrupt_data, origin +
                                        ": does not say how the run was called; it is of another version, "
                                        "or has been altered");
}

int call_again(const Command& command, const std::string& output, const std::vector<std::string>& further) {
    std::error_code failed;
    const fs::path target = fs::absolute(output);
    fs::current_path(command.folder, failed);
    if (failed)
        throw Error(Errc::io,
                    command.folder +
                        ": the run was made in this folder, which cannot be entered: " + failed.message());
    std::vector<std::string> words = without_places(command.words);
    // Behind the verb, before what may be --.
    std::vector<std::string> added{"-o", target.string()};
    if (words.front() == "train") added = {"--run", target.string(), "-o", target.string() + ".safetensors"};
    added.insert(added.end(), further.begin(), further.end());
    words.insert(words.begin() + 1, added.begin(), added.end());
    remembered() = command;  // what the results say of themselves is how the run was called at first
    return run_verb(words);
}

}  // namespace undertone::app
