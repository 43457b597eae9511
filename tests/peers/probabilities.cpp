// What a model says of features: for tests/peers/exchange.py, which compares it with what others say.
//   probabilities MODEL FEATURES              float64, a row a clip, as bytes; so is what comes out
//   probabilities MODEL FRAMES N_FRAMES...    float64, a row a frame, clip after clip; how many each clip has

#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "os/file.hpp"
#include "undertone/model.hpp"

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    try {
        const auto model = undertone::Model::load(argv[1]);
        const std::string bytes = undertone::read_file(argv[2]);
        const std::size_t n_columns = model.features().columns().size();
        std::vector<double> features(bytes.size() / sizeof(double));
        std::memcpy(features.data(), bytes.data(), features.size() * sizeof(double));
        std::span<const double> rest = features;
        for (int i = 3; i < argc; ++i) {
            const std::size_t n_numbers = std::stoul(argv[i]) * n_columns;
            const std::vector<double> proba = model.predict(rest.first(n_numbers)).probabilities;
            std::fwrite(proba.data(), sizeof(double), proba.size(), stdout);
            rest = rest.subspan(n_numbers);
        }
        if (argc > 3) return 0;
        const auto proba = model.predict_proba({features.data(), features.size() / n_columns, n_columns});
        std::fwrite(proba.data(), sizeof(double), proba.size(), stdout);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
