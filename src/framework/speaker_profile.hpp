#pragma once

#include <vector>

#include "undertone/frame_source.hpp"

namespace undertone {

/// How a speaker sounds: the mean of each of functionals() over clips, then the deviations. Silent ends,
/// where kSilenceDb or more are missing to the loudest frame, are left out.
/// @return   `[voice_size(clips.n_bands())]`, as FrameSource::speaker()
inline constexpr double kSilenceDb = 40;
[[nodiscard]] std::vector<float> voice_of(const FrameSource& clips);

}  // namespace undertone
