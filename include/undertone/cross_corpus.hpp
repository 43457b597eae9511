#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "undertone/evaluation.hpp"

namespace undertone::eval {

/// Trained on each corpus, tested on each.
struct CrossCorpus {
    std::vector<std::string> corpora;  ///< sorted
    std::vector<std::string> labels;   ///< those that all of them have
    /// `[n_corpora * n_corpora]`: row the corpus that trains, column the one that is tested. On the diagonal
    /// speakers are held apart by `speaker` folds; elsewhere all clips of one corpus train.
    std::vector<Evaluation> cells;

    [[nodiscard]] const Evaluation& cell(std::size_t trained, std::size_t tested) const {
        return cells[trained * corpora.size() + tested];
    }
};

/// The labels that every corpus of the dataset has, in the dataset's order. With one corpus, all of them.
[[nodiscard]] std::vector<std::string> shared_labels(const Dataset& dataset);

/// Trains on each corpus and tests on each, over the labels that all of them share.
/// @param random_state  of the shuffling of the speaker folds
/// @throws Error invalid_argument  fewer than two corpora or two shared labels; else as evaluate() does
[[nodiscard]] CrossCorpus cross_corpus(const Dataset& dataset, const EvaluationOptions& options,
                                       std::uint32_t random_state, const OnProgress& on_progress = {});

}  // namespace undertone::eval
