#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "eval/fitted.hpp"
#include "undertone/importance.hpp"

namespace undertone::eval {

/// How much each group matters to what was learnt, on clips that it did not learn.
/// @param clips  indices into the dataset
/// @return       `[n_groups]`, as permutation_falls()
[[nodiscard]] std::vector<double> importance_of(const Fitted& fitted, const Dataset& dataset,
                                                std::span<const std::size_t> clips,
                                                const ImportanceOptions& options, std::uint32_t random_state);

}  // namespace undertone::eval
