#include <chrono>
#include <string>

#include "eval/fitted.hpp"
#include "eval/fold_importance.hpp"
#include "undertone/error.hpp"
#include "undertone/evaluation.hpp"

namespace undertone::eval {

FoldResult evaluate_fold(const Dataset& dataset, const FoldPlan& plan, std::size_t fold,
                         const TrainOptions& options, std::uint32_t seed, const OnProgress& on_progress,
                         const ImportanceOptions& importance) {
    const Fold& parts = plan.folds.at(fold);
    const auto start = std::chrono::steady_clock::now();
    const Fitted fitted = [&] {
        try {
            return fit_clips(dataset, parts.train, with_seed(options, seed), Validation::speakers,
                             on_progress);
        } catch (const Error& error) {
            if (error.code() != Errc::numerical) throw;
            throw Error(Errc::numerical, "fold " + std::to_string(fold + 1) + ", seed " +
                                             std::to_string(seed) + ": " + error.what());
        }
    }();

    FoldResult result;
    result.fit_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    result.fold = fold;
    result.seed = seed;
    result.clips = parts.test;
    result.proba = fitted.predict_proba(dataset, parts.test);
    result.n_train = fitted.n_train;
    result.n_validation = fitted.n_validation;
    result.n_epochs = fitted.n_epochs;
    result.calibration = fitted.calibration;
    result.history = fitted.classifier->history();
    if (!importance.groups.empty())
        result.importance = importance_of(fitted, dataset, parts.test, importance, seed);
    return result;
}

}  // namespace undertone::eval
