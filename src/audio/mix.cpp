#include "audio/mix.hpp"

namespace undertone::audio {
namespace {

// The order in which numpy adds: one after the other up to 7 values, eight running sums up to 128, halves
// above.
float pairwise_sum(const float* x, std::size_t n) noexcept {
    constexpr std::size_t kLanes = 8, kBlock = 128;
    if (n > kBlock) {
        const std::size_t half = n / 2 - n / 2 % kLanes;
        return pairwise_sum(x, half) + pairwise_sum(x + half, n - half);
    }
    std::size_t i = 0;
    float sum = -0.0F;
    if (n >= kLanes) {
        float lane[kLanes];
        for (; i < kLanes; ++i) lane[i] = x[i];
        for (; i + kLanes <= n; i += kLanes)
            for (std::size_t k = 0; k < kLanes; ++k) lane[k] += x[i + k];
        sum = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
    }
    for (; i < n; ++i) sum += x[i];
    return sum;
}

}  // namespace

void mix_channels(const float* interleaved, std::size_t n_frames, std::size_t n_channels,
                  float* mono) noexcept {
    const auto divisor = static_cast<float>(n_channels);
    if (n_channels == 2) {  // the common case, as a loop that becomes vector code
        for (std::size_t i = 0; i < n_frames; ++i)
            mono[i] = (interleaved[2 * i] + interleaved[2 * i + 1]) / divisor;
        return;
    }
    for (std::size_t i = 0; i < n_frames; ++i)
        mono[i] = pairwise_sum(interleaved + i * n_channels, n_channels) / divisor;
}

}  // namespace undertone::audio
