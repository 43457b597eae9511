#include "run/run_comparison.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "undertone/error.hpp"

namespace undertone::app {

namespace {

// More different labels than predictions.csv may have columns are no labels.
constexpr std::size_t kMaxLabels = 4096;

std::string_view file_name(std::string_view path) { return path.substr(path.find_last_of('/') + 1); }

[[noreturn]] void refuse(const std::string& reason) { throw Error(Errc::invalid_argument, reason); }

using Names = std::vector<std::string_view>;

// A million of them as a set would take five times as much.
Names sorted(Names names) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

void check_all_in(const Names& files, const Names& other, const std::string& other_path) {
    for (const std::string_view file : files) {
        if (std::binary_search(other.begin(), other.end(), file)) continue;
        std::string message = "the runs are not over the same clips: ";
        message.append(other_path).append(" lacks ").append(file);
        refuse(message);
    }
}

// What the rows' clips are called in both runs. A corpus may lie elsewhere in the other run: then the names
// of its files tell, where no two are alike.
std::pair<Names, Names> matched_files(const RunPredictions& a, const RunPredictions& b) {
    Names of_a(a.files.begin(), a.files.end()), of_b(b.files.begin(), b.files.end());
    if (sorted(of_a) == sorted(of_b)) return {of_a, of_b};
    for (auto [run, files] : {std::pair(&a, &of_a), std::pair(&b, &of_b)}) {
        std::map<std::string_view, std::string_view> path_of;
        for (std::string_view& file : *files) {
            const auto added = path_of.emplace(file_name(file), file);
            if (!added.second && added.first->second != file)
                refuse(run->path + ": " + std::string(file) + " and " + std::string(added.first->second) +
                       " have one name, and the paths of the two runs differ");
            file = file_name(file);
        }
    }
    check_all_in(of_a, sorted(of_b), b.path);
    check_all_in(of_b, sorted(of_a), a.path);
    return {of_a, of_b};
}

// The different clips, in the order in which they come.
struct Clips {
    Names truth, speakers;
    std::vector<std::pair<std::string_view, std::size_t>> number;  // of each name, sorted

    [[nodiscard]] std::size_t number_of(std::string_view file) const {
        return std::lower_bound(number.begin(), number.end(), std::pair(file, std::size_t{0}))->second;
    }
};

Clips clips_of(const RunPredictions& run, const Names& files) {
    Clips clips;
    std::vector<std::pair<std::string_view, std::size_t>> rows;
    for (std::size_t row = 0; row < files.size(); ++row) rows.emplace_back(files[row], row);
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end(),
                           [](const auto& a, const auto& b) { return a.first == b.first; }),
               rows.end());
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    for (const auto& [file, row] : rows) {
        clips.number.emplace_back(file, clips.number.size());
        clips.truth.emplace_back(run.truth[row]);
        clips.speakers.emplace_back(run.speakers[row]);
    }
    std::sort(clips.number.begin(), clips.number.end());
    return clips;
}

void check_truth(const RunPredictions& run, const Names& files, const Clips& clips) {
    for (std::size_t row = 0; row < files.size(); ++row) {
        const std::string_view other = clips.truth[clips.number_of(files[row])];
        if (run.truth[row] != other)
            refuse(run.path + ": " + run.files[row] + " is labelled " + run.truth[row] + ", elsewhere " +
                   std::string(other));
    }
}

// The labels of both runs, and what else either says or is told.
std::map<std::string_view, int> numbered_labels(const RunPredictions& a, const RunPredictions& b) {
    std::map<std::string_view, int> number_of;
    const auto add = [&](std::string_view label) {
        number_of.emplace(label, static_cast<int>(number_of.size()));
        if (number_of.size() > kMaxLabels)
            throw Error(Errc::corrupt_data, a.path + ", " + b.path + ": have more than the " +
                                                std::to_string(kMaxLabels) + " labels that are read");
    };
    for (const auto* labels : {&a.labels, &b.labels})
        for (const std::string& label : *labels) add(label);
    for (const NameColumn* column : {&a.truth, &a.predicted, &b.predicted})
        for (std::size_t i = 0; i < column->n_names(); ++i) add(column->name(i));
    return number_of;
}

eval::RunLabels labels_of(const RunPredictions& run, const Names& files, const Clips& clips,
                          const std::map<std::string_view, int>& label_number) {
    std::vector<int> number_of_name;
    for (std::size_t i = 0; i < run.predicted.n_names(); ++i)
        number_of_name.push_back(label_number.at(run.predicted.name(i)));
    eval::RunLabels result;
    for (std::size_t row = 0; row < files.size(); ++row) {
        result.clips.push_back(clips.number_of(files[row]));
        result.predicted.push_back(number_of_name[run.predicted.number(row)]);
    }
    return result;
}

// Speakers where all are known and there are several, else clips.
std::vector<int> units_of(const Clips& clips, bool& speakers) {
    std::map<std::string_view, int> number;
    for (const std::string_view speaker : clips.speakers)
        number.emplace(speaker, static_cast<int>(number.size()));
    speakers = number.size() > 1 && number.count("") == 0;
    std::vector<int> units;
    for (std::size_t clip = 0; clip < clips.speakers.size(); ++clip)
        units.push_back(speakers ? number[clips.speakers[clip]] : static_cast<int>(clip));
    return units;
}

}  // namespace

RunComparison compare_runs(const RunPredictions& a, const RunPredictions& b, const OnProgress& on_progress) {
    const auto go_on = [&] {
        if (on_progress && !on_progress({})) throw Error(Errc::cancelled, "the comparison was stopped");
    };
    const auto [files_a, files_b] = matched_files(a, b);
    go_on();
    const Clips clips = clips_of(a, files_a);
    go_on();
    check_truth(a, files_a, clips);
    check_truth(b, files_b, clips);
    go_on();
    const std::map<std::string_view, int> label_number = numbered_labels(a, b);
    std::vector<int> truth;
    for (const std::string_view label : clips.truth) truth.push_back(label_number.at(label));
    RunComparison result;
    const std::vector<int> units = units_of(clips, result.drawn_speakers);
    result.comparison =
        eval::compare(truth, units, label_number.size(), labels_of(a, files_a, clips, label_number),
                      labels_of(b, files_b, clips, label_number), {}, on_progress);
    return result;
}

}  // namespace undertone::app
