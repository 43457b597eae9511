#pragma once

#include <array>
#include <tuple>

#include "undertone/fields.hpp"

namespace undertone {

/// What noise is added. Pink noise falls by 3 dB an octave.
enum class NoiseColour { any, white, pink };
inline constexpr std::array kNoiseColours{Choice<NoiseColour>{"any", NoiseColour::any},
                                          Choice<NoiseColour>{"white", NoiseColour::white},
                                          Choice<NoiseColour>{"pink", NoiseColour::pink}};

inline constexpr double kMostSpeed = 1, kMostWarp = 0.4;

/// How clips are changed at random while a network learns. Each of these is off at 0, and draws its own
/// numbers: turning one on changes nothing of what the others do.
struct AugmentOptions {
    double speed = 0;
    double tempo = 0;
    double warp = 0;
    double gain_db = 0;
    double colour_db = 0;
    double crop = 0;
    double shift_s = 0;
    double room = 0;
    double room_decay_s = 0.6;
    double noise = 0;
    double snr_min_db = 5;
    double snr_max_db = 30;
    NoiseColour noise_colour = NoiseColour::any;
    double telephone = 0;
    int time_masks = 0;
    int time_mask_frames = 30;
    int frequency_masks = 0;
    int frequency_mask_bands = 8;

    static constexpr auto fields() {
        using O = AugmentOptions;
        constexpr Range<double> probability{0.0, 1.0};
        return std::tuple{
            Field{"speed",
                  &O::speed,
                  "",
                  {0.0, kMostSpeed},
                  "pitch and tempo together: by 1/(1 + speed) to 1 + speed"},
            Field{"tempo", &O::tempo, "", {0.0, 1.0}, "tempo alone: by 1/(1 + tempo) to 1 + tempo"},
            Field{"warp",
                  &O::warp,
                  "",
                  {0.0, kMostWarp},
                  "frequencies, as a vocal tract's: by 1 - warp to 1 + warp"},
            Field{"gain_db", &O::gain_db, "dB", {0.0, 60.0}, "louder or softer by up to this"},
            Field{
                "colour_db", &O::colour_db, "dB", {0.0, 30.0}, "a smooth equaliser: each of its three waves"},
            Field{"crop", &O::crop, "", {0.0, 0.9}, "up to this share of a clip is cut off at its ends"},
            Field{"shift_s",
                  &O::shift_s,
                  "s",
                  {0.0, 10.0},
                  "later after silence, or begun later, by up to this"},
            Field{"room", &O::room, "", probability, "probability of a room's echo"},
            Field{
                "room_decay_s", &O::room_decay_s, "s", {0.1, 3.0}, "longest time in which it falls by 60 dB"},
            Field{"noise", &O::noise, "", probability, "probability of noise"},
            Field{"snr_min_db", &O::snr_min_db, "dB", {-20.0, 100.0}, "least ratio of clip to noise"},
            Field{"snr_max_db", &O::snr_max_db, "dB", {-20.0, 100.0}, "largest ratio of clip to noise"},
            Field{"noise_colour", &O::noise_colour, "", kNoiseColours, "of the noise"},
            Field{"telephone", &O::telephone, "", probability, "probability of 300 to 3400 Hz alone"},
            Field{"time_masks", &O::time_masks, "", {0, 100}, "runs of frames replaced by the clip's mean"},
            Field{"time_mask_frames",
                  &O::time_mask_frames,
                  "frames",
                  {1, 10000},
                  "longest of them; a fifth of the clip at most"},
            Field{
                "frequency_masks", &O::frequency_masks, "", {0, 100}, "runs of bands replaced by their mean"},
            Field{"frequency_mask_bands", &O::frequency_mask_bands, "bands", {1, 1024}, "widest of them"},
        };
    }
};

}  // namespace undertone
