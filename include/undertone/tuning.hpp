#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "undertone/evaluation.hpp"
#include "undertone/search.hpp"

namespace undertone::eval {

enum class SearchKind { grid, random, halving };

/// By which figure trials are ranked. Of loss, Brier score and calibration error the lowest is the best.
enum class Scoring { uar, accuracy, macro_f1, log_loss, brier, ece };

/// `uar`, `accuracy`, `macro_f1`, `log_loss`, `brier`, `ece`.
/// @throws Error invalid_argument  anything else
[[nodiscard]] Scoring parse_scoring(std::string_view text);

/// How a way of training is improved.
struct TuningOptions {
    /// What stays the same; its split is not used, its calibration only where figures hang on it: not while
    /// trials are scored by their labels.
    TrainOptions train;
    /// Options of the framework, and "scaler" (standard, none).
    std::vector<Parameter> parameters;
    SearchKind search = SearchKind::grid;
    std::size_t n_trials = 20;  ///< of a random search
    std::size_t factor = 3;     ///< of a halving search
    ProtocolOptions folds;      ///< in which each trial is scored
    /// Folds around the search: in each the search is done anew on its training part, and the winner trained
    /// on all of it and tested on clips that had no say. nullopt: no such test, and so no figure that may be
    /// quoted.
    std::optional<ProtocolOptions> nested = std::nullopt;
    Scoring scoring = Scoring::uar;
    std::uint32_t seed = 9;     ///< random_state of every training, and of a random search
    std::size_t n_threads = 0;  ///< that train side by side; 0: one a core. Changes no result
    BootstrapOptions bootstrap;
    UnitStore* store = nullptr;  ///< where finished trainings are kept and looked for
};

/// How one trial fared in the folds.
struct TrialResult {
    Trial trial;
    std::vector<double> scores;      ///< `[n_folds]`, by the scoring
    double mean = 0, deviation = 0;  ///< of the scores; ddof = 0, as scikit-learn's std_test_score
    std::size_t rank = 1;  ///< 1 is the best; equals share the lowest, as scikit-learn's rank_test_score
    double mean_fit_s = 0;
};

/// What a search found.
struct Tuning {
    FoldPlan plan;                    ///< in which trials were scored, over all clips
    std::vector<TrialResult> trials;  ///< in the order of their ids
    std::size_t best = 0;             ///< of the last round, the first with the best mean: index into trials
    std::optional<Evaluation>
        nested;  ///< the honest figure: of searches that did not see what they were tested on
    std::vector<Point> nested_best;  ///< `[n_outer_folds]`: what won in each
};

/// Says before any work what tune() would refuse of the options alone.
/// @throws Error invalid_argument  a parameter or value that the framework does not have, random_state as a
///         parameter, what the search refuses
void check_tuning(const TuningOptions& options);

/// Searches for the best options.
///
/// Trials and folds are trained side by side; the result is the same for any number of threads. A trial that
/// may see a share of the training clips sees that share of each label, drawn with the seed. Matches:
/// scikit-learn 1.9.1 `GridSearchCV` over a Pipeline of StandardScaler and MLPClassifier: scores of the
///          same folds to 1e-12, the same ranks and the same best parameters.
/// @throws Error invalid_argument  a parameter or value that the framework does not have, before anything is
///         trained; random_state as a parameter; what plan_folds() and grid_search() refuse; cancelled,
///         numerical
[[nodiscard]] Tuning tune(const Dataset& dataset, const TuningOptions& options,
                          const OnProgress& on_progress = {});

/// What stays the same with the values of a point.
/// @throws Error invalid_argument  a parameter or value that the framework does not have
[[nodiscard]] TrainOptions with_point(const TrainOptions& options, const Point& point);

/// Trains on every clip of a dataset: what is done with the options that won.
/// @param record  of the model; "clips trained" and the version are added
/// @throws Error as train() does
[[nodiscard]] Model train_on_all(const Dataset& dataset, const FeatureSet& features,
                                 const TrainOptions& options, std::uint32_t seed, Model::Record record,
                                 const OnProgress& on_progress = {});

}  // namespace undertone::eval
