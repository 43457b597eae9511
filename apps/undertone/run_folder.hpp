#pragma once

#include <string>

#include "command.hpp"
#include "run_reading.hpp"
#include "undertone/evaluation.hpp"

namespace undertone::app {

/// A folder of results that is whole or absent: files go to a temporary folder beside the place, which takes
/// it when commit() is called. Destroyed without commit(), it leaves nothing behind.
class RunFolder {
public:
    /// @throws Error io  something stands in the place already, or no folder can be made beside it
    explicit RunFolder(std::string path);
    ~RunFolder();
    RunFolder(const RunFolder&) = delete;
    RunFolder& operator=(const RunFolder&) = delete;

    /// Writes a file, `run.json` or one of a folder within, `random-5/run.json`.
    /// @throws Error io
    void write(const std::string& name, const std::string& content);

    /// @throws Error io
    void commit();

private:
    std::string path_, temporary_;
};

/// predictions.csv: `file,speaker,truth,predicted,fold,seed,p_LABEL...`, a row for each tested clip of each
/// seed. Probabilities are written so that they are read back unchanged.
[[nodiscard]] std::string predictions_csv(const Dataset& dataset, const eval::Evaluation& evaluation);

/// curves.csv: `fold,seed,epoch,NAME...`, a row for each epoch of each training; NAME is loss, val_loss and
/// the like. A cell is empty where a training has no such curve.
[[nodiscard]] std::string curves_csv(const eval::Evaluation& evaluation);

}  // namespace undertone::app
