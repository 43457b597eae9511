#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "undertone/bootstrap.hpp"
#include "undertone/importance.hpp"
#include "undertone/metrics.hpp"
#include "undertone/protocols.hpp"
#include "undertone/training.hpp"

namespace undertone::eval {

class UnitStore;

/// How a way of training is tested.
struct EvaluationOptions {
    TrainOptions train;  ///< framework, dtype, its options, scaling, calibration; its split is not used
    std::vector<std::uint32_t> seeds{9};  ///< each trains every fold anew, with this random_state
    std::size_t n_threads = 0;            ///< that train folds side by side; 0: one a core. Changes no result
    BootstrapOptions bootstrap;
    ImportanceOptions importance = {};  ///< what is swapped between the clips of each fold's test; nothing
    UnitStore* store = nullptr;         ///< where finished folds are kept and looked for
};

/// One fold of one seed: what is computed, kept and skipped as a whole.
struct FoldResult {
    std::size_t fold = 0;  ///< index into the plan's folds
    std::uint32_t seed = 0;
    std::vector<std::size_t> clips;  ///< `[n_tested]`, indices into the dataset
    Matrix<double> proba;            ///< `[n_tested, n_labels]`
    std::size_t n_train = 0;         ///< clips of the training part, those for validation among them
    std::size_t n_validation = 0;    ///< clips that only chose when to stop: keras's validation_split
    std::size_t n_epochs = 0;
    std::optional<CalibrationFit> calibration = std::nullopt;  ///< of proba, which is calibrated
    History history;
    std::vector<double> importance = {};  ///< `[n_groups]`, falls of this fold's UAR; empty where not asked
    double fit_s = 0;  ///< what the training took: the one figure that differs from run to run
};

/// Where finished units of work are kept, so that a run that was cut off need not do them again. Its
/// functions are called by several threads at once.
class UnitStore {
public:
    virtual ~UnitStore() = default;
    /// @param key  what the unit is, unique in a run: "9/3"
    [[nodiscard]] virtual std::optional<FoldResult> find(const std::string& key) const = 0;
    virtual void keep(const std::string& key, const FoldResult& result) = 0;
    /// What find() gave is not of this unit: it is done again and kept under the same key.
    virtual void refuse(const std::string& key, const std::string& reason) = 0;
};

/// Trains on one fold and predicts its test clips: the same for the same arguments on the same machine.
///
/// The scaler is fitted on the training part alone. What a framework sets apart for validation comes from the
/// training part as well. For keras's `validation_split` whole speakers are set apart, as near as they come
/// to its share, where the training part has two or more known speakers and the others keep every label; else
/// clips at random (Keras itself takes the last rows: here those of the last label). For scikit-learn's
/// `early_stopping` clips of the training part are set apart as `validation_fraction` says. A calibration is
/// fitted in folds of the training part.
/// @param importance  swapped between the tested clips; its draws are of the seed
/// @throws Error invalid_argument, numerical, cancelled  as train() does
[[nodiscard]] FoldResult evaluate_fold(const Dataset& dataset, const FoldPlan& plan, std::size_t fold,
                                       const TrainOptions& options, std::uint32_t seed,
                                       const OnProgress& on_progress = {},
                                       const ImportanceOptions& importance = {});

/// The figures of one seed, or of one fold of it.
struct Score {
    double uar = 0, accuracy = 0, macro_f1 = 0, log_loss = 0, brier = 0, ece = 0;
};

/// Where the mean and the standard deviation (ddof = 1; 0 for one seed) of seeds lie.
struct Spread {
    Score mean, deviation;
};

/// How a way of training, or a model, did on clips that it was not trained on.
struct Evaluation {
    std::vector<std::string> labels;  ///< columns of proba
    FoldPlan plan;
    std::vector<FoldResult> results;  ///< by seed, then by fold
    /// Of the tested clips of all seeds together; the units drawn are speakers, with their clips of all
    /// seeds.
    Figures figures;
    Report report;                            ///< likewise
    std::vector<ReliabilityBin> reliability;  ///< likewise
    std::vector<Score> folds;                 ///< `[results.size()]`
    std::vector<Score> seeds;                 ///< `[n_seeds]`, in the order of results
    Spread spread;                            ///< over the seeds
    bool drawn_speakers = true;  ///< false: clips were drawn, as speakers are not known or only one
};

/// Trains and tests every fold with every seed.
/// @param on_progress  fold by fold; called again and again while folds are trained, so that it can stop them
/// @throws Error as evaluate_fold() does, for the first fold that fails; cancelled
[[nodiscard]] Evaluation evaluate(const Dataset& dataset, const FoldPlan& plan,
                                  const EvaluationOptions& options, const OnProgress& on_progress = {});

/// Scores results that are there already: evaluate() after its training.
/// @param results  at least one
/// @throws Error invalid_argument  no result
[[nodiscard]] Evaluation score(const Dataset& dataset, const FoldPlan& plan, std::vector<FoldResult> results,
                               const BootstrapOptions& options = {});

/// Tests a model on a dataset, whose features must be of the model's feature set.
/// @return  an evaluation of one fold, whose labels are the model's
/// @throws Error incompatible_model  labels that the model does not know, named; shape_mismatch, numerical
[[nodiscard]] Evaluation evaluate(const Model& model, const Dataset& dataset,
                                  const BootstrapOptions& options = {});

/// What a model says of a dataset's clips, whose features must be of the model's feature set. For a model
/// that is per_speaker() they are normalised by speaker first, where they are not yet.
/// @return  `[n_clips, n_labels]`
/// @throws Error shape_mismatch, incompatible_model, numerical
[[nodiscard]] Matrix<double> predict_proba(const Model& model, const Dataset& dataset);

/// The corpora that a model's record names as trained on and the dataset has too, but for those of whose
/// speakers the dataset has only the record's test speakers: figures there are no test.
[[nodiscard]] std::vector<std::string> corpora_trained_on(const Model& model, const Dataset& dataset);

/// The clips of some labels, in the dataset's order of labels.
/// @throws Error invalid_argument  a label that no clip has (the message lists those there are)
[[nodiscard]] Dataset with_labels(const Dataset& dataset, std::span<const std::string> labels);

/// Some clips of a dataset, with all its labels.
/// @param clips  indices into it
[[nodiscard]] Dataset some_clips(const Dataset& dataset, std::span<const std::size_t> clips);

/// Brings the features of each speaker, or the frames, to mean 0 and variance 1 over that speaker's clips.
/// That uses the test recordings, though not their labels: a result must say so.
/// @throws Error invalid_argument  a clip whose speaker is not known, or a speaker with a single clip
[[nodiscard]] Dataset normalised_by_speaker(const Dataset& dataset);

}  // namespace undertone::eval
