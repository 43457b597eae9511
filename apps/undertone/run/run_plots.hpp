#pragma once

#include <string>
#include <vector>

#include "run/run_data.hpp"
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
[[nodiscard]] std::vector<RunPlot> run_plots(const RunData& run, const OnProgress& on_progress = {});

/// UAR of each speaker of a run, the best first; nothing where speakers are not known. Those that
/// plot::speakers_figure() shows have intervals over the speaker's clips.
/// @throws Error corrupt_data  a true label that has no column
/// @throws Error cancelled     on_progress, which is called after each draw, returned false
[[nodiscard]] std::vector<plot::NamedScore> speaker_scores(const RunPredictions& predictions,
                                                           const OnProgress& on_progress = {});

/// Draws the figures of a run, or those of one kind, into one picture: `undertone plot RUN`.
/// @param kind  of run_plot_kinds(), or all
/// @throws Error invalid_argument  the run has no such figure
[[nodiscard]] plot::Figure run_figure(const std::string& run, const std::string& kind,
                                      const OnProgress& on_progress);

}  // namespace undertone::app
