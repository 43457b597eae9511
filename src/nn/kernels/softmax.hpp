#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace undertone::nn {

/// Replaces scores by probabilities.
/// @param scores   at least one
template <class T>
void softmax(std::span<T> scores) {
    const T greatest = *std::max_element(scores.begin(), scores.end());
    T sum = 0;
    for (T& value : scores) sum += value = std::exp(value - greatest);
    for (T& value : scores) value /= sum;
}

}  // namespace undertone::nn
