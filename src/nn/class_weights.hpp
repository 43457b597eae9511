#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "undertone/sequential.hpp"

namespace undertone::nn {

/// So much that all classes weigh the same together.
/// @return   `[n_classes]`; 1 for a class that does not occur
[[nodiscard]] inline std::vector<double> balanced_class_weights(std::span<const int> y,
                                                                std::size_t n_classes) {
    std::vector<double> weights(n_classes);
    for (const int label : y) ++weights[static_cast<std::size_t>(label)];
    for (double& weight : weights)
        weight = weight == 0 ? 1 : static_cast<double>(y.size()) / (static_cast<double>(n_classes) * weight);
    return weights;
}

/// What the clips of each class weigh, in the numbers that networks over frames are trained in.
[[nodiscard]] inline std::vector<float> class_weights(std::span<const int> y, std::size_t n_classes,
                                                      ClassWeight kind) {
    if (kind == ClassWeight::none) return std::vector<float>(n_classes, 1.0F);
    const std::vector<double> weights = balanced_class_weights(y, n_classes);
    return {weights.begin(), weights.end()};
}

}  // namespace undertone::nn
