#include "inputs.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace undertone::hostile {

void put(const Folder& folder, const std::string& name, const std::string& bytes) {
    const std::filesystem::path path = std::filesystem::path(folder) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::string get(const Folder& folder, const std::string& name) {
    std::ifstream in(folder + "/" + name, std::ios::binary);
    if (!in) throw std::runtime_error(name + ": is not there");
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string times(std::string_view text, std::size_t n) {
    std::string all;
    all.reserve(text.size() * n);
    for (std::size_t i = 0; i < n; ++i) all += text;
    return all;
}

std::string little(std::uint64_t value, int n_bytes) {
    std::string bytes;
    for (int i = 0; i < n_bytes; ++i, value >>= 8U) bytes += static_cast<char>(value & 0xFFU);
    return bytes;
}

std::vector<Input> inputs() {
    std::vector<Input> all;
    for (const auto& some : {json_inputs(), run_inputs(), sound_inputs(), corpus_inputs(), model_inputs()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

}  // namespace undertone::hostile
