#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "undertone/audio.hpp"
#include "undertone/extraction.hpp"

namespace undertone {

/// The features of samples that are at the set's rate, checked to be finite.
/// @throws Error as extract_clip()
[[nodiscard]] std::vector<double> clip_values(const FeatureSet& features, std::span<const float> samples,
                                              int sample_rate, FeatureSet::Workspace& workspace);

/// A clip at another rate; 0: at its own. Its former samples are given back.
/// @throws Error as check_speech_rate() and resample()
[[nodiscard]] Clip at_rate(Clip&& clip, int sample_rate);

/// extract_clips() of the samples themselves, at a rate: what frames are cut from while a network learns.
/// @param consume  `facts` is without values
void read_clips(
    int sample_rate, std::span<const ClipSource> sources, std::size_t n_threads,
    const std::function<bool(std::size_t index, FileFeatures&& facts, std::vector<float>&& samples)>& consume,
    const SoundLimits& limits);

}  // namespace undertone
