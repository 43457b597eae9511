#pragma once

#include <memory>
#include <string>

#include "command.hpp"
#include "options/arguments.hpp"
#include "options/corpus_options.hpp"
#include "options/sound_limits.hpp"
#include "undertone/evaluation.hpp"
#include "undertone/features.hpp"
#include "undertone/training.hpp"

namespace undertone::app {

/// What the verbs that test have in common: the recordings, their features, and how they are read.
struct ClipOptions {
    CorpusOptions corpus;
    std::string normalise = "none", pad_mode;  ///< empty: not given
    std::size_t n_threads = 0;
    SoundLimits limits;
    bool quiet = false;
};

/// Declares the places and labels, --normalise, --pad-mode, --threads, the limits of sound and --quiet.
/// @param options  must live as long as the app
/// @return         the places, for a verb that requires them
Option declare_clips(const Arguments& app, ClipOptions& options);

/// @throws Error invalid_argument  no place is named
void require_places(const ClipOptions& options);

/// Recordings and their features.
struct Clips {
    Corpus corpus;
    Dataset dataset;
};

/// Reads them, and names on standard error what was left out or could not be read.
[[nodiscard]] Clips read_clips(const ClipOptions& options, const FeatureSet& features);

/// What a run's folder says of them: name, licence, how many, and a hash of all samples.
[[nodiscard]] Json clips_json(const Clips& clips);

/// "note: ..." where speakers were normalised, else empty.
[[nodiscard]] std::string normalise_note(const std::string& normalise);
/// The same among the notes of a plan.
void note_normalised(const std::string& normalise, eval::FoldPlan& plan);

}  // namespace undertone::app
