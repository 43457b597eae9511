#pragma once

#include "undertone/protocols.hpp"

/// What every plan must hold, whatever made its folds.
namespace undertone::eval {

/// What must not stand on both sides of a fold.
enum class Apart { nothing, speakers, texts };

/// Counts what the folds share and refuses what they must not.
/// @throws Error invalid_argument  as plan_folds() says
void finish_plan(const Dataset& dataset, Apart apart, FoldPlan& plan);

/// @throws Error invalid_argument  a label with fewer clips than folds
void check_labels(const Dataset& dataset, std::size_t n_folds);

}  // namespace undertone::eval
