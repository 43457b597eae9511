#include "feature/log_mel.hpp"

#include <numbers>

#include "dsp/lanes.hpp"
#include "feature/in_lanes.hpp"

namespace undertone {

namespace {

void log_of(std::span<float> bands) noexcept {
    constexpr auto kLn2 = static_cast<float>(std::numbers::ln2);
    constexpr float kAmin = 1e-10F;
    in_lanes(bands, bands, [&](dsp::Lanes& power, dsp::Lanes& log) {
        log = dsp::log2(dsp::max(power, dsp::Lanes{} + kAmin)) * kLn2;
        power = log;
    });
}

dsp::VoicePitchOptions pitch_of(const LogMelPitchOptions& options) {
    validate(options);
    return {options.sample_rate, options.pitch_fmin, options.pitch_fmax, options.voicing_threshold};
}

}  // namespace

void LogMel::compress(std::span<float> bands, std::span<float> /*memory*/) const noexcept { log_of(bands); }

LogMelPitch::LogMelPitch(const LogMelPitchOptions& options)
    : BandFrames(options, pitch_of(options)), options_(options) {}

void LogMelPitch::compress(std::span<float> bands, std::span<float> /*memory*/) const noexcept {
    log_of(bands);
}

}  // namespace undertone
