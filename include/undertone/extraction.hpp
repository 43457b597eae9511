#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "undertone/audio.hpp"
#include "undertone/error.hpp"
#include "undertone/features.hpp"
#include "undertone/speech.hpp"

namespace undertone {

/// A recording to read: a file, or a part of one.
struct ClipSource {
    std::string path;
    Segment segment = {};
};

/// The features of one file, or why there are none.
struct FileFeatures {
    std::string path;
    std::vector<double>
        values;  ///< `[n_frames, columns().size()]`, one frame unless per_frame(); empty with an error
    std::optional<Error> error;
    std::uint64_t sample_hash = 0;  ///< the same for recordings whose decoded samples are the same
    VoiceActivity activity = VoiceActivity::speech;  ///< where it was asked for; without speech no values
};

/// The features of one clip, resampled first if the set asks for a rate.
/// @return  `[n_frames, columns().size()]`, one frame unless the set is per_frame()
/// @throws Error numerical  a feature is NaN or infinite, since samples of 1e19 have no square in float
/// @throws Error as FeatureSet::extract(), check_speech_rate() and resample() do
[[nodiscard]] std::vector<double> extract_clip(const FeatureSet& features, const Clip& clip,
                                               FeatureSet::Workspace& workspace);

/// The same of a clip that is not needed any more: less memory where it is resampled.
[[nodiscard]] std::vector<double> extract_clip(const FeatureSet& features, Clip&& clip,
                                               FeatureSet::Workspace& workspace);

/// Reads files and computes their features on several threads.
///
/// A file that fails is handed on with its error; the others go on. Memory does not grow with the number of
/// files, and is bounded by `limits`: a file above them fails.
/// @param n_threads  0: one a core
/// @param consume    called on this thread for each file in the order given; returning false stops the work
/// @param speech     of a clip without speech the reason is handed on and no features; nullptr: not looked at
/// @throws Error cancelled  `consume` returned false
void extract_files(const FeatureSet& features, std::span<const std::string> paths, std::size_t n_threads,
                   const std::function<bool(std::size_t index, FileFeatures&& result)>& consume,
                   const SpeechOptions* speech = nullptr, const SoundLimits& limits = {});

/// The same for files and parts of files.
void extract_clips(const FeatureSet& features, std::span<const ClipSource> sources, std::size_t n_threads,
                   const std::function<bool(std::size_t index, FileFeatures&& result)>& consume,
                   const SpeechOptions* speech = nullptr, const SoundLimits& limits = {});

}  // namespace undertone
