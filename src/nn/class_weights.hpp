#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "undertone/sequential.hpp"

namespace undertone::nn {

/// What the clips of each class weigh: 1, or so much that all classes weigh the same together.
/// @return   `[n_classes]`; 1 for a class without clips
[[nodiscard]] inline std::vector<float> class_weights(std::span<const int> y, std::size_t n_classes,
                                                      ClassWeight kind) {
    std::vector<float> weights(n_classes, 1.0F);
    if (kind == ClassWeight::none) return weights;
    std::vector<std::size_t> counts(n_classes);
    for (const int label : y) ++counts[static_cast<std::size_t>(label)];
    for (std::size_t label = 0; label < n_classes; ++label)
        if (counts[label] > 0)
            weights[label] = static_cast<float>(static_cast<double>(y.size()) /
                                                static_cast<double>(n_classes * counts[label]));
    return weights;
}

}  // namespace undertone::nn
