#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/thread_pool.hpp"
#include "undertone/matrix.hpp"

namespace undertone::nn {

/// The weights of a linear classifier: a class's score is its bias plus the product of its column.
struct LinearWeights {
    Matrix<double> kernel;     ///< `[n_features, n_classes]`
    std::vector<double> bias;  ///< `[n_classes]`
};

/// Multinomial logistic regression: minimises the mean over samples of weight times log loss, plus half of
/// alpha times the squares of the kernel.
/// @param x         `[n_samples, n_features]`
/// @param y         `[n_samples]`, 0 ... n_classes - 1
/// @param weights   `[n_samples]`
/// @param on_iteration   `(iteration, value)`; false stops
/// @return          the same weights on any number of threads
/// @throws Error numerical, cancelled
/// Matches: scikit-learn 1.9 `LogisticRegression(C=1 / (alpha * n_samples))`, which stops earlier or later.
[[nodiscard]] LinearWeights logistic_regression(MatrixView<const double> x, std::span<const int> y,
                                                std::span<const double> weights, std::size_t n_classes,
                                                double alpha, int max_iter, ThreadPool& pool,
                                                const std::function<bool(int, double)>& on_iteration = {});

}  // namespace undertone::nn
