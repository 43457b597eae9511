#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "run/own_folder.hpp"
#include "run/run_reading.hpp"
#include "undertone/evaluation.hpp"

namespace undertone::app {

/// A folder of results that is whole or absent. What is done so far lies in `RUN.part` beside the place, and
/// the results take the place when commit() is called. Destroyed without commit(), it leaves nothing behind
/// but finished trainings, which are kept for --resume (see run_journal.hpp).
class RunFolder {
public:
    /// @param go_on  take up the trainings of an unfinished run, which must be there; else none may be there
    /// @throws Error io  something stands in the place already or is at `RUN.part`, which is then as it was;
    ///         no folder can be made; another process is at work on this run
    explicit RunFolder(const std::string& run, bool go_on = false);
    ~RunFolder();
    RunFolder(const RunFolder&) = delete;
    RunFolder& operator=(const RunFolder&) = delete;

    /// Writes a file, `run.json` or one of a folder within, `random-5/run.json`.
    /// @throws Error io
    void write(const std::string& name, const std::string& content);

    /// @throws Error io
    void commit();

    [[nodiscard]] const std::string& run() const noexcept { return run_; }
    [[nodiscard]] bool goes_on() const noexcept { return goes_on_; }
    [[nodiscard]] std::string journal() const;  ///< the file of finished trainings

    /// Removes what is left of a run that is whole and was ended before it could do so.
    static void remove_rest(const std::string& run);

    /// How an unfinished run was called.
    /// @throws Error io  there is none
    [[nodiscard]] static Command command_of(const std::string& run);

private:
    std::string run_;
    bool goes_on_ = false;
    std::vector<std::string> made_;  // folders above the run, the outermost first
    std::optional<OwnFolder> part_;
};

/// predictions.csv: `file,speaker,truth,predicted,fold,seed,p_LABEL...`, a row for each tested clip of each
/// seed. Probabilities are written so that they are read back unchanged.
[[nodiscard]] std::string predictions_csv(const Dataset& dataset, const eval::Evaluation& evaluation);

/// curves.csv: `fold,seed,epoch,NAME...`, a row for each epoch of each training; NAME is loss, val_loss and
/// the like. A cell is empty where a training has no such curve.
[[nodiscard]] std::string curves_csv(const eval::Evaluation& evaluation);

}  // namespace undertone::app
