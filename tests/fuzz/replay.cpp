// Stands in for libFuzzer: runs each file of a folder once. That they come back is the test.

#include <cstdio>
#include <filesystem>

#include "core/file.hpp"
#include "fuzz.hpp"

int main(int argc, char** argv) {
    std::size_t n_files = 0;
    for (int i = 1; i < argc; ++i) {
        for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
            const std::string path = entry.path().string();
            std::fprintf(stderr, "%s\n", path.c_str());  // the last line names the one that crashes
            const std::string bytes = undertone::read_file(path);
            LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
            ++n_files;
        }
    }
    std::printf("%zu files\n", n_files);
    return n_files == 0 ? 1 : 0;
}
