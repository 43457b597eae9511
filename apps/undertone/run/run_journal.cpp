#include "run/run_journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "os/file.hpp"
#include "output/output.hpp"
#include "undertone/error.hpp"

namespace undertone::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxJournal = std::size_t{1} << 29;

}  // namespace

RunJournal::RunJournal(const RunFolder& folder) : run_(folder.run()), file_name_(folder.journal()) {
    std::error_code none;
    if (folder.goes_on() && fs::exists(fs::symlink_status(file_name_, none)))
        journal_ = parse_journal(read_file(file_name_, kMaxJournal), file_name_);
}

RunJournal::~RunJournal() {
    if (file_ >= 0) ::close(file_);
}

void RunJournal::bind(const std::string& fingerprint) {
    const std::lock_guard lock(mutex_);
    fingerprint_ = fingerprint;
    if (journal_.of.empty() && journal_.units.empty() && journal_.broken.empty()) return;
    if (journal_.of != fingerprint)
        throw Error(Errc::invalid_argument,
                    run_ +
                        ": the recordings, the program or their tables have changed since this run began, "
                        "or its journal was altered; nothing was changed: evaluate under another name, or "
                        "remove " +
                        run_ + ".part and begin anew");
    for (const Journal::BrokenLine& line : journal_.broken)
        complain(line.reason + "; the line stays, its training is done again");
}

std::optional<eval::FoldResult> RunJournal::find(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = journal_.units.find(key);
    if (found == journal_.units.end()) return std::nullopt;
    return found->second;
}

void RunJournal::keep(const std::string& key, const eval::FoldResult& result) {
    const std::lock_guard lock(mutex_);
    // What the units are of is said with the first of them: without any there is nothing to go on with.
    const bool first = file_ < 0 && journal_.of.empty();
    write((first ? journal_head(fingerprint_) : "") + journal_line(key, result));
}

void RunJournal::refuse(const std::string& key, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    journal_.units.erase(key);
    complain(file_name_ + ": " + key + ": " + reason + "; the line stays, its training is done again");
}

void RunJournal::write(const std::string& text) {
    // Another thread must not write behind what is missing or cut.
    const auto fail = [&] {
        if (failure_.empty()) failure_ = file_name_ + ": " + std::strerror(errno);
        throw Error(Errc::io, failure_);
    };
    if (!failure_.empty()) fail();
    if (file_ < 0) {
        file_ = ::open(file_name_.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
        const auto whole = static_cast<off_t>(journal_.whole_bytes);
        if (file_ < 0 || ::ftruncate(file_, whole) != 0 || ::lseek(file_, whole, SEEK_SET) != whole) fail();
    }
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t got = ::write(file_, text.data() + done, text.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail();
        done += static_cast<std::size_t>(got);
    }
    if (::fdatasync(file_) != 0) fail();
}

std::string fingerprint(Json head) {
    head.erase("command");
    return format_json(head);
}

void declare_resume(const Arguments& app, ResumeOptions& options) {
    const std::vector<Option> others = app.options();
    const Option resume =
        app.option("--resume", options.run, "go on with this run, which was cut off, as it was called");
    for (const Option& option : others) resume.excludes(option);
    app.flag("--goes-on", options.goes_on).group("");
}

int resume(const std::string& run) {
    if (is_run(run)) {
        RunFolder::remove_rest(run);  // the end of a run that was ended between its last two steps
        print("run is whole: " + run + "\n");
        return 0;
    }
    return call_again(RunFolder::command_of(run), run, {"--goes-on"});
}

}  // namespace undertone::app
