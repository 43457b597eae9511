#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "undertone/bootstrap.hpp"

namespace undertone::eval {

/// The labels that one run gave. A clip may stand there several times, once a seed.
struct RunLabels {
    std::vector<std::size_t> clips;  ///< `[n_rows]`, indices into the clips of both runs
    std::vector<int> predicted;      ///< `[n_rows]`
};

/// One figure of two runs.
struct Difference {
    double a = 0, b = 0;
    double difference = 0, low = 0, high = 0;  ///< b - a, with its interval
    double p_value = 1;  ///< of a difference as large as this where neither run is better
};

/// McNemar's exact test over clips: are those that only A had right as many as those that only B had right?
struct McNemar {
    std::size_t only_a = 0, only_b = 0;
    double p_value = 1;  ///< two-sided, binomial
};

/// How two runs differ over the same clips.
struct Comparison {
    Difference uar, accuracy, macro_f1;
    std::size_t n_clips = 0, n_units = 0;
    bool every_swap = false;         ///< every way of swapping was tried, not a sample of them
    std::optional<McNemar> mcnemar;  ///< where each run has one label a clip
};

/// Compares two runs over the same clips.
///
/// Intervals: bootstrap over units as in bootstrap(), of the difference, both runs on the same draw.
/// P-values: approximate randomisation. If neither run is better, their labels could be swapped; they are,
/// for all clips of a unit together, n_draws times at random; p = (1 + swaps with a difference as large) / (1
/// + n_draws). With so few units that all 2^n_units swaps are no more than n_draws, all are tried and p is
/// their share.
/// @param truth    `[n_clips]`
/// @param units    `[n_clips]`
/// @throws Error shape_mismatch, invalid_argument  no clip, an index out of range, a clip without a label in
///         one of the runs, a confidence out of range, n_draws = 0
/// @throws Error cancelled  on_progress, which is called after each draw and swap, returned false
/// Source: Noreen, "Computer-intensive methods for testing hypotheses" (1989); McNemar, Psychometrika 12
/// (1947).
[[nodiscard]] Comparison compare(std::span<const int> truth, std::span<const int> units,
                                 std::size_t n_classes, const RunLabels& a, const RunLabels& b,
                                 const BootstrapOptions& options = {}, const OnProgress& on_progress = {});

/// McNemar's exact p-value. Matches: scipy 1.17.1 `binomtest(only_a, only_a + only_b, 0.5).pvalue`, to 1e-12.
[[nodiscard]] double mcnemar_p_value(std::size_t only_a, std::size_t only_b);

}  // namespace undertone::eval
