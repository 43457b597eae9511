// Stands in for libFuzzer: runs each file of a folder once, and what the target itself makes of it a few
// times. That they come back is the test.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "mutate.hpp"
#include "os/file.hpp"

extern "C" __attribute__((weak)) std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                                                     std::size_t max_size, unsigned seed);

// One byte, changed, doubled or left out.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size) {
    static undertone::fuzz::Dice dice(1);
    if (size == 0 || max_size == 0) return 0;
    const std::size_t at = dice.below(size);
    switch (dice.below(3)) {
        case 0:
            data[at] = static_cast<std::uint8_t>(dice.below(256));
            return size;
        case 1:
            if (size == max_size) return size;
            std::memmove(data + at + 1, data + at, size - at);
            return size + 1;
        default:
            std::memmove(data + at, data + at + 1, size - at - 1);
            return size - 1;
    }
}

int main(int argc, char** argv) {
    const bool as_they_are = argc > 1 && std::string_view(argv[1]) == "--as-they-are";
    const unsigned n_changed = as_they_are || LLVMFuzzerCustomMutator == nullptr ? 0 : 10;
    constexpr std::size_t kRoom = 4096;
    std::size_t n_files = 0;
    for (int i = as_they_are ? 2 : 1; i < argc; ++i) {
        std::vector<std::string> paths;
        for (const auto& entry : std::filesystem::directory_iterator(argv[i]))
            paths.push_back(entry.path().string());
        std::sort(paths.begin(), paths.end());  // chance is then the same each time
        for (const std::string& path : paths) {
            std::fprintf(stderr, "%s\n", path.c_str());  // the last line names the one that crashes
            const std::string bytes = undertone::read_file(path);
            LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
            ++n_files;
            for (unsigned seed = 0; seed < n_changed; ++seed) {
                std::vector<std::uint8_t> changed(bytes.begin(), bytes.end());
                changed.resize(bytes.size() + kRoom);
                changed.resize(LLVMFuzzerCustomMutator(changed.data(), bytes.size(), changed.size(), seed));
                LLVMFuzzerTestOneInput(changed.data(), changed.size());
            }
        }
    }
    std::printf("%zu files\n", n_files);
    return n_files == 0 ? 1 : 0;
}
