#include "undertone/cross_corpus.hpp"

#include <algorithm>

#include "eval/clip_groups.hpp"
#include "eval/plan_checks.hpp"
#include "undertone/error.hpp"

namespace undertone::eval {
namespace {

std::vector<std::size_t> clips_of(const ClipGroups& corpora, std::size_t corpus) {
    std::vector<std::size_t> clips;
    for (std::size_t clip = 0; clip < corpora.of_clip.size(); ++clip)
        if (corpora.of_clip[clip] == static_cast<int>(corpus)) clips.push_back(clip);
    return clips;
}

/// A fold of one corpus' plan in the numbers of the whole dataset.
Fold in_whole(const Fold& fold, const std::vector<std::size_t>& clips) {
    Fold whole{{}, {}, fold.name};
    for (const std::size_t clip : fold.train) whole.train.push_back(clips[clip]);
    for (const std::size_t clip : fold.test) whole.test.push_back(clips[clip]);
    return whole;
}

/// The clips of one corpus, with all labels of the whole, so that their numbers stay.
Dataset one_corpus(const Dataset& dataset, const std::vector<std::size_t>& clips) {
    Dataset one;
    one.labels = dataset.labels;
    one.features = Matrix<double>(clips.size(), 0);  // to plan folds takes no features
    for (const std::size_t clip : clips) {
        one.targets.push_back(dataset.targets[clip]);
        one.recordings.push_back(dataset.recordings[clip]);
        if (!dataset.sample_hashes.empty()) one.sample_hashes.push_back(dataset.sample_hashes[clip]);
    }
    return one;
}

FoldPlan within(const Dataset& dataset, const std::vector<std::size_t>& clips, std::uint32_t random_state) {
    FoldPlan plan =
        plan_folds(one_corpus(dataset, clips), {.protocol = Protocol::speaker, .random_state = random_state});
    for (Fold& fold : plan.folds) fold = in_whole(fold, clips);
    return plan;
}

/// One training, tested on all other corpora at once: what is split again is only the result.
FoldPlan across(const Dataset& dataset, const ClipGroups& corpora, std::size_t trained) {
    FoldPlan plan{
        .protocol = "trained on " + corpora.names[trained], .folds = {}, .overlap = {}, .notes = {}};
    Fold fold;
    for (std::size_t clip = 0; clip < corpora.of_clip.size(); ++clip)
        (corpora.of_clip[clip] == static_cast<int>(trained) ? fold.train : fold.test).push_back(clip);
    plan.folds.push_back(std::move(fold));
    finish_plan(dataset, Apart::speakers, plan);
    return plan;
}

/// The part of results that is of one corpus.
Evaluation part_of(const Dataset& dataset, const ClipGroups& corpora, const Evaluation& whole,
                   std::size_t trained, std::size_t tested, const BootstrapOptions& options) {
    FoldPlan plan{
        .protocol = corpora.names[trained] + " -> " + corpora.names[tested],
        .folds = {Fold{whole.plan.folds.front().train, clips_of(corpora, tested), corpora.names[tested]}},
        .overlap = {},
        .notes = {}};
    finish_plan(dataset, Apart::speakers, plan);
    std::vector<FoldResult> parts;
    for (const FoldResult& result : whole.results) {
        FoldResult part = result;
        part.clips = plan.folds.front().test;
        part.proba = Matrix<double>(part.clips.size(), result.proba.cols());
        for (std::size_t i = 0, to = 0; i < result.clips.size(); ++i)
            if (corpora.of_clip[result.clips[i]] == static_cast<int>(tested))
                std::copy_n(result.proba.row(i).begin(), result.proba.cols(), part.proba.row(to++).begin());
        parts.push_back(std::move(part));
    }
    return score(dataset, plan, std::move(parts), options);
}

}  // namespace

std::vector<std::string> shared_labels(const Dataset& dataset) {
    const ClipGroups corpora = by_corpus(dataset);
    Matrix<int> seen(dataset.labels.size(), corpora.names.size());
    for (std::size_t clip = 0; clip < dataset.targets.size(); ++clip)
        seen(static_cast<std::size_t>(dataset.targets[clip]),
             static_cast<std::size_t>(corpora.of_clip[clip])) = 1;
    std::vector<std::string> shared;
    for (std::size_t label = 0; label < dataset.labels.size(); ++label) {
        const auto row = seen.row(label);
        if (std::find(row.begin(), row.end(), 0) == row.end()) shared.push_back(dataset.labels[label]);
    }
    return shared;
}

CrossCorpus cross_corpus(const Dataset& whole, const EvaluationOptions& options, std::uint32_t random_state,
                         const OnProgress& on_progress) {
    CrossCorpus result;
    result.corpora = by_corpus(whole).names;
    const std::size_t n = result.corpora.size();
    if (n < 2 || result.corpora.front().empty())
        throw Error(Errc::invalid_argument,
                    n < 2 ? "a matrix of corpora needs at least two: name more folders"
                          : "the corpus of some clips is not known: a matrix needs to know it of all");
    result.labels = shared_labels(whole);
    if (result.labels.size() < 2)
        throw Error(Errc::invalid_argument, "the corpora share " + std::to_string(result.labels.size()) +
                                                " labels: at least two are needed to tell them apart");
    const Dataset dataset = with_labels(whole, result.labels);
    const ClipGroups corpora = by_corpus(dataset);

    // All trainings in one plan, so that they run side by side: those within each corpus, then those across.
    std::vector<FoldPlan> plans;
    for (std::size_t corpus = 0; corpus < n; ++corpus)
        plans.push_back(within(dataset, clips_of(corpora, corpus), random_state));
    for (std::size_t corpus = 0; corpus < n; ++corpus) plans.push_back(across(dataset, corpora, corpus));
    FoldPlan all;
    for (const FoldPlan& plan : plans)
        all.folds.insert(all.folds.end(), plan.folds.begin(), plan.folds.end());
    EvaluationOptions unscored = options;
    unscored.bootstrap.n_draws = 0;
    const Evaluation trained = evaluate(dataset, all, unscored, on_progress);

    std::vector<Evaluation> parts;
    std::size_t first = 0;
    for (FoldPlan& plan : plans) {
        std::vector<FoldResult> results;
        for (const FoldResult& one : trained.results)
            if (one.fold >= first && one.fold < first + plan.folds.size()) {
                results.push_back(one);
                results.back().fold -= first;
            }
        first += plan.folds.size();
        const bool diagonal = parts.size() < n;
        if (diagonal) plan.protocol = corpora.names[parts.size()] + ", " + plan.protocol;
        BootstrapOptions how = options.bootstrap;
        if (!diagonal) how.n_draws = 0;  // its parts are drawn below
        parts.push_back(score(dataset, plan, std::move(results), how));
    }
    for (std::size_t row = 0; row < n; ++row)
        for (std::size_t column = 0; column < n; ++column)
            result.cells.push_back(
                row == column ? parts[row]
                              : part_of(dataset, corpora, parts[n + row], row, column, options.bootstrap));
    return result;
}

}  // namespace undertone::eval
