#pragma once

#include <span>
#include <string>

#include "undertone/corpus.hpp"
#include "undertone/extraction.hpp"
#include "undertone/training.hpp"

namespace undertone::app {

/// What was read: clips, speakers, classes, where from.
[[nodiscard]] std::string summary(const Corpus& corpus, const Dataset& dataset);

/// How a training came out: how the clips were divided, `accuracy` and `UAR`, a row for each class, the
/// confusion matrix.
[[nodiscard]] std::string report(const TrainResult& result);

/// The confusion matrix as a table.
[[nodiscard]] std::string confusion_table(const eval::Report& scores);

/// "loss █▅▂▁ 2.110 to 0.312 in 50 epochs": the mean over trainings at each epoch, of those that still go on,
/// empty where none has a loss. For a terminal.
[[nodiscard]] std::string loss_line(std::span<const History> trainings);

/// Names on standard error the files that were left out by their names: the first five and how many there
/// are.
void complain_of_skipped(const Corpus& corpus);

/// Names on standard error each recording that could not be read.
void complain_of_failed(const Dataset& dataset);

/// The exit code of a batch that went through; says on standard error how many of its recordings failed.
[[nodiscard]] int code_of_batch(const Dataset& dataset);

/// The message of a file's error, which names the file.
[[nodiscard]] std::string failure(const FileFeatures& file);

}  // namespace undertone::app
