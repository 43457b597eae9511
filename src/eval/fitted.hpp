#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "undertone/clip_frames.hpp"
#include "undertone/training.hpp"

/// The one place where a classifier meets the features of a dataset: everything that trains or predicts some
/// of its clips goes through here.
namespace undertone::eval {

/// Which clips validate, where keras's `validation_split` sets some apart.
enum class Validation {
    speakers,  ///< whole speakers, as inner_split() draws them
    last,      ///< the last ones, as in Keras: for clips in a random order
};

/// What was learnt of some clips.
struct Fitted {
    std::optional<StandardScaler> scaler;
    std::unique_ptr<Classifier> classifier;
    std::optional<CalibrationFit> calibration;
    std::size_t n_train = 0;       ///< clips, those for validation among them
    std::size_t n_validation = 0;  ///< clips of them that only chose when to stop; 0 with Validation::last
    std::size_t n_epochs = 0;
    bool per_speaker = false;  ///< of clips that were normalised by their speakers

    /// @param clips  indices into the dataset
    /// @return       `[clips.size(), n_labels]`, calibrated where a calibration is there
    [[nodiscard]] Matrix<double> predict_proba(const Dataset& dataset,
                                               std::span<const std::size_t> clips) const;
};

/// The frames of a dataset's clips.
/// @param dataset   per_frame(); must outlive the result
[[nodiscard]] ClipFrames frames_of(const Dataset& dataset, const AugmentOptions& augment = {});

/// Options whose draws, those of the framework too, come from a seed.
[[nodiscard]] TrainOptions with_seed(TrainOptions options, std::uint32_t seed);

/// Trains on some clips; no other clip of the dataset is looked at.
///
/// Where the framework's options name no `random_state`, it is that of the options. With a calibration the
/// same training is done on each part of calibration_folds() before it is done on all the clips.
/// @param clips  indices into the dataset
/// @throws Error as Classifier::fit(), StandardScaler::fit() and calibration_folds() do
[[nodiscard]] Fitted fit_clips(const Dataset& dataset, std::span<const std::size_t> clips,
                               const TrainOptions& options, Validation validation,
                               const OnProgress& on_progress = {});

/// "temperature 1.8342, fitted on 960 clips in 5 folds of 16 speakers": what a model's record says of it.
[[nodiscard]] std::string calibration_text(const CalibrationFit& calibration);

/// The parts of a model in their place.
[[nodiscard]] Model model_of(Fitted fitted, const FeatureSet& features, std::vector<std::string> labels,
                             Model::Record record = {});

}  // namespace undertone::eval
