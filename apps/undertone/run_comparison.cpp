#include "run_comparison.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "undertone/error.hpp"

namespace undertone::app {

namespace {

std::string file_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

[[noreturn]] void refuse(const std::string& reason) { throw Error(Errc::invalid_argument, reason); }

std::set<std::string> files_of(const RunPredictions& run) { return {run.files.begin(), run.files.end()}; }

void check_all_in(const RunPredictions& run, const std::set<std::string>& other,
                  const std::string& other_path) {
    for (const std::string& file : run.files) {
        if (other.count(file) != 0) continue;
        std::string message = "the runs are not over the same clips: ";
        message.append(other_path).append(" lacks ").append(file);
        refuse(message);
    }
}

// A corpus may lie elsewhere in the other run: then the names of its files tell, where no two are alike.
void match_files(RunPredictions& a, RunPredictions& b) {
    if (files_of(a) == files_of(b)) return;
    for (RunPredictions* run : {&a, &b}) {
        std::map<std::string, std::string> path_of;
        for (const std::string& file : run->files) {
            const auto added = path_of.emplace(file_name(file), file);
            if (!added.second && added.first->second != file)
                refuse(run->path + ": " + file + " and " + added.first->second +
                       " have one name, and the paths of the two runs differ");
        }
        for (std::string& file : run->files) file = file_name(file);
    }
    check_all_in(a, files_of(b), b.path);
    check_all_in(b, files_of(a), a.path);
}

struct Clips {
    std::map<std::string, std::size_t> number;
    std::vector<std::string> truth, speakers;
};

Clips clips_of(const RunPredictions& run) {
    Clips clips;
    for (std::size_t row = 0; row < run.files.size(); ++row)
        if (clips.number.emplace(run.files[row], clips.truth.size()).second) {
            clips.truth.push_back(run.truth[row]);
            clips.speakers.push_back(run.speakers[row]);
        }
    return clips;
}

void check_truth(const RunPredictions& run, const Clips& clips) {
    for (std::size_t row = 0; row < run.files.size(); ++row) {
        const std::string& other = clips.truth[clips.number.at(run.files[row])];
        if (run.truth[row] != other)
            refuse(run.path + ": " + run.files[row] + " is labelled " + run.truth[row] + ", elsewhere " +
                   other);
    }
}

int label_number(const std::vector<std::string>& labels, const std::string& label) {
    return static_cast<int>(std::find(labels.begin(), labels.end(), label) - labels.begin());
}

eval::RunLabels labels_of(const RunPredictions& run, const Clips& clips,
                          const std::vector<std::string>& labels) {
    eval::RunLabels result;
    for (std::size_t row = 0; row < run.files.size(); ++row) {
        result.clips.push_back(clips.number.at(run.files[row]));
        result.predicted.push_back(label_number(labels, run.predicted[row]));
    }
    return result;
}

// Speakers where all are known and there are several, else clips.
std::vector<int> units_of(const Clips& clips, bool& speakers) {
    std::map<std::string, int> number;
    for (const std::string& speaker : clips.speakers)
        number.emplace(speaker, static_cast<int>(number.size()));
    speakers = number.size() > 1 && number.count("") == 0;
    std::vector<int> units;
    for (std::size_t clip = 0; clip < clips.speakers.size(); ++clip)
        units.push_back(speakers ? number[clips.speakers[clip]] : static_cast<int>(clip));
    return units;
}

}  // namespace

RunComparison compare_runs(RunPredictions a, RunPredictions b) {
    match_files(a, b);
    const Clips clips = clips_of(a);
    check_truth(a, clips);
    check_truth(b, clips);
    std::vector<std::string> labels = a.labels;  // and what else either run says or is told
    for (const auto* more : {&b.labels, &a.truth, &a.predicted, &b.predicted})
        for (const std::string& label : *more)
            if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
    std::vector<int> truth;
    for (const std::string& label : clips.truth) truth.push_back(label_number(labels, label));
    RunComparison result;
    const std::vector<int> units = units_of(clips, result.drawn_speakers);
    result.comparison =
        eval::compare(truth, units, labels.size(), labels_of(a, clips, labels), labels_of(b, clips, labels));
    return result;
}

}  // namespace undertone::app
