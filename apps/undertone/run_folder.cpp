#include "run_folder.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>

#include "core/file.hpp"
#include "output.hpp"
#include "undertone/error.hpp"
#include "undertone/metrics.hpp"

namespace undertone::app {

namespace {

namespace fs = std::filesystem;

std::string without_slash(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path;
}

void check_free(const std::string& path) {
    if (fs::exists(fs::symlink_status(path)))
        throw Error(Errc::io, path + ": is there already; name a folder that is not");
}

/// Makes it, and what it lies in, unless it is there.
void make_folder(const fs::path& folder) {
    std::error_code failed;
    if (!folder.empty()) fs::create_directories(folder, failed);
    if (failed) throw Error(Errc::io, folder.string() + ": cannot be made: " + failed.message());
}

constexpr std::array<std::string_view, 6> kColumns{"file", "speaker", "truth", "predicted", "fold", "seed"};

}  // namespace

RunFolder::RunFolder(std::string path) : path_(without_slash(std::move(path))) {
    check_free(path_);
    make_folder(fs::path(path_).parent_path());
    std::string pattern = path_ + ".tmp-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr)
        throw Error(Errc::io, path_ + ": no folder can be made there: " + std::strerror(errno));
    temporary_ = pattern;
    fs::permissions(temporary_, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                                    fs::perms::others_read | fs::perms::others_exec);
}

RunFolder::~RunFolder() {
    std::error_code ignored;
    if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

void RunFolder::write(const std::string& name, const std::string& content) {
    const fs::path file = fs::path(temporary_) / name;
    make_folder(file.parent_path());
    write_file(file.string(), content);
}

void RunFolder::commit() {
    check_free(path_);
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0)
        throw Error(Errc::io, path_ + ": cannot be put in place: " + std::strerror(errno));
    temporary_.clear();
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
