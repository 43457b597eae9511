// What a model says of features: for tests/peers/exchange.py, which compares it with what others say.
//   probabilities MODEL FEATURES   float64, a row a clip, as bytes; so is what comes out

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "core/file.hpp"
#include "undertone/model.hpp"

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    try {
        const auto model = undertone::Model::load(argv[1]);
        const std::string bytes = undertone::read_file(argv[2]);
        const std::size_t n_columns = model.features().columns().size();
        std::vector<double> features(bytes.size() / sizeof(double));
        std::memcpy(features.data(), bytes.data(), features.size() * sizeof(double));
        const auto proba = model.predict_proba({features.data(), features.size() / n_columns, n_columns});
        std::fwrite(proba.data(), sizeof(double), proba.size(), stdout);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
