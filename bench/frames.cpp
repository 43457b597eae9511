// What frames cost: of a clip of 4 s at 16 kHz as it is, in blocks of 10 ms, and under each change at random.
//   bench_frames [SECONDS]

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "undertone/clip_frames.hpp"
#include "undertone/random.hpp"

namespace {

using namespace undertone;

/// The mean over sixteen draws, in microseconds; of many such means the least.
template <class Work>
double least_us(Work work) {
    constexpr std::uint64_t kDraws = 16;
    double least = 1e30;
    for (int run = 0; run < 30; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        for (std::uint64_t draw = 0; draw < kDraws; ++draw) work(draw);
        const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
        least = std::min(least, took.count() / kDraws);
    }
    return least;
}

}  // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 4;
    std::vector<float> samples(static_cast<std::size_t>(16000 * seconds));
    RandomState random(1);
    for (float& sample : samples) sample = static_cast<float>(0.1 * random.uniform(-1, 1));
    const auto set = make_feature_set("logmel64");
    const FrameFeatures& features = frame_features(*set);

    Matrix<float> out;
    const auto print = [&](const char* what, double us) {
        std::printf("%-44s %8.1f us  %6zu frames\n", what, us, out.rows());
    };
    const auto under = [&](const char* what, const AugmentOptions& options) {
        const ClipFrames clips(features, {samples}, options);
        print(what, least_us([&](std::uint64_t draw) {
                  clips.augmented(0, draw, out);
                  clips.mask(draw, out);
              }));
    };
    under("as it is", {});
    const auto stream = features.stream();
    std::vector<float> block_out(64 * 64);
    print("a stream in blocks of 10 ms", least_us([&](std::uint64_t) {
              for (std::size_t at = 0; at < samples.size(); at += 160)
                  stream->push(
                      std::span(samples).subspan(at, std::min<std::size_t>(160, samples.size() - at)),
                      block_out);
              stream->finish(block_out);
          }));
    for (const char* name : {"pcen64", "logmel64+pitch"}) {
        const auto other = make_feature_set(name);
        const auto workspace = other->workspace();
        print(name, least_us([&](std::uint64_t) {
                  frame_features(*other).extract_frames(samples, out, *workspace);
              }));
    }
    under("speed", {.speed = 0.1});
    under("tempo", {.tempo = 0.1});
    under("warp", {.warp = 0.1});
    under("gain", {.gain_db = 6});
    under("colour", {.colour_db = 6});
    under("crop", {.crop = 0.1});
    under("shift", {.shift_s = 0.1});
    under("room", {.room = 1});
    under("white noise", {.noise = 1, .noise_colour = NoiseColour::white});
    under("pink noise", {.noise = 1, .noise_colour = NoiseColour::pink});
    under("telephone", {.telephone = 1});
    under("masks", {.time_masks = 2, .frequency_masks = 2});
    under("everything", {.speed = 0.1,
                         .tempo = 0.1,
                         .warp = 0.1,
                         .gain_db = 6,
                         .colour_db = 6,
                         .crop = 0.1,
                         .shift_s = 0.1,
                         .room = 1,
                         .noise = 1,
                         .noise_colour = NoiseColour::pink,
                         .telephone = 1,
                         .time_masks = 2,
                         .frequency_masks = 2});
    return 0;
}
