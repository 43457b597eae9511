#include "eval/plan_checks.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "eval/clip_groups.hpp"
#include "undertone/error.hpp"

namespace undertone::eval {
namespace {

[[noreturn]] void refuse(const std::string& reason) { throw Error(Errc::invalid_argument, reason); }

std::string name_of(const FoldPlan& plan, std::size_t fold) {
    const std::string& name = plan.folds[fold].name;
    return "fold " + (name.empty() ? std::to_string(fold + 1) : name) + " of " + plan.protocol;
}

/// Test clips whose group, where it is known, trains too. @param shared  one of them, if there is any
std::size_t n_shared(const Fold& fold, const ClipGroups& groups, std::optional<std::size_t>& shared) {
    std::vector<bool> trains(groups.names.size());
    for (const std::size_t clip : fold.train) trains[static_cast<std::size_t>(groups.of_clip[clip])] = true;
    std::size_t n = 0;
    for (const std::size_t clip : fold.test) {
        const auto group = static_cast<std::size_t>(groups.of_clip[clip]);
        if (!trains[group] || groups.names[group].empty()) continue;
        if (!shared) shared = clip;
        ++n;
    }
    return n;
}

struct Copies {
    std::size_t n = 0, test = 0, train = 0;  // how many, and one pair of them
};

Copies copies(const Dataset& dataset, const Fold& fold) {
    Copies result;
    if (dataset.sample_hashes.empty()) return result;
    std::map<std::uint64_t, std::size_t> trains;
    for (const std::size_t clip : fold.train) trains.emplace(dataset.sample_hashes[clip], clip);
    for (const std::size_t clip : fold.test) {
        const auto found = trains.find(dataset.sample_hashes[clip]);
        if (found == trains.end()) continue;
        if (result.n++ == 0) {
            result.test = clip;
            result.train = found->second;
        }
    }
    return result;
}

void check_fold(const Dataset& dataset, const FoldPlan& plan, std::size_t index) {
    const Fold& fold = plan.folds[index];
    if (fold.test.empty())
        refuse(name_of(plan, index) + " has no clip to test: the groups differ too much, take fewer folds");
    if (fold.train.empty()) refuse(name_of(plan, index) + " has no clip to train on");
    std::vector<bool> trained(dataset.labels.size());
    for (const std::size_t clip : fold.train) trained[static_cast<std::size_t>(dataset.targets[clip])] = true;
    std::string missing;
    for (std::size_t label = 0; label < trained.size(); ++label)
        if (!trained[label]) missing += (missing.empty() ? "" : ",") + dataset.labels[label];
    if (!missing.empty())
        refuse(name_of(plan, index) + " has no clip of " + missing +
               " left to train on: leave such labels out, or take other folds");
}

}  // namespace

void check_labels(const Dataset& dataset, std::size_t n_folds) {
    std::vector<std::size_t> counts(dataset.labels.size());
    for (const int target : dataset.targets) ++counts[static_cast<std::size_t>(target)];
    for (std::size_t label = 0; label < counts.size(); ++label)
        if (counts[label] < n_folds)
            refuse("label " + dataset.labels[label] + " has " + std::to_string(counts[label]) +
                   (counts[label] == 1 ? " clip" : " clips") + " for " + std::to_string(n_folds) +
                   " folds: take fewer folds, more clips, or leave that label out");
}

void finish_plan(const Dataset& dataset, Apart apart, FoldPlan& plan) {
    const ClipGroups speakers = by_speaker(dataset), texts = by_text(dataset);
    plan.overlap = {};
    plan.overlap.speakers_known = speakers.known;
    plan.overlap.texts_known = texts.known;
    plan.overlap.duplicates_known = !dataset.sample_hashes.empty();
    const auto path = [&](std::size_t clip) { return dataset.recordings[clip].path; };
    for (std::size_t i = 0; i < plan.folds.size(); ++i) {
        const Fold& fold = plan.folds[i];
        check_fold(dataset, plan, i);
        std::optional<std::size_t> speaker, text;
        const std::size_t n_speakers = n_shared(fold, speakers, speaker),
                          n_texts = n_shared(fold, texts, text);
        const Copies same = copies(dataset, fold);
        if (apart == Apart::speakers && speaker)
            refuse(name_of(plan, i) + ": speaker " + dataset.recordings[*speaker].speaker +
                   " stands in training and in test");
        if (apart == Apart::speakers && same.n > 0)
            refuse(name_of(plan, i) + ": " + path(same.test) + " tests and " + path(same.train) +
                   " trains, and they are the same recording: remove one, or give both the same speaker");
        if (apart == Apart::texts && text)
            refuse(name_of(plan, i) + ": text " + dataset.recordings[*text].text +
                   " stands in training and in test");
        plan.overlap.n_tested += fold.test.size();
        plan.overlap.of_speakers += n_speakers;
        plan.overlap.of_texts += n_texts;
        plan.overlap.of_duplicates += same.n;
    }
}

}  // namespace undertone::eval
