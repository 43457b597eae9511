#include "support/support.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "os/file.hpp"

namespace undertone::test {
namespace fs = std::filesystem;

std::string project_file(std::string_view path) {
    return std::string(UNDERTONE_SOURCE_DIR) + "/" + std::string(path);
}

std::string shared_data(std::string_view path) {
    const std::string full = project_file("../shared/data/" + std::string(path));
    return fs::exists(full) ? full : "";
}

std::string program() { return UNDERTONE_PROGRAM; }

TensorFile reference(std::string_view name) {
    const std::string path = project_file("tests/reference/data/" + std::string(name) + ".safetensors");
    return parse_safetensors(read_file(path), path);
}

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "undertone-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw Error(Errc::io, pattern + ": cannot be made");
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::string TemporaryFolder::path(std::string_view name) const {
    return name.empty() ? path_ : path_ + "/" + std::string(name);
}

Outcome run(const std::vector<std::string>& arguments, std::string_view input, const std::string& place,
            const std::string& other) {
    const TemporaryFolder folder;
    write_file(folder.path("in"), input);
    std::vector<std::string> words{other.empty() ? program() : other};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const std::string in = folder.path("in"), out = folder.path("out"), err = folder.path("err");
    const pid_t child = fork();
    if (child == 0) {
        if (std::freopen(in.c_str(), "rb", stdin) == nullptr ||
            std::freopen(out.c_str(), "wb", stdout) == nullptr ||
            std::freopen(err.c_str(), "wb", stderr) == nullptr ||
            (!place.empty() && chdir(place.c_str()) != 0))
            _exit(126);
        execv(argv[0], argv.data());
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(out), read_file(err)};
}

}  // namespace undertone::test
