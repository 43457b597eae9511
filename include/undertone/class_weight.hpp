#pragma once

#include <array>

#include "undertone/fields.hpp"

namespace undertone {

/// How classes are weighted in the loss. balanced: `n_samples / (n_classes * samples of the class)`, as
/// scikit-learn's compute_class_weight, over all samples given to fit().
enum class ClassWeight { none, balanced };
inline constexpr std::array kClassWeights{Choice<ClassWeight>{"none", ClassWeight::none},
                                          Choice<ClassWeight>{"balanced", ClassWeight::balanced}};

}  // namespace undertone
