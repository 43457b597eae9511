#pragma once

#include "run/run_reading.hpp"
#include "undertone/comparison.hpp"

namespace undertone::app {

/// How two runs differ, and what was drawn for the intervals.
struct RunComparison {
    eval::Comparison comparison;
    bool drawn_speakers = true;  ///< else clips
};

/// Compares two runs over the same clips. A corpus may lie elsewhere in the other run: then the names of its
/// files tell which is which.
/// @throws Error invalid_argument  the runs are not over the same clips, or a clip has two labels
/// @throws Error corrupt_data      more labels than a table may have columns
/// @throws Error cancelled         on_progress, which is called after each draw and swap, returned false
[[nodiscard]] RunComparison compare_runs(const RunPredictions& a, const RunPredictions& b,
                                         const OnProgress& on_progress = {});

}  // namespace undertone::app
