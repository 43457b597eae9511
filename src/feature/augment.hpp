#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "undertone/augment.hpp"
#include "undertone/frame_features.hpp"

namespace undertone {

/// What one draw does to one clip.
struct Drawn {
    FrameWarp warp;
    double crop_begin = 0, crop_end = 1;  // the part that is kept, as shares of the clip
    double shift_s = 0;
    double room_decay_s = 0;  // 0: no room
    double direct_db = 0;     // of the voice over its echo
    std::uint64_t room_seed = 0;
    bool noise = false, pink = false;
    double snr_db = 0;
    std::uint32_t noise_key = 0;

    [[nodiscard]] bool changes_samples() const {
        return crop_begin > 0 || crop_end < 1 || shift_s != 0 || room_decay_s > 0 || noise;
    }
};

[[nodiscard]] Drawn drawn(const AugmentOptions& options, std::uint64_t draw);

/// Buffers that are used again.
struct AugmentBuffers {
    std::vector<float> samples, echo, delayed, noise;
    std::vector<double> mean;
};

/// The samples after crop, shift, room and noise, in `buffers.samples`.
void change_samples(std::span<const float> samples, const Drawn& what, int sample_rate,
                    AugmentBuffers& buffers);

/// Replaces runs of frames and of the first n_bands columns by the mean of each band.
void mask(const AugmentOptions& options, std::uint64_t draw, std::size_t n_bands, Matrix<float>& frames,
          AugmentBuffers& buffers);

/// Adds an echo that falls by 60 dB in `decay_s`, `direct_db` below the samples as they are.
void add_room(std::span<float> samples, double decay_s, double direct_db, std::uint64_t seed, int sample_rate,
              AugmentBuffers& buffers);

/// Adds noise, `snr_db` below the samples. Silence stays silent.
void add_noise(std::span<float> samples, bool pink, double snr_db, std::uint32_t key,
               AugmentBuffers& buffers);

}  // namespace undertone
