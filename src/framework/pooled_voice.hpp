#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "nn/frames/network.hpp"
#include "undertone/frame_source.hpp"
#include "undertone/matrix.hpp"

/// What a network pools of a clip shows the voice beside the mood. Where clips of a speaker are known, how
/// far that speaker lies from everybody is taken off: the mean over the clips, of each of which what its
/// moods change is taken off first, so that a speaker who is mostly sad is not taken for one whose voice
/// sounds so.
namespace undertone::nn {

/// The mean of what is pooled of all that the network learnt from.
/// @return   `[n_pooled]`
[[nodiscard]] std::span<const float> pooled_mean(const SequenceNetwork<float>& network);

/// What the classes change in what is pooled of a speaker: means over the speakers who are known, each of
/// whom counts once.
/// @param pooled   `[clips.size()]` of `[n_parts, n_pooled]`
/// @return         `[n_classes, n_pooled]`; 0 for a class of no such speaker
[[nodiscard]] Matrix<float> pooled_moods(const FrameSource& clips, std::span<const Matrix<float>> pooled,
                                         std::span<const int> y, std::size_t n_classes);

/// How far a speaker lies from everybody whatever the mood, drawn towards 0 where the clips are few.
/// @param pooled   `[n_clips]` of `[n_parts, n_pooled]`
/// @param proba    `[n_clips, n_classes]`, how probable each mood of a clip is
/// @param moods    `[n_classes, n_pooled]`, as pooled_moods()
/// @param mean     `[n_pooled]`, as pooled_mean()
/// @return         `[n_pooled]`
[[nodiscard]] std::vector<float> pooled_offset(std::span<const Matrix<float>> pooled,
                                               MatrixView<const double> proba, MatrixView<const float> moods,
                                               std::span<const float> mean);

/// Takes an offset off what is pooled of a clip.
void take_off_offset(std::span<const float> offset, Matrix<float>& parts);

/// Takes off the offset of each clip's speaker: what the speaker's numbers say, else that of the other clips
/// which have the same numbers. Clips of unknown speakers stay as they are.
/// @param first   where among the speaker's numbers the offset begins, if there are so many
/// @return        `[clips.size()]` whether there was one to take off
std::vector<bool> take_off_offsets(const FrameSource& clips, std::size_t first,
                                   MatrixView<const double> proba, MatrixView<const float> moods,
                                   std::span<const float> mean, std::span<Matrix<float>> pooled);

}  // namespace undertone::nn
