#pragma once

#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "undertone/fields.hpp"

namespace undertone {

/// Voice activity of a whole clip: somebody speaks or sings, or why there is no emotion to be told.
enum class VoiceActivity {
    speech,
    too_short,  ///< shorter than SpeechOptions::min_duration_s
    silence,    ///< all samples are the same, or as good as
    no_voice,   ///< too little that is voiced: noise, clicks, a whisper
    steady,     ///< a pitch, but with no movement in it: a tone, a hum
};

/// "speech", "too short", or "no speech" for all others.
[[nodiscard]] std::string_view name(VoiceActivity activity) noexcept;

/// In words: "silence", "nothing is voiced", "a steady tone".
[[nodiscard]] std::string_view reason(VoiceActivity activity) noexcept;

/// The least rate, in Hz, at which a voice can be told from another sound: below it nothing is left of most
/// vowels.
inline constexpr int kLeastSpeechRate = 4000;

/// @param origin  what to call the recording in messages
/// @throws Error invalid_argument  the rate is less
void check_speech_rate(int sample_rate, const std::string& origin);

/// What counts as speech. Frames lie 10 ms apart. The shares are of the half second that has the most, or of
/// the clip where that is shorter, so that a long pause does no harm.
struct SpeechOptions {
    double min_duration_s = 0.1;
    double silence_db = -110;
    double voicing_threshold = 0.5;
    double min_voiced = 0.25;
    double min_moving = 0.12;

    static constexpr auto fields() {
        return std::tuple{
            Field{"min_duration_s", &SpeechOptions::min_duration_s, "s", {0.0, 60.0}, "shorter is too short"},
            Field{"silence_db",
                  &SpeechOptions::silence_db,
                  "dB of full scale",
                  {-200.0, 0.0},
                  "the peak that counts as silence"},
            Field{"voicing_threshold",
                  &SpeechOptions::voicing_threshold,
                  "",
                  {0.0, 1.0},
                  "autocorrelation from which a frame is voiced"},
            Field{"min_voiced",
                  &SpeechOptions::min_voiced,
                  "",
                  {0.0, 1.0},
                  "share of frames that go on with a pitch"},
            Field{"min_moving",
                  &SpeechOptions::min_moving,
                  "",
                  {0.0, 1.0},
                  "share of frames whose pitch and colour have changed since 50 ms ago"},
        };
    }
};

/// Tells whether somebody speaks or sings, whatever the level. It is made to let every voice pass: some music
/// passes too, and a whisper, which has no pitch, does not. Half a millisecond a clip; memory does not
/// grow with the clip.
/// @param samples      `[n_samples]`
/// @param sample_rate  Hz; at less than 1000 Hz nothing but length and silence is looked at
/// @throws Error invalid_argument  a field out of its range, a rate that is not positive
/// @throws Error numerical         a sample that is not finite
/// Source: the pitch of Boersma 1993 (`logmel64+pitch`), frame by frame; shares and thresholds measured,
/// docs/conventions.md.
[[nodiscard]] VoiceActivity voice_activity(std::span<const float> samples, int sample_rate,
                                           const SpeechOptions& options = {});

}  // namespace undertone
