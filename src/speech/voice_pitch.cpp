#include "speech/voice_pitch.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>

#include "undertone/error.hpp"

namespace undertone::dsp {
namespace {

// In a window, of the lowest pitch; Boersma has 3. So a frame for 60 Hz at 16 kHz fits into 1024 samples.
constexpr double kPeriods = 2.8;
constexpr double kOctaveCost = 0.02;  // for each octave that a candidate lies lower
// What lies higher counts less for the pitch: its correlation is too narrow for a parabola, and breath and
// noise lie there.
constexpr double kRollOffHz = 1200;
constexpr float kFlat = 1e-9F;      // the least bend of a parabola
constexpr float kSilence = 1e-10F;  // the mean square that counts as none

VoicePitchOptions checked(const VoicePitchOptions& options) {
    const auto text = [](double value) { return undertone::detail::number_text(value); };
    if (!(options.pitch_fmin < options.pitch_fmax))
        throw Error(Errc::invalid_argument, "pitch_fmin = " + text(options.pitch_fmin) +
                                                ": not below pitch_fmax, " + text(options.pitch_fmax));
    if (options.pitch_fmax > options.sample_rate / 4.0)
        throw Error(Errc::invalid_argument, "pitch_fmax = " + text(options.pitch_fmax) +
                                                ": above a quarter of the sample rate, " +
                                                text(options.sample_rate / 4.0));
    return options;
}

/// The window and the longest lag behind it, so that the autocorrelation does not come round.
std::size_t length_for(const VoicePitchOptions& options) {
    const double needed = (kPeriods + 1) * options.sample_rate / options.pitch_fmin + 4;
    return std::bit_ceil(std::max<std::size_t>(4 * kLanes, static_cast<std::size_t>(needed)));
}

}  // namespace

VoicePitch::VoicePitch(const VoicePitchOptions& options)
    : options_(checked(options)),
      length_(length_for(options)),
      first_bin_(static_cast<std::size_t>(
          std::ceil(options.pitch_fmin * 0.75 * static_cast<double>(length_) / options.sample_rate))),
      first_lag_(static_cast<std::size_t>(options.sample_rate / options.pitch_fmax)),
      last_lag_(static_cast<std::size_t>(options.sample_rate / options.pitch_fmin)),
      window_(length_),
      window_power_(0),
      fft_(length_) {
    const auto size = static_cast<std::size_t>(kPeriods * options.sample_rate / options.pitch_fmin);
    const std::size_t left = (length_ - size) / 2;
    std::vector<double> window(length_);
    for (std::size_t i = 0; i < size; ++i)
        window[left + i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (static_cast<double>(i) + 0.5) /
                                                static_cast<double>(size));
    window_.assign(window.begin(), window.end());
    for (const double w : window) window_power_ += w * w;
    for (std::size_t k = 0; k <= length_ / 2; ++k) {
        const double hz = static_cast<double>(k) * options.sample_rate / static_cast<double>(length_);
        weights_.push_back(k < first_bin_ ? 0 : static_cast<float>(1 / (1 + std::pow(hz / kRollOffHz, 4))));
    }
    for (std::size_t lag = 0; lag <= last_lag_ + 1; ++lag) {
        double sum = 0;
        for (std::size_t i = left; i + lag < left + size; ++i) sum += window[i] * window[i + lag];
        unwindow_.push_back(static_cast<float>(window_power_ / sum));
        const double octaves =
            std::log2(std::max(1.0, static_cast<double>(lag)) / static_cast<double>(first_lag_));
        octave_cost_.push_back(static_cast<float>(kOctaveCost * octaves));
    }
}

VoicePitch::Workspace VoicePitch::workspace() const {
    return {FrameFft::Workspace(length_), std::vector<Lanes>(length_ / 2 + 1),
            std::vector<Lanes>(length_ / 2 + 1)};
}

[[gnu::noinline]] VoicePitch::Result VoicePitch::operator()(const float* const* from,
                                                            Workspace& workspace) const noexcept {
    const std::size_t half = length_ / 2;
    Lanes* const power = workspace.power.data();
    Lanes* const r = workspace.correlation.data();
    fft_(
        [&](std::size_t first, Lanes* run) {
            for (std::size_t lane = 0; lane < kLanes; ++lane)
                std::memcpy(&run[lane], from[lane] + first, sizeof(Lanes));
            transpose(run);
            for (std::size_t i = 0; i < kLanes; ++i) run[i] *= window_[first + i];
        },
        workspace.fft,
        [&](std::size_t k, const Lanes& re, const Lanes& im) { power[k] = re * re + im * im; });
    Lanes sum = {};
    for (std::size_t k = first_bin_; k <= half; ++k) sum += power[k];
    for (std::size_t k = 0; k <= half; ++k) power[k] *= weights_[k];
    // The autocorrelation is the transform of the powers, which are real and even.
    fft_(
        [&](std::size_t first, Lanes* run) {
            for (std::size_t i = 0; i < kLanes; ++i) {
                const std::size_t k = first + i;
                run[i] = power[k <= half ? k : length_ - k];
            }
        },
        workspace.fft, [&](std::size_t lag, const Lanes& re, const Lanes&) { r[lag] = re; });

    // Both halves of the spectrum, by Parseval.
    const auto to_power = static_cast<float>(2 / (static_cast<double>(length_) * window_power_));
    Result result;
    result.power = max(sum * to_power, Lanes{});
    const Lanes whole = 1.0F / max(r[0], Lanes{} + kSilence / to_power);
    Lanes best = {}, best_lag = {}, best_r = {}, before = {}, after = {};
    Lanes last = r[first_lag_ - 1] * whole * unwindow_[first_lag_ - 1];
    Lanes here = r[first_lag_] * whole * unwindow_[first_lag_];
    for (std::size_t lag = first_lag_; lag <= last_lag_; ++lag) {
        const Lanes next = r[lag + 1] * whole * unwindow_[lag + 1];
        const Lanes rise = next - last, bend = max(here - last + (here - next), Lanes{} + kFlat);
        const Lanes worth = here + rise * rise * 0.125F / bend - octave_cost_[lag];
        const IntLanes better = (here >= last) & (here > next) & (worth > best);
        best = better ? worth : best;
        best_lag = better ? Lanes{} + static_cast<float>(lag) : best_lag;
        best_r = better ? here : best_r;
        before = better ? last : before;
        after = better ? next : after;
        last = here;
        here = next;
    }
    // A parabola through the peak and its neighbours.
    const Lanes bend = max(best_r - before + (best_r - after), Lanes{} + kFlat);
    const Lanes offset = 0.5F * (after - before) / bend;
    const Lanes lag = max(best_lag + offset, Lanes{} + 1.0F);
    const Lanes top = best_r + 0.25F * (after - before) * offset;
    result.voicing = top < 1.0F ? max(top, Lanes{}) : Lanes{} + 1.0F;
    const IntLanes voiced = result.voicing >= static_cast<float>(options_.voicing_threshold);
    result.hz = voiced ? static_cast<float>(options_.sample_rate) / lag : Lanes{};
    return result;
}

}  // namespace undertone::dsp
