#include "undertone/speech.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "dsp/frames.hpp"
#include "speech/voice_pitch.hpp"

namespace undertone {
namespace {

using dsp::kLanes;
using dsp::Lanes;

constexpr int kRate = 8000;  // Hz, about: pitch needs no more
constexpr int kLeastRate = 1000;
constexpr double kFmin = 60, kFmax = 500;
constexpr int kFramesPerSecond = 100;
constexpr std::size_t kWindow = 50;  // frames that are looked at together
constexpr std::size_t kApart = 5;    // frames between two whose difference is movement
constexpr std::size_t kBands = 12;
constexpr double kLowestBandHz = 80, kBandOctaves = 0.4;
constexpr float kPitchJumpOctaves = 0.15F;                   // from one frame to the next: not the same voice
constexpr float kPitchMove = 0.05F / 12, kPitchLeap = 0.5F;  // octaves in 50 ms; a leap is a mistake
constexpr float kColourMove = 0.15F;  // share of the power that has gone to other bands in 50 ms
constexpr std::size_t kBlock = 64;    // frames; a multiple of the lanes

struct Frame {
    float hz = 0;  // 0: not voiced
    std::array<float, kBands> bands{};
};

/// Counts what is true among the last kWindow frames, and knows the most there were.
class Densest {
public:
    void add(bool truth) {
        bool& oldest = last_[next_];
        count_ += static_cast<std::size_t>(truth);
        count_ -= static_cast<std::size_t>(oldest);
        oldest = truth;
        next_ = (next_ + 1) % kWindow;
        most_ = std::max(most_, count_);
    }
    [[nodiscard]] std::size_t most() const { return most_; }

private:
    std::array<bool, kWindow> last_{};
    std::size_t next_ = 0, count_ = 0, most_ = 0;
};

struct Level {
    double half_range = 0, mean = 0, deviation = 0;
};

/// In one walk, several samples at a time: of all that is done this alone reads every sample.
Level level_of(std::span<const float> samples) {
    constexpr std::size_t kRun = 64 * kLanes;  // so many are added in float
    Lanes low = Lanes{} + samples[0], high = low;
    double sum = 0, squares = 0;
    std::size_t i = 0;
    while (i + kLanes <= samples.size()) {
        Lanes run_sum = {}, run_squares = {};
        for (const std::size_t end = std::min(i + kRun, samples.size()); i + kLanes <= end; i += kLanes) {
            Lanes x;
            std::memcpy(&x, samples.data() + i, sizeof(Lanes));
            low = x < low ? x : low;
            high = x > high ? x : high;
            run_sum += x;
            run_squares += x * x;
        }
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            sum += static_cast<double>(run_sum[lane]);
            squares += static_cast<double>(run_squares[lane]);
        }
    }
    float lowest = samples[0], highest = samples[0];
    for (; i < samples.size(); ++i) {
        lowest = std::min(lowest, samples[i]);
        highest = std::max(highest, samples[i]);
        sum += static_cast<double>(samples[i]);
        squares += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        lowest = std::min(lowest, low[lane]);
        highest = std::max(highest, high[lane]);
    }
    const double mean = sum / static_cast<double>(samples.size());
    const double variance = squares / static_cast<double>(samples.size()) - mean * mean;
    return {static_cast<double>(highest / 2 - lowest / 2), mean, std::sqrt(std::max(variance, 1e-30))};
}

/// The samples at about kRate, each the mean of several, with the mean taken off and scaled to a variance of
/// 1; silence around them.
class Decimated {
public:
    Decimated(std::span<const float> samples, std::size_t factor, const Level& level)
        : samples_(samples),
          factor_(factor),
          mean_(static_cast<float>(level.mean)),
          scale_(static_cast<float>(1 / (level.deviation * static_cast<double>(factor)))) {}

    [[nodiscard]] std::size_t size() const { return samples_.size() / factor_; }

    void read(std::ptrdiff_t first, std::span<float> out) const {
        const auto n = static_cast<std::ptrdiff_t>(size());
        for (std::size_t i = 0; i < out.size(); ++i) {
            const std::ptrdiff_t at = first + static_cast<std::ptrdiff_t>(i);
            out[i] = 0;
            if (at < 0 || at >= n) continue;
            const float* from = samples_.data() + static_cast<std::size_t>(at) * factor_;
            float sum = 0;
            for (std::size_t j = 0; j < factor_; ++j) sum += from[j] - mean_;
            out[i] = sum * scale_;
        }
    }

private:
    std::span<const float> samples_;
    std::size_t factor_;
    float mean_, scale_;
};

/// Where each band begins, in bins of the spectrum.
std::array<std::size_t, kBands + 1> band_edges(double bin_hz, std::size_t n_bins) {
    std::array<std::size_t, kBands + 1> edges{};
    for (std::size_t band = 0; band <= kBands; ++band) {
        const double hz = kLowestBandHz * std::exp2(kBandOctaves * static_cast<double>(band));
        edges[band] = std::min(n_bins, static_cast<std::size_t>(std::lround(hz / bin_hz)));
    }
    return edges;
}

bool goes_on(const Frame& before, const Frame& frame) {
    return before.hz > 0 && frame.hz > 0 && std::abs(std::log2(frame.hz / before.hz)) < kPitchJumpOctaves;
}

/// Both pitch and colour: notes that change have a new pitch, tones that beat a new colour; a voice has both
/// all the time.
bool moves(const Frame& before, const Frame& frame) {
    if (!(before.hz > 0 && frame.hz > 0)) return false;
    const float octaves = std::abs(std::log2(frame.hz / before.hz));
    if (octaves <= kPitchMove || octaves >= kPitchLeap) return false;
    float moved = 0;
    for (std::size_t band = 0; band < kBands; ++band)
        moved += std::abs(frame.bands[band] - before.bands[band]);
    return moved / 2 > kColourMove;
}

VoiceActivity listen(const Decimated& sound, int rate, const SpeechOptions& options) {
    const dsp::VoicePitch pitch({.sample_rate = rate,
                                 .pitch_fmin = kFmin,
                                 .pitch_fmax = std::min(kFmax, rate / 4.0),
                                 .voicing_threshold = options.voicing_threshold});
    auto workspace = pitch.workspace();
    const std::size_t length = pitch.length();
    const auto hop = static_cast<std::size_t>(rate / kFramesPerSecond);
    const auto edges = band_edges(static_cast<double>(rate) / static_cast<double>(length), length / 2);
    std::vector<float> block((kBlock - 1) * hop + length);
    std::array<Frame, kApart + 1> last{};  // frame i lies at i modulo its size
    Densest voiced, moving;
    const std::size_t n_frames = sound.size() / hop + 1;
    const auto window = static_cast<double>(std::min(kWindow, n_frames));
    const auto enough = [window](const Densest& counted, double share) {
        return static_cast<double>(counted.most()) >= share * window;
    };
    for (std::size_t first = 0; first < n_frames; first += kBlock) {
        sound.read(static_cast<std::ptrdiff_t>(first * hop) - static_cast<std::ptrdiff_t>(length / 2), block);
        for (std::size_t at = 0; at < kBlock && first + at < n_frames; at += kLanes) {
            std::array<const float*, kLanes> from{};
            for (std::size_t lane = 0; lane < kLanes; ++lane) from[lane] = block.data() + (at + lane) * hop;
            const auto result = pitch(from.data(), workspace);
            for (std::size_t lane = 0; lane < kLanes && first + at + lane < n_frames; ++lane) {
                const std::size_t i = first + at + lane;
                Frame& frame = last[i % last.size()];
                frame.hz = result.hz[lane];
                float whole = 1e-20F;
                for (std::size_t band = 0; band < kBands; ++band) {
                    frame.bands[band] = 0;
                    for (std::size_t k = edges[band]; k < edges[band + 1]; ++k)
                        frame.bands[band] += workspace.power[k][lane];
                    whole += frame.bands[band];
                }
                for (float& share : frame.bands) share /= whole;
                voiced.add(i > 0 && goes_on(last[(i - 1) % last.size()], frame));
                moving.add(i >= kApart && moves(last[(i - kApart) % last.size()], frame));
            }
        }
        if (enough(voiced, options.min_voiced) && enough(moving, options.min_moving))
            return VoiceActivity::speech;  // whatever follows
    }
    return enough(voiced, options.min_voiced) ? VoiceActivity::steady : VoiceActivity::no_voice;
}

}  // namespace

std::string_view name(VoiceActivity activity) noexcept {
    if (activity == VoiceActivity::speech) return "speech";
    return activity == VoiceActivity::too_short ? "too short" : "no speech";
}

std::string_view reason(VoiceActivity activity) noexcept {
    switch (activity) {
        case VoiceActivity::too_short:
            return "too short";
        case VoiceActivity::silence:
            return "silence";
        case VoiceActivity::no_voice:
            return "nothing is voiced";
        case VoiceActivity::steady:
            return "a steady tone";
        case VoiceActivity::speech:
            break;
    }
    return "speech";
}

void check_speech_rate(int sample_rate, const std::string& origin) {
    if (sample_rate >= kLeastSpeechRate) return;
    throw Error(Errc::invalid_argument, origin + ": sample rate = " + std::to_string(sample_rate) +
                                            ": speech needs at least " + std::to_string(kLeastSpeechRate) +
                                            " Hz; record it at 16000 Hz or more, or correct its header");
}

VoiceActivity voice_activity(std::span<const float> samples, int sample_rate, const SpeechOptions& options) {
    validate(options);
    if (sample_rate <= 0)
        throw Error(Errc::invalid_argument,
                    "sample_rate = " + std::to_string(sample_rate) + ": must be above 0");
    if (samples.empty() || static_cast<double>(samples.size()) < options.min_duration_s * sample_rate)
        return VoiceActivity::too_short;
    dsp::require_finite(samples);
    const Level level = level_of(samples);
    if (level.half_range <= std::pow(10.0, options.silence_db / 20)) return VoiceActivity::silence;
    if (sample_rate < kLeastRate) return VoiceActivity::speech;
    const int factor = std::max(1, sample_rate / kRate), rate = sample_rate / factor;
    const Decimated sound(samples, static_cast<std::size_t>(factor), level);
    return listen(sound, rate, options);
}

}  // namespace undertone
