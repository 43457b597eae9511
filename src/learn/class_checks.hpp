#pragma once

#include <cstddef>
#include <span>

namespace undertone::nn {

/// What every framework asks of classes: n_classes is at least 2, each is 0 ... n_classes - 1, and each has a
/// sample.
/// @param n_samples   that there must be classes for, at least one
/// @throws Error invalid_argument, shape_mismatch
void check_classes(std::span<const int> y, std::size_t n_samples, int n_classes);

}  // namespace undertone::nn
