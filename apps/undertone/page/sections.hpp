#pragma once

#include <string>

#include "page/recordings.hpp"
#include "run/run_comparison.hpp"
#include "run/run_data.hpp"
#include "run/run_plots.hpp"

/// The parts of a page about a run. Each gives HTML, or nothing where the run has no such part.
namespace undertone::app::html {

/// UAR and the other figures with their intervals, and what of the run makes them flatter than they are.
[[nodiscard]] std::string summary(const RunData& run);
/// What was tested on whom, in words; the folds as a table.
[[nodiscard]] std::string protocol(const RunData& run);
/// All figures but those that have a part of their own.
[[nodiscard]] std::string figures(const std::vector<RunPlot>& plots);
/// Those of two runs, each kind side by side.
[[nodiscard]] std::string figures(const std::vector<RunPlot>& a, const std::vector<RunPlot>& b);
[[nodiscard]] std::string classes(const RunData& run);
[[nodiscard]] std::string importance(const RunData& run, const std::vector<RunPlot>& plots);
/// The most certain mistakes and the least certain hits, to be listened to.
[[nodiscard]] std::string clips(const RunData& run, Recordings& recordings);
[[nodiscard]] std::string data(const RunData& run);
[[nodiscard]] std::string again(const RunData& run);
[[nodiscard]] std::string missing(const RunData& run);
/// B - A with intervals and p-values.
[[nodiscard]] std::string comparison(const RunComparison& found);

}  // namespace undertone::app::html
