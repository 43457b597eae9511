#pragma once

#include <string>
#include <vector>

#include "page/recordings.hpp"
#include "run/run_data.hpp"
#include "run/run_plots.hpp"
#include "undertone/progress.hpp"

namespace undertone::app {

/// A run and the figures drawn of it.
struct DrawnRun {
    RunData data;
    std::vector<RunPlot> plots;
};

/// The page about a run, or about two side by side.
/// @throws Error corrupt_data  run.json is not what undertone writes
/// @throws Error cancelled     on_progress returned false
[[nodiscard]] std::string page_of(const std::vector<DrawnRun>& runs, html::Recordings& recordings,
                                  const OnProgress& on_progress = {});

}  // namespace undertone::app
