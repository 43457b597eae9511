#include "eval/calibration_folds.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "undertone/error.hpp"

namespace undertone::eval {
namespace {

constexpr std::size_t kFolds = 5;

bool every_label_is_trained(const std::vector<Fold>& folds, std::span<const int> labels) {
    const std::size_t n_labels = std::set<int>(labels.begin(), labels.end()).size();
    return std::all_of(folds.begin(), folds.end(), [&](const Fold& fold) {
        std::set<int> trained;
        for (const std::size_t i : fold.train) trained.insert(labels[i]);
        return trained.size() == n_labels;
    });
}

/// @return  no fold where speakers do not do
CalibrationFolds of_speakers(std::span<const int> labels, const std::vector<std::string>& speakers,
                             std::size_t most, std::uint32_t seed) {
    std::map<std::string, int> numbers;
    for (const std::string& speaker : speakers) numbers.emplace(speaker, static_cast<int>(numbers.size()));
    if (numbers.size() < 2 || numbers.contains("")) return {};
    std::vector<int> groups;
    for (const std::string& speaker : speakers) groups.push_back(numbers.at(speaker));
    CalibrationFolds made;
    made.n_speakers = numbers.size();
    made.folds = stratified_group_k_fold(
        labels, groups,
        {.n_splits = std::min({kFolds, numbers.size(), most}), .shuffle = true, .random_state = seed});
    std::erase_if(made.folds, [](const Fold& fold) { return fold.test.empty(); });
    return every_label_is_trained(made.folds, labels) ? made : CalibrationFolds{};
}

}  // namespace

CalibrationFolds calibration_folds(const Dataset& dataset, std::span<const std::size_t> clips,
                                   std::uint32_t seed) {
    std::vector<int> labels;
    std::vector<std::string> speakers;
    std::map<int, std::size_t> counts;
    for (const std::size_t clip : clips) {
        labels.push_back(dataset.targets[clip]);
        speakers.push_back(dataset.recordings[clip].speaker);
        ++counts[labels.back()];
    }
    std::size_t fewest = kFolds, most = 0;
    for (const auto& [label, count] : counts) {
        if (count < 2)
            throw Error(Errc::invalid_argument, "calibration needs two clips of every label to train on: " +
                                                    dataset.labels[static_cast<std::size_t>(label)] +
                                                    " has one");
        fewest = std::min(fewest, count);
        most = std::max(most, count);
    }
    CalibrationFolds made = of_speakers(labels, speakers, most, seed);
    if (made.folds.empty())
        made.folds = stratified_k_fold(labels, {.n_splits = fewest, .shuffle = true, .random_state = seed});
    for (Fold& fold : made.folds)
        for (auto* part : {&fold.train, &fold.test})
            for (std::size_t& place : *part) place = clips[place];
    return made;
}

}  // namespace undertone::eval
