// Times what evaluation is made of.
//   bench_evaluation tune DATA THREADS MAX_ITER    a grid of two alphas and two layouts in five stratified
//   folds bench_evaluation bootstrap                     10,000 draws over 1440 clips of 24 speakers, and
//   over the clips
// DATA is a safetensors file with x, [n_samples, n_features] of F64, and y, [n_samples] of I32.
// Prints JSON: the scores themselves, so that they can be compared before the times are.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "undertone/bootstrap.hpp"
#include "undertone/error.hpp"
#include "undertone/random.hpp"
#include "undertone/tensor.hpp"
#include "undertone/tuning.hpp"

namespace {

using undertone::Dataset;
using undertone::Matrix;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Dataset read_rows(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const undertone::TensorFile data = undertone::parse_safetensors(bytes, path);
    const undertone::Tensor *x = data.find("x"), *y = data.find("y");
    if (x == nullptr || y == nullptr || x->shape.size() != 2)
        throw undertone::Error(undertone::Errc::corrupt_data, path + ": has no x, or no y");
    Dataset rows;
    rows.features = Matrix<double>(x->shape[0], x->shape[1]);
    const auto& values = std::get<std::vector<double>>(x->values);
    std::copy(values.begin(), values.end(), rows.features.data());
    for (const std::int32_t label : std::get<std::vector<std::int32_t>>(y->values))
        rows.targets.push_back(label);
    rows.recordings.resize(rows.targets.size());
    const int n_labels = 1 + *std::max_element(rows.targets.begin(), rows.targets.end());
    for (int label = 0; label < n_labels; ++label) rows.labels.push_back(std::to_string(label));
    return rows;
}

nlohmann::json tune(const std::string& path, std::size_t n_threads, const std::string& max_iter) {
    const Dataset rows = read_rows(path);
    undertone::eval::TuningOptions options;
    options.train.framework_options = {
        {"batch_size", "8"}, {"max_iter", max_iter}, {"n_iter_no_change", max_iter}};
    options.parameters = {undertone::eval::parse_parameter("alpha=0.001/0.01"),
                          undertone::eval::parse_parameter("hidden_layer_sizes=100/300,50,20,10")};
    options.folds = {undertone::eval::Protocol::stratified, 5, 0};
    options.scoring = undertone::eval::Scoring::accuracy;
    options.seed = 0;
    options.n_threads = n_threads;
    const auto start = std::chrono::steady_clock::now();
    const undertone::eval::Tuning tuning = undertone::eval::tune(rows, options);
    const double elapsed = seconds_since(start);
    nlohmann::json means = nlohmann::json::array();
    for (const auto& trial : tuning.trials) means.push_back(trial.mean);
    return {{"means", means}, {"best", tuning.best}, {"seconds", elapsed}};
}

nlohmann::json bootstrap() {
    constexpr std::size_t kClips = 1440, kClasses = 8, kSpeakers = 24;
    undertone::RandomState random(3);
    std::vector<int> truth, speakers, clips;
    Matrix<double> proba(kClips, kClasses);
    for (std::size_t i = 0; i < kClips; ++i) {
        truth.push_back(static_cast<int>(i % kClasses));
        speakers.push_back(static_cast<int>(i % kSpeakers));
        clips.push_back(static_cast<int>(i));
        double sum = 0;
        for (double& p : proba.row(i)) sum += p = random.uniform(0.01, 1);
        for (double& p : proba.row(i)) p /= sum;
    }
    nlohmann::json json;
    for (const auto& [name, units] : {std::pair{"speakers", &speakers}, {"clips", &clips}}) {
        const auto start = std::chrono::steady_clock::now();
        const auto figures = undertone::eval::bootstrap(truth, proba, *units, {.n_draws = 10000});
        json[name] = {{"seconds", seconds_since(start)}, {"uar", figures.uar.value}};
    }
    return json;
}

}  // namespace

int main(int argc, char** argv) try {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "tune" && argc == 5)
        std::cout << tune(argv[2], std::stoul(argv[3]), argv[4]) << "\n";
    else if (what == "bootstrap" && argc == 2)
        std::cout << bootstrap() << "\n";
    else {
        std::fputs("usage: bench_evaluation tune DATA THREADS MAX_ITER | bootstrap\n", stderr);
        return 2;
    }
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "bench_evaluation: %s\n", error.what());
    return 1;
}
