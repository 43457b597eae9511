#pragma once

#include <cstddef>
#include <tuple>
#include <vector>

#include "dsp/frame_fft.hpp"
#include "dsp/lanes.hpp"
#include "undertone/fields.hpp"

namespace undertone::dsp {

/// Where a voice's pitch is looked for.
struct VoicePitchOptions {
    int sample_rate = 16000;
    double pitch_fmin = 60;
    double pitch_fmax = 500;
    double voicing_threshold = 0.45;
};

/// Pitch, voicing and energy of a batch of frames, from the autocorrelation of each. A frame is decided
/// alone: there is no path through several, so that it can stream. Const; what changes lies in a Workspace.
///
/// Source: Boersma, "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise
/// ratio of a sampled sound", IFA Proceedings 17 (1993), equations 9 and 26; his path finder left
/// out, and powers above 1200 Hz weighted down, so that a parabola finds the peak that he finds by sinc.
class VoicePitch {
public:
    struct Workspace {
        FrameFft::Workspace fft;
        std::vector<Lanes> power, correlation;  // [length() / 2 + 1]
    };
    struct Result {
        Lanes hz;       ///< 0 where there is no voice
        Lanes voicing;  ///< the largest autocorrelation, 0 ... 1
        Lanes power;    ///< mean square under the window, without what lies below 3/4 of the lowest pitch
    };

    /// @throws Error invalid_argument  a field outside its range, pitch_fmin >= pitch_fmax, or pitch_fmax
    /// above
    ///         a quarter of the rate
    explicit VoicePitch(const VoicePitchOptions& options);

    /// The samples of a frame, a power of two; the window stands in its middle.
    [[nodiscard]] std::size_t length() const noexcept { return length_; }
    [[nodiscard]] Workspace workspace() const;

    /// @param from  from[lane] + i: sample i of a frame, `[length()]` each
    [[nodiscard]] Result operator()(const float* const* from, Workspace& workspace) const noexcept;

private:
    VoicePitchOptions options_;
    std::size_t length_, first_bin_, first_lag_, last_lag_;
    std::vector<float> window_;       // [length_]
    std::vector<float> weights_;      // [length_ / 2 + 1], of powers
    std::vector<float> unwindow_;     // [last_lag_ + 2]: 1 / the window's own autocorrelation
    std::vector<float> octave_cost_;  // [last_lag_ + 2]
    double window_power_;             // sum of its squares
    FrameFft fft_;
};

}  // namespace undertone::dsp
