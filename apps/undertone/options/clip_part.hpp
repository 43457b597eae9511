#pragma once

#include <optional>
#include <string>

#include "options/arguments.hpp"
#include "undertone/audio.hpp"

namespace undertone::app {

/// A recording, or a part of it, that a verb looks at.
struct ClipPart {
    std::string file;  ///< "-": standard input
    std::optional<double> from, to;

    [[nodiscard]] double start_s() const { return from.value_or(0); }
    /// Without its folders, for people.
    [[nodiscard]] std::string name() const;
};

/// --from and --to.
/// @param part   must live as long as the app
void declare_part(const Arguments& app, ClipPart& part);

/// @throws Error as read_audio(); invalid_argument  it ends before it begins
[[nodiscard]] Clip read_part(const ClipPart& part, const SoundLimits& limits);

}  // namespace undertone::app
