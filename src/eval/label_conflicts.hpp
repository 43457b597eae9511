#pragma once

#include "undertone/training.hpp"

namespace undertone::eval {

/// Refuses a dataset in which one sound has two labels: whatever a model answers, it would be wrong.
/// @throws Error corrupt_data  naming two recordings that are the same sample for sample, and their labels
void check_one_label_a_sound(const Dataset& dataset);

}  // namespace undertone::eval
