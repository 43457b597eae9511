#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "options/arguments.hpp"
#include "run/run_folder.hpp"
#include "run/run_units.hpp"

namespace undertone::app {

/// The trainings that a run has done so far, in `RUN.part/units.jsonl`: each is kept on disk before the next
/// one counts, so that a run that was killed goes on with --resume.
class RunJournal final : public eval::UnitStore {
public:
    /// @param folder  of the run; what it goes on with is read
    /// @throws Error corrupt_data  more than a run has
    explicit RunJournal(const RunFolder& folder);
    ~RunJournal() override;
    RunJournal(const RunJournal&) = delete;
    RunJournal& operator=(const RunJournal&) = delete;

    /// Says what the units are of: options, clips and folds. Units of other ones are not taken up; lines that
    /// are broken stay where they are, are named on standard error, and their trainings done again.
    /// @throws Error invalid_argument  they are of others: the recordings, the program or the options have
    ///         changed since the run began. Nothing was changed then
    void bind(const std::string& fingerprint);

    [[nodiscard]] std::optional<eval::FoldResult> find(const std::string& key) const override;
    void keep(const std::string& key, const eval::FoldResult& result) override;
    void refuse(const std::string& key, const std::string& reason) override;

private:
    void write(const std::string& text);

    std::string run_, file_name_, fingerprint_;
    std::string failure_;  // of a write, after which nothing more is written
    int file_ = -1;        // opened by the first write, at the end of what is whole
    Journal journal_;
    mutable std::mutex mutex_;
};

/// What the units of a run depend on: all that its head says but how it was called.
[[nodiscard]] std::string fingerprint(Json head);

/// The option --resume, and the flag by which a verb that is called again knows that it goes on.
struct ResumeOptions {
    std::string run;
    bool goes_on = false;
};

/// Declares --resume, which goes with no option that is declared already.
void declare_resume(const Arguments& app, ResumeOptions& options);

/// Goes on with an unfinished run, as it was called. @return  the exit code; 0 for a run that is whole
int resume(const std::string& run);

}  // namespace undertone::app
