#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "undertone/calibration.hpp"
#include "undertone/classifier.hpp"
#include "undertone/corpus.hpp"
#include "undertone/extraction.hpp"
#include "undertone/frame_features.hpp"
#include "undertone/metrics.hpp"
#include "undertone/model.hpp"
#include "undertone/progress.hpp"

namespace undertone {

/// The features of labelled recordings, or their samples where a set gives a sequence of frames: what one
/// trains on.
struct Dataset {
    Matrix<double> features;                        ///< `[n_clips, n_columns]`; of frames `[n_clips, 0]`
    std::vector<int> targets;                       ///< `[n_clips]`, indices into labels
    std::vector<std::string> labels;                ///< those that occur, in the corpus' order
    std::vector<Recording> recordings;              ///< `[n_clips]`
    std::vector<std::uint64_t> sample_hashes = {};  ///< `[n_clips]`, equal for identical samples; or empty
    std::vector<FileFeatures> failed;               ///< recordings that could not be read, with their errors

    /// The set that gives frames of samples; nullptr: features are vectors.
    std::shared_ptr<const FrameFeatures> frame_set = {};
    /// `[n_clips]` samples at the set's rate, for frames; else empty. Parts of a dataset share them.
    std::vector<std::shared_ptr<const std::vector<float>>> samples = {};
    /// `[n_clips]` how each clip's speaker sounds, as FrameSource::speaker(), where frames are normalised by
    /// speaker; else empty.
    std::vector<std::shared_ptr<const std::vector<float>>> speakers = {};
    /// Whether features, or frames, are those of eval::normalised_by_speaker().
    bool per_speaker = false;

    [[nodiscard]] bool per_frame() const noexcept { return frame_set != nullptr; }
};

/// Reads all recordings of a corpus and computes their features. Recordings that fail are left out and
/// listed.
/// @param label_order  labels in the order wanted; those not named follow in canonical order
/// @param limits       a recording above them fails; where samples are kept, all together have their limit
/// @throws Error invalid_argument  the corpus has no recording, or its samples are above the limit;
/// cancelled;
///         where no recording could be read, the reason of the first
/// @throws Error corrupt_data      two recordings are the same sound, sample for sample, under two labels
[[nodiscard]] Dataset load_dataset(const Corpus& corpus, const FeatureSet& features,
                                   std::span<const std::string> label_order, std::size_t n_threads,
                                   const OnProgress& on_progress = {}, const SoundLimits& limits = {});

/// Which clips test a model.
enum class SplitKind {
    random,   ///< any clips: speakers heard in training are heard again, so the figure flatters
    speaker,  ///< all clips of some speakers, none of whom was heard in training
};

/// What is done to probabilities after the training.
enum class CalibrationKind {
    none,         ///< they are the network's own
    temperature,  ///< see Calibration
};

/// A calibration and what it was fitted on: predictions of the training clips, each by a model that did not
/// learn it, trained as the one that is calibrated.
struct CalibrationFit {
    Calibration calibration;
    std::size_t n_clips = 0;
    std::size_t n_folds = 0;
    std::size_t n_speakers = 0;  ///< whom the folds kept whole; 0: folds of clips
};

/// How a model is trained.
struct TrainOptions {
    std::string framework = "sklearn";
    Dtype dtype = Dtype::float64;
    std::map<std::string, std::string> framework_options;  ///< name -> text, for make_classifier()
    std::optional<SplitKind> split = std::nullopt;         ///< nullopt: speaker where speakers are known
    double test_size = 0.3;                                ///< share of clips, or of speakers
    std::uint32_t random_state = 9;                        ///< of the split
    bool standardise = true;    ///< of vectors; frames are as the framework's options say
    std::size_t n_threads = 0;  ///< that train one network, where a framework can; 0: one a core. Changes
                                ///< no result
    /// Costs as many trainings more as there are folds, at most five.
    CalibrationKind calibrate = CalibrationKind::none;
    bool half_precision = false;  ///< Model::halve() in the end; what is tested is the halved model
};

/// A trained model and how it did on the clips that it was not trained on.
struct TrainResult {
    Model model;
    SplitKind split;
    eval::Report test;
    std::size_t n_train = 0;
    std::vector<std::string> test_speakers;  ///< sorted; empty for a random split
    std::vector<std::size_t> test_clips;     ///< indices into the dataset
    std::optional<CalibrationFit> calibration = std::nullopt;
    History history = {};  ///< of the training
};

/// Splits a dataset, trains on one part, scores on the other.
///
/// The random split is scikit-learn's `train_test_split(test_size, random_state)`; the speaker split is its
/// `GroupShuffleSplit` over the speakers. The scaler is fitted on the training part alone. After a speaker
/// split, keras's `validation_split` sets whole speakers of the training part apart, as near as they come to
/// its share. A calibration is fitted in folds of the training part's speakers.
/// @throws Error invalid_argument  one class only, speakers unknown or only one where a speaker split is
/// asked, a class
///         without a training clip, options that do not fit; numerical; cancelled
[[nodiscard]] TrainResult train(const Dataset& dataset, const FeatureSet& features,
                                const std::string& corpus_name, const std::string& licence,
                                const TrainOptions& options, const OnProgress& on_progress = {});

}  // namespace undertone
