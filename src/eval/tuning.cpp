#include "undertone/tuning.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include "eval/fitted.hpp"
#include "eval/units.hpp"
#include "undertone/error.hpp"
#include "undertone/random.hpp"

namespace undertone::eval {
namespace {

struct ScoringRow {
    std::string_view name;
    double Score::*figure;
    bool highest_is_best;
    bool of_labels;  ///< calibration changes nothing of it
};

constexpr std::array<ScoringRow, 6> kScorings{{{"uar", &Score::uar, true, true},
                                               {"accuracy", &Score::accuracy, true, true},
                                               {"macro_f1", &Score::macro_f1, true, true},
                                               {"log_loss", &Score::log_loss, false, false},
                                               {"brier", &Score::brier, false, false},
                                               {"ece", &Score::ece, false, false}}};

const ScoringRow& row_of(Scoring scoring) { return kScorings.at(static_cast<std::size_t>(scoring)); }

std::unique_ptr<Search> make_search(const TuningOptions& options) {
    switch (options.search) {
        case SearchKind::random:
            return random_search(options.parameters, options.n_trials, options.seed);
        case SearchKind::halving:
            return halving_search(options.parameters, options.factor);
        case SearchKind::grid:
            break;
    }
    return grid_search(options.parameters);
}

/// The same folds with a share of each label's training clips.
FoldPlan thinned(const FoldPlan& plan, const Dataset& dataset, double share, std::uint32_t seed) {
    if (share >= 1) return plan;
    FoldPlan thin = plan;
    for (Fold& fold : thin.folds) {
        RandomState random(seed);
        std::vector<std::size_t> left(dataset.labels.size());
        for (const std::size_t clip : fold.train) ++left[static_cast<std::size_t>(dataset.targets[clip])];
        for (std::size_t& count : left)
            count = static_cast<std::size_t>(std::ceil(share * static_cast<double>(count)));
        std::vector<std::size_t> taken;
        for (const std::size_t i : random.permutation(fold.train.size())) {
            const std::size_t clip = fold.train[i];
            std::size_t& wanted = left[static_cast<std::size_t>(dataset.targets[clip])];
            if (wanted == 0) continue;
            --wanted;
            taken.push_back(clip);
        }
        std::sort(taken.begin(), taken.end());
        fold.train = std::move(taken);
    }
    return thin;
}

/// One search with the clips that it may see.
struct Run {
    Run(Dataset clips, const TuningOptions& options, std::string units)
        : name(std::move(units)),
          dataset(std::move(clips)),
          plan(plan_folds(dataset, options.folds)),
          search(make_search(options)) {}

    std::string name;  // of its units
    Dataset dataset;
    FoldPlan plan;
    std::unique_ptr<Search> search;
    std::vector<TrialResult> trials;
    std::size_t first_of_round = 0;

    void ask() {
        first_of_round = trials.size();
        for (Trial& trial : search->ask()) trials.emplace_back().trial = std::move(trial);
    }
    [[nodiscard]] std::span<TrialResult> round() { return std::span(trials).subspan(first_of_round); }

    void tell(bool highest_is_best) {
        for (TrialResult& result : round()) {
            const auto n = static_cast<double>(result.scores.size());
            result.mean = std::accumulate(result.scores.begin(), result.scores.end(), 0.0) / n;
            double squares = 0;
            for (const double score : result.scores) squares += (score - result.mean) * (score - result.mean);
            result.deviation = std::sqrt(squares / n);
            search->tell(result.trial.id, highest_is_best ? result.mean : -result.mean);
        }
    }

    /// The first of the best in the last round.
    [[nodiscard]] std::size_t best(bool highest_is_best) const {
        std::size_t best = trials.size() - 1;
        for (std::size_t i = trials.size(); i-- > 0;) {
            if (trials[i].trial.iteration != trials.back().trial.iteration) break;
            const double gain = trials[i].mean - trials[best].mean;
            if ((highest_is_best ? gain : -gain) >= 0) best = i;
        }
        return best;
    }
};

void rank(std::vector<TrialResult>& trials, bool highest_is_best) {
    for (TrialResult& one : trials)
        one.rank = 1 + static_cast<std::size_t>(
                           std::count_if(trials.begin(), trials.end(), [&](const TrialResult& other) {
                               return highest_is_best ? other.mean > one.mean : other.mean < one.mean;
                           }));
}

/// All units of a round, over all searches: what runs side by side.
class Rounds {
public:
    Rounds(std::vector<Run>& runs, const TuningOptions& options, const OnProgress& on_progress)
        : runs_(runs), options_(options), on_progress_(on_progress) {}

    /// @return  false when every search is over
    bool next() {
        jobs_.clear();
        for (Run& run : runs_) {
            run.ask();
            for (TrialResult& result : run.round())
                for (std::size_t fold = 0; fold < run.plan.folds.size(); ++fold)
                    jobs_.push_back({&run, &result, fold});
        }
        if (jobs_.empty()) return false;
        const auto results = run_units(
            jobs_.size(), options_.n_threads,
            [this](std::size_t index, const OnProgress& go_on) { return work(jobs_[index], go_on); },
            [this](const Progress& progress) {
                return !on_progress_ || on_progress_({n_done_ + progress.done, n_done_ + jobs_.size(), 0});
            });
        n_done_ += jobs_.size();
        for (std::size_t i = 0; i < jobs_.size(); ++i) {
            const auto& [run, trial, fold] = jobs_[i];
            const Evaluation figures = score(run->dataset, run->plan, {results[i]}, {.n_draws = 0});
            trial->scores.push_back(figures.folds.front().*row_of(options_.scoring).figure);
            trial->mean_fit_s += results[i].fit_s / static_cast<double>(run->plan.folds.size());
        }
        for (Run& run : runs_) run.tell(row_of(options_.scoring).highest_is_best);
        return true;
    }

    [[nodiscard]] std::size_t n_done() const { return n_done_; }

private:
    struct Job {
        Run* run;
        TrialResult* trial;
        std::size_t fold;
    };

    FoldResult work(const Job& job, const OnProgress& go_on) const {
        const Trial& trial = job.trial->trial;
        const std::string key =
            job.run->name + "/" + std::to_string(trial.id) + "/" + std::to_string(job.fold);
        const Run& run = *job.run;
        const UnitPlace place{job.fold, options_.seed, run.plan.folds[job.fold].test,
                              run.dataset.labels.size()};
        return stored(options_.store, key, place, [&] {
            const FoldPlan plan = thinned(job.run->plan, job.run->dataset, trial.share, options_.seed);
            TrainOptions train = with_point(options_.train, trial.point);
            if (row_of(options_.scoring).of_labels) train.calibrate = CalibrationKind::none;
            train.n_threads = threads_a_unit(options_.n_threads, jobs_.size());
            return evaluate_fold(job.run->dataset, plan, job.fold, train, options_.seed, go_on);
        });
    }

    std::vector<Run>& runs_;
    const TuningOptions& options_;
    const OnProgress& on_progress_;
    std::vector<Job> jobs_;
    std::size_t n_done_ = 0;
};

}  // namespace

Scoring parse_scoring(std::string_view text) {
    for (std::size_t i = 0; i < kScorings.size(); ++i)
        if (kScorings[i].name == text) return static_cast<Scoring>(i);
    std::string names;
    for (const ScoringRow& row : kScorings) names += " " + std::string(row.name);
    throw Error(Errc::invalid_argument, "scoring = " + std::string(text) + ": must be one of" + names);
}

TrainOptions with_point(const TrainOptions& options, const Point& point) {
    TrainOptions changed = options;
    for (const auto& [name, value] : point) {
        if (name != "scaler") {
            changed.framework_options[name] = value;
            continue;
        }
        if (value != "standard" && value != "none")
            throw Error(Errc::invalid_argument, "scaler = " + value + ": must be standard or none");
        changed.standardise = value == "standard";
    }
    return changed;
}

void check_tuning(const TuningOptions& options) {
    static_cast<void>(make_search(options));
    for (const Parameter& parameter : options.parameters) {
        if (parameter.name == "random_state")
            throw Error(Errc::invalid_argument,
                        "random_state is not searched: a seed that wins has won by chance");
        std::vector<std::string> values = parameter.values;
        if (parameter.range) {
            // Both ends as the search will write them; what lies between is of the same kind.
            const auto text = [](double value) { return detail::number_text(value); };
            values = {text(parameter.range->low), text(parameter.range->high)};
        }
        for (const std::string& value : values) {
            const TrainOptions one = with_point(options.train, {{parameter.name, value}});
            static_cast<void>(make_classifier(one.framework, one.dtype, one.framework_options));
        }
    }
}

Tuning tune(const Dataset& dataset, const TuningOptions& options, const OnProgress& on_progress) {
    check_tuning(options);
    const bool highest_is_best = row_of(options.scoring).highest_is_best;
    std::vector<Run> runs;
    runs.emplace_back(dataset, options, "all");
    FoldPlan outer;
    if (options.nested) outer = plan_folds(dataset, *options.nested);
    for (std::size_t fold = 0; fold < outer.folds.size(); ++fold)
        runs.emplace_back(some_clips(dataset, outer.folds[fold].train), options,
                          "without " + std::to_string(fold));

    Rounds rounds(runs, options, on_progress);
    while (rounds.next()) {
    }

    Tuning tuning;
    if (options.nested) {
        for (std::size_t fold = 0; fold < outer.folds.size(); ++fold) {
            const Run& run = runs[1 + fold];
            tuning.nested_best.push_back(run.trials[run.best(highest_is_best)].trial.point);
        }
        auto results = run_units(
            outer.folds.size(), options.n_threads,
            [&](std::size_t fold, const OnProgress& go_on) {
                const UnitPlace place{fold, options.seed, outer.folds[fold].test, dataset.labels.size()};
                return stored(options.store, "nested/" + std::to_string(fold), place, [&] {
                    TrainOptions train = with_point(options.train, tuning.nested_best[fold]);
                    train.n_threads = threads_a_unit(options.n_threads, outer.folds.size());
                    return evaluate_fold(dataset, outer, fold, train, options.seed, go_on);
                });
            },
            [&](const Progress& progress) {
                return !on_progress ||
                       on_progress({rounds.n_done() + progress.done, rounds.n_done() + progress.total, 0});
            });
        tuning.nested = score(dataset, outer, std::move(results), options.bootstrap);
    }
    tuning.best = runs.front().best(highest_is_best);
    tuning.plan = std::move(runs.front().plan);
    tuning.trials = std::move(runs.front().trials);
    rank(tuning.trials, highest_is_best);
    return tuning;
}

Model train_on_all(const Dataset& dataset, const FeatureSet& features, const TrainOptions& options,
                   std::uint32_t seed, Model::Record record, const OnProgress& on_progress) {
    if (dataset.labels.size() < 2)
        throw Error(Errc::invalid_argument, "only one emotion: there is nothing to tell apart");
    std::vector<std::size_t> clips(dataset.targets.size());
    std::iota(clips.begin(), clips.end(), std::size_t{0});
    Fitted fitted = fit_clips(dataset, clips, with_seed(options, seed), Validation::speakers, on_progress);
    record.emplace_back("clips trained", std::to_string(dataset.targets.size()));
    if (fitted.calibration) record.emplace_back("calibration", calibration_text(*fitted.calibration));
    record.emplace_back("undertone", UNDERTONE_VERSION);
    return model_of(std::move(fitted), features, dataset.labels, std::move(record));
}

}  // namespace undertone::eval
