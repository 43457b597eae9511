#pragma once

#include <cstddef>

namespace undertone::nn {

/// How many samples, the first ones, stay for training, as Keras counts them.
/// @throws Error invalid_argument  none, or none for validation where validation_split is above 0
[[nodiscard]] std::size_t training_part(std::size_t n_samples, double validation_split);

}  // namespace undertone::nn
