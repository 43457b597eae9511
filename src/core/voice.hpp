#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "undertone/frame_source.hpp"
#include "undertone/matrix.hpp"

/// How speakers sound, and where in a clip they are heard.
namespace undertone {

/// The frames that a network reads: without those at both ends that are far below the loudest.
/// @param frames    columns that are natural logarithms of power
/// @param trim_db   0: all of them
/// @return          rows of `frames`
[[nodiscard]] MatrixView<const float> trimmed(MatrixView<const float> frames, double trim_db);

/// How a speaker sounds: the mean of each of functionals() over clips, then the deviations. Silent ends,
/// where kSilenceDb or more are missing to the loudest frame, are left out.
/// @return   `[voice_size(clips.n_bands())]`, as FrameSource::speaker()
inline constexpr double kSilenceDb = 40;
[[nodiscard]] std::vector<float> voice_of(const FrameSource& clips);

/// How many numbers tell how a speaker sounds.
[[nodiscard]] std::size_t voice_size(std::size_t n_bands) noexcept;

}  // namespace undertone
