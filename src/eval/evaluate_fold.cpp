#include <algorithm>
#include <chrono>

#include "eval/inner_split.hpp"
#include "undertone/evaluation.hpp"

namespace undertone::eval {
namespace {

Matrix<double> features_of(const Dataset& dataset, const std::vector<std::size_t>& clips) {
    Matrix<double> features(clips.size(), dataset.features.cols());
    for (std::size_t i = 0; i < clips.size(); ++i)
        std::copy_n(dataset.features.row(clips[i]).begin(), features.cols(), features.row(i).begin());
    return features;
}

std::vector<int> targets_of(const Dataset& dataset, const std::vector<std::size_t>& clips) {
    std::vector<int> targets;
    for (const std::size_t clip : clips) targets.push_back(dataset.targets[clip]);
    return targets;
}

}  // namespace

FoldResult evaluate_fold(const Dataset& dataset, const FoldPlan& plan, std::size_t fold,
                         const TrainOptions& options, std::uint32_t seed, const OnProgress& on_progress) {
    const Fold& parts = plan.folds.at(fold);
    std::map<std::string, std::string> framework_options = options.framework_options;
    framework_options["random_state"] = std::to_string(seed);
    const InnerSplit inner = inner_split(dataset, parts.train, seed, framework_options);
    const auto classifier = make_classifier(options.framework, options.dtype, framework_options);

    Matrix<double> train = features_of(dataset, inner.clips), test = features_of(dataset, parts.test);
    if (options.standardise) {
        StandardScaler scaler;
        scaler.fit(train);
        scaler.transform(MatrixView<double>(train));
        scaler.transform(MatrixView<double>(test));
    }
    const auto start = std::chrono::steady_clock::now();
    classifier->fit(train, targets_of(dataset, inner.clips), static_cast<int>(dataset.labels.size()),
                    on_progress);

    FoldResult result;
    result.fit_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    result.fold = fold;
    result.seed = seed;
    result.clips = parts.test;
    result.proba = classifier->predict_proba(test);
    result.n_train = inner.clips.size();
    result.n_validation = inner.n_validation;
    result.history = classifier->history();
    const auto losses = result.history.find("loss");
    if (losses != result.history.end()) result.n_epochs = losses->second.size();
    return result;
}

}  // namespace undertone::eval
