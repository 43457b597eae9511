#pragma once

#include <string>
#include <vector>

#include "run_data.hpp"
#include "undertone/plot.hpp"

namespace undertone::app {

/// One figure of a run.
struct RunPlot {
    std::string kind;  ///< of run_plot_kinds()
    plot::Figure figure;
};

/// What figures of a run are called: learning, confusion, reliability, speakers, tuning, inflation, matrix,
/// importance.
[[nodiscard]] const std::vector<std::string>& run_plot_kinds();

/// All figures that a run has, in the order of run_plot_kinds().
[[nodiscard]] std::vector<RunPlot> run_plots(const RunData& run);

/// UAR of each speaker of a run, with intervals over the speaker's clips; nothing where speakers are not
/// known.
[[nodiscard]] std::vector<plot::NamedScore> speaker_scores(const RunPredictions& predictions);

/// Draws the figures of a run, or those of one kind, into one picture: `undertone plot RUN`.
/// @param kind  of run_plot_kinds(), or all
/// @throws Error invalid_argument  the run has no such figure
[[nodiscard]] plot::Figure run_figure(const std::string& run, const std::string& kind);

}  // namespace undertone::app
