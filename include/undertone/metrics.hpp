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

}  // namespace undertone::eval
