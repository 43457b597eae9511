#pragma once

#include <optional>
#include <string>
#include <vector>

#include "options/arguments.hpp"
#include "options/sound_limits.hpp"
#include "undertone/model.hpp"

namespace undertone::app {

/// Which model answers, and what it knows of the speaker: what the verbs that ask a model have in common.
struct AnsweringOptions {
    std::string model;  ///< empty: not given
    std::vector<std::string> enroll;
    std::string enroll_as;
    bool any_sound = false, quiet = false;
    SoundLimits limits;
};

/// -m, --enroll, --enroll-as, --any-sound, --quiet and the limits of sound.
/// @param options   must live as long as the app
void declare_answering(const Arguments& app, AnsweringOptions& options);

/// Says on standard error which model answers where none was named.
/// @throws Error as default_model_file(), model_file() and Model::load()
[[nodiscard]] Model load_model(const AnsweringOptions& options);

/// How the speaker usually sounds, from the recordings of --enroll; nullopt: not known.
/// @param n_threads   0: one a core
/// @throws Error invalid_argument  the model has no use for it, or cannot do without it; no speech; as
///         extract_files() and Model::enroll() do
[[nodiscard]] std::optional<SpeakerVoice> voice_of(const Model& model, const AnsweringOptions& options,
                                                   std::size_t n_threads);

}  // namespace undertone::app
