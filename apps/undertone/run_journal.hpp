#pragma once

#include <CLI/App.hpp>
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "command.hpp"
#include "undertone/evaluation.hpp"

namespace undertone::app {

/// What a run has done so far, kept on disk until the run is whole: a folder `RUN.part` beside its place,
/// with `command.json` (how the run was called) and `units.jsonl`, a line for each finished training. A run
/// that was killed is called again with --resume; a line that was cut is done anew.
class RunJournal final : public eval::UnitStore {
public:
    /// @param go_on  take up what is there; else there must be nothing
    /// @throws Error io  an unfinished run is there, or none to go on with; another process works on it
    RunJournal(const std::string& run, bool go_on);
    ~RunJournal() override;
    RunJournal(const RunJournal&) = delete;
    RunJournal& operator=(const RunJournal&) = delete;

    /// Says what the units are of: options, clips and folds. Units of other ones are not taken up.
    /// @throws Error invalid_argument  the recordings have changed since the run began
    void bind(const std::string& fingerprint);

    [[nodiscard]] std::optional<eval::FoldResult> find(const std::string& key) const override;
    void keep(const std::string& key, const eval::FoldResult& result) override;

    /// The run is in its place: nothing is to be gone on with.
    static void remove(const std::string& run);

    /// How an unfinished run was called.
    /// @throws Error io  there is none
    [[nodiscard]] static Command command_of(const std::string& run);

private:
    static constexpr const char* kCommand = "/command.json";
    void load();
    void append(const Json& line);

    std::string run_, folder_, file_name_, fingerprint_;
    std::FILE* file_ = nullptr;
    bool holds_units_ = false;
    mutable std::mutex mutex_;
    std::map<std::string, eval::FoldResult> units_;
};

/// A calibration in a journal and in run.json; null without one.
[[nodiscard]] Json calibration_json(const std::optional<CalibrationFit>& fit);

/// What the units of a run depend on: all that its head says but how it was called.
[[nodiscard]] std::string fingerprint(Json head);

/// The option --resume, and the flag by which a verb that is called again knows that it goes on.
struct ResumeOptions {
    std::string run;
    bool goes_on = false;
};

/// Declares --resume, which goes with no option that is declared already.
void declare_resume(CLI::App& app, ResumeOptions& options);

/// Goes on with an unfinished run, as it was called. @return  the exit code; 0 for a run that is whole
int resume(const std::string& run);

}  // namespace undertone::app
