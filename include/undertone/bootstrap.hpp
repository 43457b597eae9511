#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "undertone/matrix.hpp"
#include "undertone/progress.hpp"

namespace undertone::eval {

/// A figure and the interval that holds it in `confidence` of the draws. The ends are NaN where no draw had
/// the figure (a class without a clip).
struct Figure {
    double value = 0, low = 0, high = 0;
};

/// The figures of one set of predictions, as classification_report(), log_loss(), brier_score_loss() and
/// expected_calibration_error() define them.
struct Figures {
    Figure uar, accuracy, macro_f1, log_loss, brier, ece;
    std::vector<Figure> precision, recall, f1;  ///< `[n_classes]`
    std::size_t n_units = 0;                    ///< that were drawn: speakers, or clips
};

/// How intervals are made.
struct BootstrapOptions {
    std::size_t n_draws = 10000;     ///< 0: no intervals, both ends are the value
    double confidence = 0.95;        ///< of an interval, above 0 and below 1
    std::uint32_t random_state = 0;  ///< of the draws
};

/// Scores predictions, with intervals from a bootstrap over units.
///
/// Clips of one speaker are alike, so speakers are what is drawn: each draw takes as many units as there are,
/// with replacement, `RandomState(random_state).randint(0, n_units, n_units)`, with all their clips. An
/// interval goes from quantile (1 - confidence) / 2 to (1 + confidence) / 2 of the draws, interpolated as
/// `numpy.percentile` does. A class that a draw lacks counts neither for its UAR nor for the interval of the
/// class.
/// @param truth   `[n_samples]`, columns of proba; at least one
/// @param proba   `[n_samples, n_classes]`, each row sums to 1
/// @param units   `[n_samples]`, to which unit each sample belongs: any numbers
/// @throws Error shape_mismatch, invalid_argument  as log_loss() does, or a confidence out of range
/// @throws Error cancelled  on_progress, which is called after each draw, returned false
/// Matches: the same in NumPy 2.4.6 and scikit-learn 1.9.1, draw by draw, to 1e-12.
/// Source: Efron and Tibshirani, "An introduction to the bootstrap" (1993), percentile interval; Bisani and
/// Ney, "Bootstrap estimates for confidence intervals in ASR performance evaluation", ICASSP 2004.
[[nodiscard]] Figures bootstrap(std::span<const int> truth, MatrixView<const double> proba,
                                std::span<const int> units, const BootstrapOptions& options = {},
                                const OnProgress& on_progress = {});

}  // namespace undertone::eval
