#include "learn/training_part.hpp"

#include <cmath>
#include <string>

#include "undertone/error.hpp"

namespace undertone::nn {

std::size_t training_part(std::size_t n_samples, double validation_split) {
    if (validation_split == 0) return n_samples;
    const auto n =
        static_cast<std::size_t>(std::floor(static_cast<double>(n_samples) * (1.0 - validation_split)));
    if (n == 0 || n == n_samples)
        throw Error(Errc::invalid_argument,
                    "validation_split = " + std::to_string(validation_split) + ": of " +
                        std::to_string(n_samples) +
                        " samples it leaves none for training or none for validation");
    return n;
}

}  // namespace undertone::nn
