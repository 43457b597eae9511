// Times the training of one network, epoch by epoch.
//   bench_train FRAMEWORK DTYPE DATA NAME=VALUE...
// DATA is a safetensors file with x, [n_samples, n_features] of F64, and y, [n_samples] of I32.
// Prints JSON: the curves of the run, so that they can be compared before the times are.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "undertone/classifier.hpp"
#include "undertone/error.hpp"
#include "undertone/tensor.hpp"

int main(int argc, char** argv) try {
    if (argc < 4) {
        std::fputs("usage: bench_train FRAMEWORK DTYPE DATA NAME=VALUE...\n", stderr);
        return 2;
    }
    const std::string path = argv[3];
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const undertone::TensorFile data = undertone::parse_safetensors(bytes, path);
    const undertone::Tensor *x = data.find("x"), *y = data.find("y");
    if (x == nullptr || y == nullptr || x->shape.size() != 2)
        throw undertone::Error(undertone::Errc::corrupt_data, path + ": has no x, or no y");

    std::map<std::string, std::string> options;
    for (int i = 4; i < argc; ++i) {
        const std::string option = argv[i];
        const std::size_t equals = option.find('=');
        options[option.substr(0, equals)] = option.substr(equals + 1);
    }
    const auto dtype =
        std::string(argv[2]) == "float64" ? undertone::Dtype::float64 : undertone::Dtype::float32;
    const auto classifier = undertone::make_classifier(argv[1], dtype, options);

    const std::size_t rows = x->shape[0], columns = x->shape[1];
    const auto& values = std::get<std::vector<double>>(x->values);
    const auto& labels = std::get<std::vector<std::int32_t>>(y->values);
    const int n_classes = 1 + *std::max_element(labels.begin(), labels.end());
    std::vector<double> epochs_s;
    auto start = std::chrono::steady_clock::now();
    classifier->fit({values.data(), rows, columns}, labels, n_classes, [&](const undertone::Progress&) {
        const auto now = std::chrono::steady_clock::now();
        epochs_s.push_back(std::chrono::duration<double>(now - start).count());
        start = now;
        return true;
    });
    std::cout << nlohmann::json{{"epochs_s", epochs_s}, {"history", classifier->history()}} << "\n";
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "bench_train: %s\n", error.what());
    return 1;
}
