#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "undertone/evaluation.hpp"

namespace undertone::eval {

/// How much a protocol flatters: one way of training under several.
struct Inflation {
    std::vector<Evaluation> rows;       ///< random, text, speaker, corpus: those that the clips allow
    std::vector<std::string> left_out;  ///< sentences: which protocol is missing and why
};

/// Evaluates one way of training under `random`, `text`, `speaker` and, with two or more corpora, `corpus`
/// folds, all over the same clips. With several corpora, those must share the labels: with_labels() and
/// shared_labels() see to it.
/// @param random_state  of the shuffling of folds
/// @throws Error invalid_argument  none of the protocols can be used; else as evaluate() does
[[nodiscard]] Inflation inflation(const Dataset& dataset, const EvaluationOptions& options,
                                  std::uint32_t random_state, const OnProgress& on_progress = {});

}  // namespace undertone::eval
