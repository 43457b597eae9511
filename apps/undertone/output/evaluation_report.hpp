#pragma once

#include <string>

#include "run/run_folder.hpp"
#include "undertone/comparison.hpp"
#include "undertone/cross_corpus.hpp"
#include "undertone/inflation.hpp"

namespace undertone::app {

/// Everything of an evaluation as tables for a person.
[[nodiscard]] std::string evaluation_text(const Dataset& dataset, const eval::Evaluation& evaluation,
                                          const eval::BootstrapOptions& bootstrap);

/// The protocols side by side.
[[nodiscard]] std::string inflation_text(const eval::Inflation& inflation);

/// UAR of each corpus that trained on each that was tested.
[[nodiscard]] std::string cross_corpus_text(const eval::CrossCorpus& matrix);

/// Two runs and how they differ.
[[nodiscard]] std::string comparison_text(const eval::Comparison& comparison, const std::string& a,
                                          const std::string& b, bool drawn_speakers);

/// What test clips share with training, a sentence for each thing that makes the figures flatter.
[[nodiscard]] std::vector<std::string> overlap_warnings(const eval::FoldPlan& plan);

/// The same evaluation as JSON: folds, metrics with intervals, classes, seeds.
[[nodiscard]] Json evaluation_json(const Dataset& dataset, const eval::Evaluation& evaluation,
                                   const eval::BootstrapOptions& bootstrap);
/// Which groups of features matter: permutation importance over the folds.
[[nodiscard]] Json importance_json(const eval::Evaluation& evaluation,
                                   const eval::EvaluationOptions& options);
[[nodiscard]] std::string importance_text(const Json& importance);

[[nodiscard]] Json comparison_json(const eval::Comparison& comparison, bool drawn_speakers);

}  // namespace undertone::app
