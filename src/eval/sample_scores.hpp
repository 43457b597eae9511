#pragma once

#include <cstddef>
#include <span>

#include "undertone/matrix.hpp"
#include "undertone/metrics.hpp"

/// What one sample adds to the scores of probabilities; the scores are means of it.
namespace undertone::eval {

/// @throws Error as log_loss() does
void check_probabilities(std::span<const int> truth, MatrixView<const double> proba);

[[nodiscard]] double sample_log_loss(std::span<const double> row, int truth);
[[nodiscard]] double sample_brier(std::span<const double> row, int truth);

/// In which bin a sample lies and how far its outcome was above its probability: 1 - p or -p. The error of
/// calibration is the sum over the bins of the size of their sum.
struct CalibrationGap {
    std::size_t bin;
    double gap;
};
[[nodiscard]] CalibrationGap sample_calibration(std::span<const double> row, int truth);

}  // namespace undertone::eval
