#include "eval/fitted.hpp"

#include <utility>

#include "eval/inner_split.hpp"
#include "undertone/evaluation.hpp"

namespace undertone::eval {

Matrix<double> Fitted::predict_proba(const Dataset& dataset, std::span<const std::size_t> clips) const {
    Dataset part = some_clips(dataset, clips);
    if (scaler) scaler->transform(MatrixView<double>(part.features));
    return classifier->predict_proba(part.features);
}

TrainOptions with_seed(TrainOptions options, std::uint32_t seed) {
    options.random_state = seed;
    options.framework_options["random_state"] = std::to_string(seed);
    return options;
}

Fitted fit_clips(const Dataset& dataset, std::span<const std::size_t> clips, const TrainOptions& options,
                 Validation validation, const OnProgress& on_progress) {
    std::map<std::string, std::string> framework_options = options.framework_options;
    framework_options.emplace("random_state", std::to_string(options.random_state));
    InnerSplit split{{clips.begin(), clips.end()}, 0};
    if (validation == Validation::speakers)
        split = inner_split(dataset, split.clips, options.random_state, framework_options);

    Fitted fitted;
    fitted.classifier = make_classifier(options.framework, options.dtype, framework_options);
    Dataset part = some_clips(dataset, split.clips);
    if (options.standardise) {
        fitted.scaler.emplace();
        fitted.scaler->fit(part.features);
        fitted.scaler->transform(MatrixView<double>(part.features));
    }
    fitted.classifier->fit(part.features, part.targets, static_cast<int>(dataset.labels.size()), on_progress);
    fitted.n_train = split.clips.size();
    fitted.n_validation = split.n_validation;
    const auto& history = fitted.classifier->history();
    const auto losses = history.find("loss");
    if (losses != history.end()) fitted.n_epochs = losses->second.size();
    return fitted;
}

Model model_of(Fitted fitted, const FeatureSet& features, std::vector<std::string> labels,
               Model::Record record) {
    return {make_feature_set(features.name(), features.options()), std::move(fitted.scaler),
            std::move(fitted.classifier), std::move(labels), std::move(record)};
}

}  // namespace undertone::eval
