// Times the features of one clip in memory, on one thread.
//   bench_features RUNS CLIP
// Prints JSON: the features themselves, so that they can be compared before the times are.
#include "undertone/features.hpp"

#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "undertone/audio.hpp"
#include "undertone/error.hpp"
#include "undertone/mfcc.hpp"

namespace {

std::vector<double> times_ms(int runs, const std::function<void()>& work) {
    std::vector<double> times;
    for (int run = 0; run < runs; ++run) {
        const auto start = std::chrono::steady_clock::now();
        work();
        times.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    return times;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 3) {
        std::fputs("usage: bench_features RUNS CLIP\n", stderr);
        return 2;
    }
    const int runs = std::stoi(argv[1]);
    const undertone::Clip clip = undertone::read_audio(argv[2]);
    const auto set = undertone::make_feature_set("librosa193");
    const auto workspace = set->workspace();
    std::vector<double> features(set->columns().size());
    const auto all =
        times_ms(runs, [&] { set->extract(clip.samples, clip.sample_rate, features, *workspace); });
    undertone::dsp::Workspace buffers;
    const undertone::dsp::Mfcc mfcc({.sample_rate = static_cast<double>(clip.sample_rate), .n_mfcc = 40});
    undertone::Matrix<float> cepstra;
    const auto mfcc_only = times_ms(runs, [&] { cepstra = mfcc(clip.samples, buffers); });
    std::cout << nlohmann::json{{"features", features},
                                {"all_ms", all},
                                {"mfcc",
                                 std::vector<float>(cepstra.values().begin(), cepstra.values().end())},
                                {"mfcc_ms", mfcc_only}}
              << "\n";
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "bench_features: %s\n", error.what());
    return 1;
}
