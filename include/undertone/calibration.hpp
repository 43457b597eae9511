#pragma once

#include <limits>
#include <span>
#include <tuple>

#include "undertone/fields.hpp"
#include "undertone/matrix.hpp"

namespace undertone {

/// Makes probabilities mean what they say: one temperature divides the logarithm of all of them.
///
/// `softmax(log p / temperature)`: above 1 they become more even, below 1 more decided; 1 leaves them as they
/// are. The most probable class of a row stays the same one, whatever the temperature.
/// Source: Guo et al., "On calibration of modern neural networks", ICML 2017, section 4.2.
struct Calibration {
    /// What a probability below it counts as: the least that float32 holds, for a 0 of float32 was below
    /// that.
    static constexpr double kLeastProbability = std::numeric_limits<float>::denorm_min();

    double temperature = 1;

    static constexpr auto fields() {
        return std::tuple{
            Field{"temperature", &Calibration::temperature, "", {0.1, 100.0}, "divides log p"},
        };
    }

    /// The temperature with the least log loss over samples that the classifier was not trained on. Where
    /// that lies beyond the range of the field (classes that were never mistaken, or no better than by
    /// chance) it is the end of the range.
    /// @param proba   `[n_samples, n_classes]`, each row sums to 1; at least one row
    /// @param y       `[n_samples]`, the true classes
    /// @throws Error shape_mismatch    the two differ in length
    /// @throws Error invalid_argument  no sample, a class out of range, a probability not in 0 ... 1
    /// Matches: within the range scikit-learn 1.9.1 `CalibratedClassifierCV(method="temperature")` given
    /// log p, to 1e-6 relative. Given p it takes log(p + 1e-12), not the log of kLeastProbability at least.
    [[nodiscard]] static Calibration fit(MatrixView<const double> proba, std::span<const int> y);

    /// @param proba   `[n_samples, n_classes]`, each row sums to 1
    /// @return        `[n_samples, n_classes]`, likewise
    /// @throws Error invalid_argument  a temperature out of its range
    [[nodiscard]] Matrix<double> transform(MatrixView<const double> proba) const;
};

}  // namespace undertone
