#pragma once

#include <cstddef>

namespace undertone::audio {

/// The mean of the channels of each frame, in float32.
///
/// @param interleaved  `[n_frames, n_channels]`
/// @param mono         `[n_frames]`; may be where `interleaved` begins
/// Matches: numpy 2.4 `mean(axis=0)` of `[n_channels, n_frames]` as librosa's `to_mono` calls it, bit for
/// bit.
void mix_channels(const float* interleaved, std::size_t n_frames, std::size_t n_channels,
                  float* mono) noexcept;

}  // namespace undertone::audio
