#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "undertone/class_weight.hpp"

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

/// What is taken off the scores of classes where few clips are learnt from: what a network knows by heart it
/// learns alike whatever it weighs, and then it expects what was frequent. So many times the logarithm of a
/// class's share as `few_clips` are more than there are, once at most; a share is read within three times the
/// (geometric) mean of all, beyond which nothing was measured.
/// @return   `[n_classes]`, sums to about 0; 0 for a class that does not occur
/// Source: logit adjustment after training, Menon and others, 2021; docs/experiments.md.
[[nodiscard]] inline std::vector<double> logit_adjustment(std::span<const int> y, std::size_t n_classes,
                                                          int few_clips) {
    constexpr double kFarthestShare = 3;
    const double part = std::clamp(few_clips / static_cast<double>(y.size()) - 1, 0.0, 1.0);
    std::vector<double> counts(n_classes);
    for (const int label : y) ++counts[static_cast<std::size_t>(label)];
    double sum = 0, n = 0;
    for (const double count : counts)
        if (count > 0) sum += std::log(count), ++n;
    const double farthest = std::log(kFarthestShare);
    for (double& value : counts)
        value = value > 0 ? part * std::clamp(std::log(value) - sum / n, -farthest, farthest) : 0;
    return counts;
}

}  // namespace undertone::nn
