#include "undertone/evaluation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>

#include "eval/clip_groups.hpp"
#include "eval/fitted.hpp"
#include "eval/units.hpp"
#include "undertone/error.hpp"

namespace undertone::eval {
namespace {

/// Rows of predictions, of one fold or of several.
struct Rows {
    std::vector<int> truth, units;
    Matrix<double> proba;
};

class RowMaker {
public:
    RowMaker(std::vector<int> truth, ClipGroups speakers, std::size_t n_labels)
        : truth_(std::move(truth)), speakers_(std::move(speakers)), n_labels_(n_labels) {}

    [[nodiscard]] bool drawn_speakers() const { return speakers_.known && speakers_.names.size() > 1; }

    [[nodiscard]] Rows of(std::span<const FoldResult> results) const {
        std::size_t n = 0;
        for (const FoldResult& result : results) n += result.clips.size();
        Rows rows{{}, {}, Matrix<double>(n, n_labels_)};
        double* to = rows.proba.data();
        for (const FoldResult& result : results) {
            to = std::copy(result.proba.values().begin(), result.proba.values().end(), to);
            for (const std::size_t clip : result.clips) {
                rows.truth.push_back(truth_[clip]);
                rows.units.push_back(drawn_speakers() ? speakers_.of_clip[clip] : static_cast<int>(clip));
            }
        }
        return rows;
    }

private:
    std::vector<int> truth_;
    ClipGroups speakers_;
    std::size_t n_labels_;
};

Score score_of(const Rows& rows) {
    const Figures figures = bootstrap(rows.truth, rows.proba, rows.units, {.n_draws = 0});
    return {figures.uar.value,      figures.accuracy.value, figures.macro_f1.value,
            figures.log_loss.value, figures.brier.value,    figures.ece.value};
}

constexpr std::array kScores{&Score::uar,      &Score::accuracy, &Score::macro_f1,
                             &Score::log_loss, &Score::brier,    &Score::ece};

Spread spread_of(const std::vector<Score>& scores) {
    const double n = static_cast<double>(scores.size());
    Spread spread;
    for (const auto member : kScores) {
        for (const Score& score : scores) spread.mean.*member += score.*member / n;
        double squares = 0;
        for (const Score& score : scores) squares += std::pow(score.*member - spread.mean.*member, 2);
        spread.deviation.*member = scores.size() > 1 ? std::sqrt(squares / (n - 1)) : 0;
    }
    return spread;
}

/// @param truth  `[n_clips]`, indices into labels
Evaluation scored(std::vector<std::string> labels, std::vector<int> truth, const Dataset& dataset,
                  FoldPlan plan, std::vector<FoldResult> results, const BootstrapOptions& options) {
    if (results.empty()) throw Error(Errc::invalid_argument, "there is no result of a fold to score");
    std::sort(results.begin(), results.end(), [](const FoldResult& a, const FoldResult& b) {
        return a.seed != b.seed ? a.seed < b.seed : a.fold < b.fold;
    });
    const RowMaker maker(std::move(truth), by_speaker(dataset), labels.size());
    Evaluation evaluation;
    evaluation.drawn_speakers = maker.drawn_speakers();
    const Rows all = maker.of(results);
    evaluation.figures = bootstrap(all.truth, all.proba, all.units, options);
    evaluation.report = classification_report(all.truth, most_probable(all.proba), labels);
    evaluation.reliability = reliability(all.truth, all.proba);
    for (std::size_t i = 0, end = 0; i < results.size(); i = end) {
        while (end < results.size() && results[end].seed == results[i].seed) ++end;
        evaluation.seeds.push_back(score_of(maker.of(std::span(results).subspan(i, end - i))));
        for (std::size_t k = i; k < end; ++k)
            evaluation.folds.push_back(score_of(maker.of(std::span(results).subspan(k, 1))));
    }
    evaluation.spread = spread_of(evaluation.seeds);
    evaluation.labels = std::move(labels);
    evaluation.plan = std::move(plan);
    evaluation.results = std::move(results);
    return evaluation;
}

void check_seeds(const std::vector<std::uint32_t>& seeds) {
    if (seeds.empty()) throw Error(Errc::invalid_argument, "no seed to train with: there must be at least 1");
    if (std::set<std::uint32_t>(seeds.begin(), seeds.end()).size() != seeds.size())
        throw Error(Errc::invalid_argument, "a seed stands twice: each must be another");
}

}  // namespace

Evaluation score(const Dataset& dataset, const FoldPlan& plan, std::vector<FoldResult> results,
                 const BootstrapOptions& options) {
    return scored(dataset.labels, dataset.targets, dataset, plan, std::move(results), options);
}

Evaluation evaluate(const Dataset& dataset, const FoldPlan& plan, const EvaluationOptions& options,
                    const OnProgress& on_progress) {
    check_seeds(options.seeds);
    if (dataset.labels.size() < 2)
        throw Error(Errc::invalid_argument,
                    "only one emotion" + (dataset.labels.empty() ? "" : ", " + dataset.labels.front()) +
                        ": there is nothing to tell apart");
    const std::size_t n_folds = plan.folds.size();
    TrainOptions train = options.train;
    train.n_threads = threads_a_unit(options.n_threads, n_folds * options.seeds.size());
    auto results = run_units(
        n_folds * options.seeds.size(), options.n_threads,
        [&](std::size_t index, const OnProgress& go_on) {
            const std::size_t fold = index % n_folds;
            const std::uint32_t seed = options.seeds[index / n_folds];
            // With several ways of folds in one run each has a fold of this number.
            const std::string key = plan.protocol + "/" + std::to_string(seed) + "/" + std::to_string(fold);
            const UnitPlace place{fold, seed, plan.folds[fold].test, dataset.labels.size(),
                                  options.importance.groups.size()};
            return stored(options.store, key, place, [&] {
                return evaluate_fold(dataset, plan, fold, train, seed, go_on, options.importance);
            });
        },
        on_progress);
    return score(dataset, plan, std::move(results), options.bootstrap);
}

Matrix<double> predict_proba(const Model& model, const Dataset& dataset) {
    if (model.per_speaker() && !dataset.per_speaker && !dataset.per_frame())
        return predict_proba(model, normalised_by_speaker(dataset));
    if (!model.per_speaker() && dataset.per_speaker)
        throw Error(Errc::incompatible_model,
                    "the clips are normalised by speaker, which the model was not trained for");
    if (dataset.per_frame()) return model.predict_proba(frames_of(dataset));
    return model.predict_proba(dataset.features);
}

Evaluation evaluate(const Model& model, const Dataset& dataset, const BootstrapOptions& options) {
    std::string unknown;
    std::vector<int> rank;
    for (const std::string& label : dataset.labels) {
        const auto found = std::find(model.labels().begin(), model.labels().end(), label);
        if (found == model.labels().end()) unknown += " " + label;
        rank.push_back(static_cast<int>(found - model.labels().begin()));
    }
    if (!unknown.empty()) {
        std::string known;
        for (const std::string& label : model.labels()) known += " " + label;
        throw Error(Errc::incompatible_model, "the model does not know" + unknown +
                                                  ": leave the clips with these labels out; it knows" +
                                                  known);
    }
    std::vector<int> truth;
    for (const int target : dataset.targets) truth.push_back(rank[static_cast<std::size_t>(target)]);
    FoldResult result;
    result.clips.resize(truth.size());
    std::iota(result.clips.begin(), result.clips.end(), std::size_t{0});
    result.proba = predict_proba(model, dataset);
    FoldPlan plan{.protocol = "model", .folds = {Fold{{}, result.clips, "all"}}, .overlap = {}, .notes = {}};
    plan.overlap.n_tested = truth.size();
    std::vector<FoldResult> results;
    results.push_back(std::move(result));
    return scored(model.labels(), std::move(truth), dataset, std::move(plan), std::move(results), options);
}

std::vector<std::string> corpora_trained_on(const Model& model, const Dataset& dataset) {
    std::string trained, held_out;
    for (const auto& [name, value] : model.record()) {
        if (name == "corpus") trained = " + " + value + " + ";
        if (name == "test speakers") held_out = ", " + value + ", ";
    }
    std::set<std::string> both;
    for (const Recording& recording : dataset.recordings) {
        const std::string& corpus = recording.corpus;
        if (!corpus.empty() && trained.find(" + " + corpus + " + ") != std::string::npos &&
            held_out.find(", " + recording.speaker + ", ") == std::string::npos)
            both.insert(corpus);
    }
    return {both.begin(), both.end()};
}

}  // namespace undertone::eval
