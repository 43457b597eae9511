#pragma once

#include <span>
#include <string>
#include <vector>

#include "undertone/matrix.hpp"

namespace undertone::eval {

/// How one class fared. A ratio whose denominator is zero is 0, as in scikit-learn with zero_division=0.
struct ClassScore {
    double precision = 0;     ///< of the clips given this label, the share that bears it
    double recall = 0;        ///< of the clips that bear this label, the share that was given it
    double f1 = 0;            ///< the harmonic mean of the two
    std::size_t support = 0;  ///< clips that bear this label
};

/// The scores of one set of predictions.
struct Report {
    std::vector<std::string> labels;
    Matrix<std::size_t>
        confusion;  ///< `[n_classes, n_classes]`: row the true label, column the predicted one
    std::vector<ClassScore> classes;  ///< `[n_classes]`, in the order of `labels`
    std::size_t n_samples = 0;
    double accuracy = 0;  ///< WAR, the weighted average recall: clips that were right
    double uar = 0;       ///< unweighted average recall: the mean over the classes that occur
    double macro_f1 = 0;  ///< the mean F1 over the classes that occur or were predicted
};

/// Scores predictions against the truth.
///
/// @param truth      `[n_samples]`, indices into labels; at least one
/// @param predicted  `[n_samples]`, likewise
/// @throws Error shape_mismatch    the two differ in length; invalid_argument: no sample, an index out of
/// range Matches: scikit-learn 1.9.1 `classification_report`, `confusion_matrix`, `balanced_accuracy_score`
/// (UAR) and `f1_score(average="macro")`, to 1e-12.
[[nodiscard]] Report classification_report(std::span<const int> truth, std::span<const int> predicted,
                                           const std::vector<std::string>& labels);

/// The most probable class of each sample; of equal ones the first.
/// @param proba   `[n_samples, n_classes]`
[[nodiscard]] std::vector<int> most_probable(MatrixView<const double> proba);

/// The mean of -ln(p of the true class). A p below 2.2e-16 counts as that, so that no figure is infinite.
///
/// @param truth   `[n_samples]`, columns of proba; at least one
/// @param proba   `[n_samples, n_classes]`, each row sums to 1
/// @throws Error shape_mismatch    the two differ in length
/// @throws Error invalid_argument  no sample, an index out of range, or a probability that is not in 0 ... 1
/// Matches: scikit-learn 1.9.1 `log_loss` with `labels` given, to 1e-12.
[[nodiscard]] double log_loss(std::span<const int> truth, MatrixView<const double> proba);

/// The Brier score: the mean over samples of the squared distance between the probabilities and the truth,
/// `sum over classes (p - [class is true])^2`: from 0 to 2, and for two classes half of it, from 0 to 1.
/// @throws Error as log_loss() does
/// Matches: scikit-learn 1.9.1 `brier_score_loss(scale_by_half="auto")` with `labels` given, to 1e-12.
/// Source: Brier, "Verification of forecasts expressed in terms of probability", Mon. Weather Rev. 78 (1950).
[[nodiscard]] double brier_score_loss(std::span<const int> truth, MatrixView<const double> proba);

/// In how many bins expected_calibration_error() sorts the samples.
inline constexpr std::size_t kCalibrationBins = 15;

/// The expected calibration error: samples are sorted by the probability of their most probable class into 15
/// bins of equal width, each without its lower and with its upper end; the mean over samples of
/// |accuracy - mean probability| of their bin. 0: a label given with 0.7 is right in 70 of 100 clips.
/// @throws Error as log_loss() does
/// Source: Guo et al., "On calibration of modern neural networks", ICML 2017, equation 3 with M = 15.
[[nodiscard]] double expected_calibration_error(std::span<const int> truth, MatrixView<const double> proba);

/// The samples whose most probable class has a probability above `low`, up to `high`.
struct ReliabilityBin {
    double low = 0, high = 0;
    std::size_t n_samples = 0;
    double confidence = 0;  ///< the mean of that probability; 0 without samples
    double accuracy = 0;    ///< the share whose class that is; 0 without samples
};

/// What a reliability diagram shows: how often labels of each probability are right.
/// @return  `[kCalibrationBins]`, the bins of expected_calibration_error(), which is the mean over samples of
/// their
///          |accuracy - confidence|
/// @throws Error as log_loss() does
[[nodiscard]] std::vector<ReliabilityBin> reliability(std::span<const int> truth,
                                                      MatrixView<const double> proba);

}  // namespace undertone::eval
