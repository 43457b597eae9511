#include "feature/pcen.hpp"

#include <cmath>

#include "dsp/lanes.hpp"
#include "feature/in_lanes.hpp"

namespace undertone {
namespace {

using dsp::Lanes;

constexpr float kMost = 1e30F;  // of a power, so that no step of it is infinite

/// The share of a new frame in the smoothed level, as librosa computes it of a time.
double share_of_new(const PcenOptions& options) {
    const double frames = options.time_constant * options.sample_rate / options.hop_length;
    return (std::sqrt(1 + 4 * frames * frames) - 1) / (2 * frames * frames);
}

Lanes min(const Lanes& a, const Lanes& b) { return a < b ? a : b; }

}  // namespace

Pcen::Pcen(const PcenOptions& options)
    : BandFrames((validate(options), options)),
      options_(options),
      new_(static_cast<float>(share_of_new(options))),
      kept_(static_cast<float>(1 - share_of_new(options))),
      scale_(static_cast<float>(options.scale)),
      gain_(static_cast<float>(options.gain)),
      bias_(static_cast<float>(options.bias)),
      power_(static_cast<float>(options.power)),
      eps_(static_cast<float>(options.eps)),
      floor_(static_cast<float>(std::pow(options.bias, options.power))) {}

void Pcen::compress(std::span<float> bands, std::span<float> memory) const noexcept {
    in_lanes(bands, memory, [&](Lanes& band, Lanes& level) {
        // 0 for a NaN, which a stream may bring, so max() is first
        const Lanes power = min(dsp::max(band * scale_, Lanes{}), Lanes{} + kMost);
        level = level * kept_ + power * new_;
        const Lanes even = power * dsp::exp2(dsp::log2(level + eps_) * -gain_);
        band = dsp::exp2(dsp::log2(even + bias_) * power_) - floor_;
    });
}

}  // namespace undertone
