// Real models with bytes changed, left out, doubled and joined: each must be read or refused, in bounded
// memory.
//   exchange_mutations FOLDER COUNT [SEED]   FOLDER: tests/reference/data/exchange

#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "exchange/sklearn.hpp"
#include "exchange_read.hpp"
#include "file_in_memory.hpp"
#include "formats/zip.hpp"
#include "os/file.hpp"
#include "undertone/random.hpp"

namespace {

using namespace undertone;

struct Original {
    std::string name, kind, bytes;
};

std::string packed(const std::string& path) {
    const Zip zip(path);
    std::string head, parts;
    for (const char* name :
         {"saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"}) {
        const std::string part = zip.read(name, std::size_t{1} << 24);
        for (int i = 0; head.size() < 8 && i < 4; ++i)
            head += static_cast<char>(part.size() >> 8 * i & 0xFFU);
        parts += part;
    }
    return head + parts;
}

std::vector<Original> originals(const std::string& folder) {
    std::vector<Original> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const std::string path = entry.path().string(), kind = entry.path().extension().string();
        if (!entry.is_regular_file() || kind == ".safetensors") continue;
        all.push_back({path, kind, kind == ".zip" ? packed(path) : read_file(path)});
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return all;
}

class Mutations {
public:
    explicit Mutations(std::uint32_t seed) : random_(seed) {}
    std::size_t below(std::size_t n) {
        return n == 0 ? 0 : static_cast<std::size_t>(random_.random_sample() * static_cast<double>(n));
    }

    std::string mutated(std::string bytes, const std::string& other) {
        const std::size_t n = 1 + below(4);
        for (std::size_t i = 0; i < n && !bytes.empty(); ++i) {
            const std::size_t at = below(bytes.size()),
                              length = 1 + below(std::min<std::size_t>(64, bytes.size() - at));
            switch (below(7)) {
                case 0:
                    bytes[at] = static_cast<char>(below(256));
                    break;
                case 1:
                    bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << below(8)));
                    break;
                case 2:
                    bytes.erase(at, length);
                    break;
                case 3:
                    bytes.insert(at, bytes.substr(below(bytes.size()), length));
                    break;
                case 4:
                    bytes.replace(at, length, std::string(length, below(2) == 0 ? '\xff' : '\0'));
                    break;
                case 5:
                    bytes.replace(at, length, other.substr(below(other.size()), length));
                    break;
                default:
                    if (below(8) == 0)
                        bytes.resize(at);
                    else
                        bytes[at] = static_cast<char>(bytes[at] + 1);
            }
        }
        return bytes;
    }

private:
    RandomState random_;
};

void read(const Original& original, const std::string& bytes) {
    static fuzz::FileInMemory file;
    if (original.kind == ".pkl" || original.kind == ".joblib")
        fuzz::require_whole(exchange::read_sklearn(bytes));
    else if (original.kind == ".h5")
        fuzz::require_whole(fuzz::exchange_plug_in().read_h5(bytes));
    else if (original.kind == ".onnx")
        fuzz::require_whole(fuzz::exchange_plug_in().read_onnx(bytes));
    else if (original.kind == ".zip")
        fuzz::read_saved_model(bytes);
    else
        fuzz::require_whole(fuzz::exchange_plug_in().read_keras(file.holding(bytes)));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const std::vector<Original> all = originals(argv[1]);
    const int count = std::atoi(argv[2]);
    const auto seed = argc > 3 ? static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10)) : 1U;
    int refused = 0;
    for (int i = 0; i < count; ++i) {
        // Each has its own generator, so that one that fails is made again alone: COUNT 1, its SEED.
        Mutations mutations(seed + static_cast<std::uint32_t>(i));
        const Original& original = all[mutations.below(all.size())];
        const std::string bytes = mutations.mutated(original.bytes, all[mutations.below(all.size())].bytes);
        std::fprintf(stderr, "\r%u %s          ", seed + static_cast<std::uint32_t>(i),
                     original.name.c_str());
        bool read_through = false;
        fuzz::parse_or_refuse([&] {
            read(original, bytes);
            read_through = true;
        });
        refused += read_through ? 0 : 1;
    }
    rusage own{}, children{};
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    const long own_mb = own.ru_maxrss / 1024, child_mb = children.ru_maxrss / 1024;
    std::printf("\n%d files of %zu: %d refused, %d read; %ld MB at most, %ld MB where HDF5 runs\n", count,
                all.size(), refused, count - refused, own_mb, child_mb);
    constexpr long kMostMb = 1024;
    return own_mb < kMostMb && child_mb < kMostMb ? 0 : 1;
}
