#pragma once

#include <cstddef>
#include <span>

#include "undertone/matrix.hpp"

namespace undertone::nn {

/// Sums over the samples of a batch.
struct LossSums {
    double loss = 0;          ///< of weight times cross-entropy
    std::size_t correct = 0;  ///< samples whose class has the greatest logit, the first of equal ones
};

/// The categorical cross-entropy of softmax(logits).
///
/// Targets are `1 - label_smoothing` at the class plus `label_smoothing / n_classes` everywhere.
/// @param logits           `[n_samples, n_classes]`
/// @param y                `[n_samples]`
/// @param weights          `[n_samples]`, or empty: all 1
/// @param dlogits          gets the gradient of the sum of the losses over n_samples, `[n_samples,
///                         n_classes]`; empty when nobody asks for it
/// Matches: Keras 3.15.1 `CategoricalCrossentropy` behind a softmax, which it takes from the logits; sample
/// weights multiply, the mean is over the number of samples, not over the sum of the weights.
template <class T>
LossSums categorical_crossentropy(MatrixView<const T> logits, std::span<const int> y,
                                  std::span<const T> weights, double label_smoothing, MatrixView<T> dlogits);

}  // namespace undertone::nn
