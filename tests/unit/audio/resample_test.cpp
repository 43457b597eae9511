#include <soxr.h>

#include <cmath>

#include "support/support.hpp"
#include "undertone/audio.hpp"

namespace undertone {
namespace {

// The obvious twin: all at once, for which soxr keeps copies of the whole.
std::vector<float> at_once(const std::vector<float>& samples, int from, int to) {
    const double ratio = static_cast<double>(to) / from;
    std::vector<float> result(
        static_cast<std::size_t>(std::ceil(static_cast<double>(samples.size()) * ratio)));
    const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    const soxr_runtime_spec_t one_thread = soxr_runtime_spec(1);
    std::size_t made = 0;
    EXPECT_EQ(soxr_oneshot(from, to, 1, samples.data(), samples.size(), nullptr, result.data(), result.size(),
                           &made, &io, &quality, &one_thread),
              nullptr);
    return result;
}

TEST(Resample, InBlocksIsTheSameAsAtOnceToTheBit) {
    for (const std::size_t n : {1U, 2U, 100U, 16383U, 16384U, 16385U, 100'000U, 300'001U}) {
        std::vector<float> samples(n);
        std::uint32_t noise = 1;
        for (float& sample : samples) {
            noise = noise * 1664525U + 1013904223U;
            sample = static_cast<float>(noise >> 8) / (1U << 23) - 1;
        }
        for (const auto& [from, to] :
             {std::pair{48000, 16000}, std::pair{44100, 16000}, std::pair{8000, 16000},
              std::pair{4000, 16000}, std::pair{22050, 48000}, std::pair{16000, 15999}, std::pair{87, 16000},
              std::pair{16000, 87}}) {
            if (to > 50 * from && n > 20'000) continue;  // only the time it takes
            EXPECT_EQ(resample(samples, from, to), at_once(samples, from, to))
                << n << " samples from " << from << " to " << to << " Hz";
        }
    }
}

}  // namespace
}  // namespace undertone
