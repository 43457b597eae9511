#pragma once

#include <cstddef>

#include "undertone/progress.hpp"

namespace undertone {

/// The progress of one of several trainings that take the same number of steps, as that of all together.
/// @param on_progress   must outlive the result
[[nodiscard]] inline OnProgress progress_of_part(const OnProgress& on_progress, std::size_t part,
                                                 std::size_t n_parts) {
    if (!on_progress) return {};
    return [&on_progress, part, n_parts](const Progress& one) {
        return on_progress({part * one.total + one.done, n_parts * one.total, one.loss});
    };
}

}  // namespace undertone
