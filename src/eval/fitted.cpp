#include "eval/fitted.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/progress_part.hpp"
#include "eval/calibration_folds.hpp"
#include "eval/clip_groups.hpp"
#include "eval/inner_split.hpp"
#include "undertone/error.hpp"
#include "undertone/evaluation.hpp"
#include "undertone/fields.hpp"
#include "undertone/sequence_options.hpp"

namespace undertone::eval {
namespace {

void check_features(const Dataset& dataset, const Classifier& classifier) {
    if (dataset.per_frame() == classifier.takes_frames()) return;
    const std::string framework(classifier.framework());
    throw Error(
        Errc::invalid_argument,
        framework + (classifier.takes_frames() ? " learns from frames" : " learns from one vector a clip") +
            ", not from what this feature set gives: take " + std::string(default_features(framework)));
}

Fitted fit_uncalibrated(const Dataset& dataset, std::span<const std::size_t> clips,
                        const TrainOptions& options, Validation validation, const OnProgress& on_progress) {
    std::map<std::string, std::string> framework_options = options.framework_options;
    framework_options.emplace("random_state", std::to_string(options.random_state));
    InnerSplit split{{clips.begin(), clips.end()}, 0};
    if (validation == Validation::speakers)
        split = inner_split(dataset, split.clips, options.random_state, framework_options);

    Fitted fitted;
    fitted.classifier = make_classifier(options.framework, options.dtype, framework_options);
    check_features(dataset, *fitted.classifier);
    Dataset part = some_clips(dataset, split.clips);
    const int n_labels = static_cast<int>(dataset.labels.size());
    if (part.per_frame()) {
        const ClipGroups speakers = by_speaker(part);
        const ClipFrames frames = frames_of(
            part, augment_options(fitted.classifier->options(), speakers.known ? speakers.names.size() : 0));
        fitted.classifier->fit_frames(frames, part.targets, n_labels, options.n_threads, on_progress);
    } else {
        if (options.standardise) {
            fitted.scaler.emplace();
            fitted.scaler->fit(part.features);
            fitted.scaler->transform(MatrixView<double>(part.features));
        }
        fitted.classifier->fit(part.features, part.targets, n_labels, on_progress);
    }
    fitted.n_train = split.clips.size();
    fitted.per_speaker = dataset.per_speaker;
    fitted.n_validation = split.n_validation;
    const auto& history = fitted.classifier->history();
    const auto losses = history.find("loss");
    if (losses != history.end()) fitted.n_epochs = losses->second.size();
    return fitted;
}

/// Fits it to what models that learnt the other folds say of each fold.
CalibrationFit calibration_of(const Dataset& dataset, const CalibrationFolds& parts,
                              const TrainOptions& options, Validation validation,
                              const OnProgress& on_progress) {
    CalibrationFit fit;
    fit.n_folds = parts.folds.size();
    fit.n_speakers = parts.n_speakers;
    for (const Fold& fold : parts.folds) fit.n_clips += fold.test.size();
    Matrix<double> proba(fit.n_clips, dataset.labels.size());
    std::vector<int> truth;
    for (std::size_t i = 0; i < fit.n_folds; ++i) {
        const Fold& fold = parts.folds[i];
        const Fitted one = [&] {
            try {
                return fit_uncalibrated(dataset, fold.train, options, validation,
                                        progress_of_part(on_progress, i, fit.n_folds + 1));
            } catch (const Error& error) {
                if (error.code() != Errc::numerical) throw;
                // Not the Diverged that it may be: what that brings has learnt a part of the clips only.
                throw Error(Errc::numerical, "calibration fold " + std::to_string(i + 1) + " of " +
                                                 std::to_string(fit.n_folds) + ": " + error.what());
            }
        }();
        const Matrix<double> said = one.predict_proba(dataset, fold.test);
        std::copy(said.values().begin(), said.values().end(), proba.row(truth.size()).begin());
        for (const std::size_t clip : fold.test) truth.push_back(dataset.targets[clip]);
    }
    fit.calibration = Calibration::fit(proba, truth);
    return fit;
}

}  // namespace

ClipFrames frames_of(const Dataset& dataset, const AugmentOptions& augment) {
    std::vector<std::span<const float>> clips;
    for (const auto& samples : dataset.samples) clips.emplace_back(*samples);
    std::vector<std::span<const float>> speakers;
    for (const auto& speaker : dataset.speakers) speakers.emplace_back(*speaker);
    return {*dataset.frame_set, std::move(clips), augment, std::move(speakers)};
}

Matrix<double> Fitted::predict_proba(const Dataset& dataset, std::span<const std::size_t> clips) const {
    Dataset part = some_clips(dataset, clips);
    if (scaler) scaler->transform(MatrixView<double>(part.features));
    const Matrix<double> proba = part.per_frame() ? classifier->predict_frames(frames_of(part))
                                                  : classifier->predict_proba(part.features);
    return calibration ? calibration->calibration.transform(proba) : proba;
}

TrainOptions with_seed(TrainOptions options, std::uint32_t seed) {
    options.random_state = seed;
    options.framework_options["random_state"] = std::to_string(seed);
    return options;
}

Fitted fit_clips(const Dataset& dataset, std::span<const std::size_t> clips, const TrainOptions& options,
                 Validation validation, const OnProgress& on_progress) {
    if (options.calibrate == CalibrationKind::none)
        return fit_uncalibrated(dataset, clips, options, validation, on_progress);
    const CalibrationFolds parts = calibration_folds(dataset, clips, options.random_state);
    const std::size_t n_trainings = parts.folds.size() + 1;
    const CalibrationFit calibration = calibration_of(dataset, parts, options, validation, on_progress);
    Fitted fitted = fit_uncalibrated(dataset, clips, options, validation,
                                     progress_of_part(on_progress, n_trainings - 1, n_trainings));
    fitted.calibration = calibration;
    return fitted;
}

std::string calibration_text(const CalibrationFit& calibration) {
    std::string text = "temperature ";
    text += detail::number_text(std::round(calibration.calibration.temperature * 1e4) / 1e4);
    text += ", fitted on " + std::to_string(calibration.n_clips) + " clips in ";
    text += std::to_string(calibration.n_folds) + " folds of ";
    if (calibration.n_speakers > 0) return text + std::to_string(calibration.n_speakers) + " speakers";
    return text + "clips: the speakers were not known, only one, or some label was told by too few";
}

Model model_of(Fitted fitted, const FeatureSet& features, std::vector<std::string> labels,
               Model::Record record) {
    std::optional<Calibration> calibration;
    if (fitted.calibration) calibration = fitted.calibration->calibration;
    Model model(make_feature_set(features.name(), features.options()), std::move(fitted.scaler),
                std::move(fitted.classifier), std::move(labels), std::move(record), calibration);
    model.set_per_speaker(fitted.per_speaker);
    return model;
}

}  // namespace undertone::eval
