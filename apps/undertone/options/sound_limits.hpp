#pragma once

#include "options/arguments.hpp"
#include "undertone/audio.hpp"

namespace undertone::app {

/// What a verb does with the recordings that it reads.
enum class Sound {
    passes,  ///< done with one after the other
    is_kept  ///< may have to keep all of them: frames are cut from their samples while a network learns
};

/// --clip-memory and --memory, and --corpus-memory where sound is kept.
/// @param limits   must live as long as the app
void declare_sound_limits(const Arguments& app, SoundLimits& limits, Sound sound = Sound::passes);

}  // namespace undertone::app
