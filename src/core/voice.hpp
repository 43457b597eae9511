#pragma once

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

/// How a speaker sounds: the mean and the deviation of each column over the frames of all clips, those at the
/// ends left out that are kSilenceDb below the loudest of their clip.
/// @return   `[2 * n_columns]`, as FrameSource::speaker()
inline constexpr double kSilenceDb = 40;
[[nodiscard]] std::vector<float> voice_of(const FrameSource& clips);

}  // namespace undertone
