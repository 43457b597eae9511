#include "feature/log_mel.hpp"

#include <numbers>

#include "dsp/lanes.hpp"
#include "feature/in_lanes.hpp"

namespace undertone {

void LogMel::compress(std::span<float> frames, std::span<float> /*memory*/) const noexcept {
    constexpr auto kLn2 = static_cast<float>(std::numbers::ln2);
    constexpr float kAmin = 1e-10F;
    in_lanes(frames, frames, [&](dsp::Lanes& power, dsp::Lanes& log) {
        log = dsp::log2(dsp::max(power, dsp::Lanes{} + kAmin)) * kLn2;
        power = log;
    });
}

}  // namespace undertone
