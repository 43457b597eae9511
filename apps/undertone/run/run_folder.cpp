#include "run/run_folder.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <set>
#include <string_view>

#include "os/file.hpp"
#include "output/output.hpp"
#include "run/run_units.hpp"
#include "undertone/error.hpp"
#include "undertone/metrics.hpp"

namespace undertone::app {

namespace {

namespace fs = std::filesystem;

std::string without_slash(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path;
}

bool is_there(const std::string& path) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
}

std::string part_folder(const std::string& run) { return without_slash(run) + ".part"; }

/// Makes it, and what it lies in, unless it is there. @return  those that were made, the outermost first
std::vector<std::string> make_folders(const fs::path& folder) {
    std::vector<std::string> missing;
    for (fs::path one = folder; !one.empty() && !is_there(one.string()); one = one.parent_path())
        missing.insert(missing.begin(), one.string());
    std::error_code failed;
    if (!folder.empty()) fs::create_directories(folder, failed);
    if (failed) throw Error(Errc::io, folder.string() + ": cannot be made: " + failed.message());
    return missing;
}

void remove_empty(const std::vector<std::string>& folders) {
    std::error_code ignored;
    for (auto one = folders.rbegin(); one != folders.rend(); ++one) fs::remove(*one, ignored);
}

// Whether a journal has a training that is finished: else nothing is lost with it. That is so with a second
// line that is whole, and with a first one that is not of undertone.
bool holds_units(const std::string& journal) noexcept {
    try {
        if (!is_there(journal)) return false;
        const RegularFile file(journal);
        constexpr std::size_t kMostHead = std::size_t{1} << 20U;
        std::string head, block(std::size_t{1} << 16U, '\0');
        std::size_t n_lines = 0;
        for (off_t at = 0; n_lines < 2;) {
            const ssize_t got = ::pread(file.descriptor(), block.data(), block.size(), at);
            if (got < 0) return true;
            if (got == 0) return n_lines == 1 && parse_journal(head + "\n", journal).of.empty();
            const std::string_view text(block.data(), static_cast<std::size_t>(got));
            if (n_lines == 0 && head.size() < kMostHead) head += text.substr(0, text.find('\n'));
            n_lines += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
            at += got;
        }
        return true;
    } catch (const std::exception&) {
        return true;  // who cannot tell removes nothing
    }
}

constexpr const char* kCommand = "/command.json";
constexpr const char* kUnits = "/units.jsonl";
constexpr const char* kResult = "/result";

constexpr std::array<std::string_view, 6> kColumns{"file", "speaker", "truth", "predicted", "fold", "seed"};

}  // namespace

RunFolder::RunFolder(const std::string& run, bool go_on) : run_(without_slash(run)), goes_on_(go_on) {
    const std::string part = part_folder(run_);
    if (is_there(run_)) {
        if (is_run(run_)) remove_rest(run_);
        throw Error(Errc::io, run_ + ": is there already; name a folder that is not");
    }
    if (go_on && !OwnFolder::is_there(part))
        throw Error(Errc::io, run_ + ": there is no unfinished run to go on with");
    made_ = make_folders(fs::path(run_).parent_path());
    bool begun = false;
    try {
        part_.emplace(part);
        if (go_on) {
            part_->check();
            return;
        }
        if (holds_units(part + kUnits))
            throw Error(Errc::io, part + ": an unfinished run is there: go on with --resume " + run_ +
                                      ", or remove it");
        part_->clear();
        begun = true;
        write_file(part + kCommand, format_json(command_json(remembered_command()), 2) + "\n");
    } catch (...) {
        if (begun) part_->remove();
        remove_empty(made_);
        throw;
    }
}

RunFolder::~RunFolder() {
    if (!part_ || goes_on_ || holds_units(journal())) return;
    part_->remove();
    remove_empty(made_);
}

std::string RunFolder::journal() const { return part_folder(run_) + kUnits; }

void RunFolder::write(const std::string& name, const std::string& content) {
    const fs::path file = fs::path(part_folder(run_) + kResult) / name;
    static_cast<void>(make_folders(file.parent_path()));
    write_file(file.string(), content);
}

void RunFolder::commit() {
    if (!rename_to_free(part_folder(run_) + kResult, run_))
        throw Error(Errc::io, run_ + ": cannot be put in place: " + std::strerror(errno));
    part_->remove();
    part_.reset();
}

void RunFolder::remove_rest(const std::string& run) {
    const std::string part = part_folder(run);
    OwnFolder::remove_left_behind(part);
    if (is_there(part) && OwnFolder::is_there(part)) OwnFolder(part).remove();
}

Command RunFolder::command_of(const std::string& run) {
    const std::string file = part_folder(run) + kCommand;
    if (!is_there(part_folder(run)) || !OwnFolder::is_there(part_folder(run)) || !is_there(file))
        throw Error(Errc::io, run + ": there is no unfinished run to go on with");
    return command_from(parse_json(read_file(file), file), file);
}

std::string predictions_csv(const Dataset& dataset, const eval::Evaluation& evaluation) {
    std::string text;
    for (const std::string_view column : kColumns) text += (text.empty() ? "" : ",") + std::string(column);
    for (const std::string& label : evaluation.labels) text += "," + csv_field("p_" + label);
    text += "\n";
    for (const eval::FoldResult& result : evaluation.results) {
        const std::vector<int> predicted = eval::most_probable(result.proba);
        const std::string fold = fold_name(evaluation.plan, result.fold);
        for (std::size_t i = 0; i < result.clips.size(); ++i) {
            const Recording& recording = dataset.recordings[result.clips[i]];
            const auto target = static_cast<std::size_t>(dataset.targets[result.clips[i]]);
            text += csv_field(recording.path) + "," + csv_field(recording.speaker) + "," +
                    csv_field(dataset.labels[target]) + "," +
                    csv_field(evaluation.labels[static_cast<std::size_t>(predicted[i])]) + "," +
                    csv_field(fold) + "," + std::to_string(result.seed);
            for (const double p : result.proba.row(i)) text += "," + shortest(p);
            text += "\n";
        }
    }
    return text;
}

std::string curves_csv(const eval::Evaluation& evaluation) {
    std::set<std::string> names;
    for (const eval::FoldResult& result : evaluation.results)
        for (const auto& curve : result.history) names.insert(curve.first);
    std::string text = "fold,seed,epoch";
    for (const std::string& name : names) text += "," + csv_field(name);
    text += "\n";
    for (const eval::FoldResult& result : evaluation.results)
        for (std::size_t epoch = 0; epoch < result.n_epochs; ++epoch) {
            text += csv_field(fold_name(evaluation.plan, result.fold)) + "," + std::to_string(result.seed) +
                    "," + std::to_string(epoch + 1);
            for (const std::string& name : names) {
                const auto curve = result.history.find(name);
                const bool there = curve != result.history.end() && epoch < curve->second.size();
                text += "," + (there ? shortest(curve->second[epoch]) : "");
            }
            text += "\n";
        }
    return text;
}

}  // namespace undertone::app
