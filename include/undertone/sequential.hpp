#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "undertone/class_weight.hpp"
#include "undertone/fields.hpp"
#include "undertone/history.hpp"
#include "undertone/layers.hpp"
#include "undertone/matrix.hpp"
#include "undertone/optimizers.hpp"
#include "undertone/parameter.hpp"
#include "undertone/progress.hpp"
#include "undertone/random.hpp"

namespace undertone {

/// A curve of the history that can be watched while training.
enum class Monitor { loss, accuracy, val_loss, val_accuracy };
inline constexpr std::array kMonitors{
    Choice<Monitor>{"loss", Monitor::loss}, Choice<Monitor>{"accuracy", Monitor::accuracy},
    Choice<Monitor>{"val_loss", Monitor::val_loss}, Choice<Monitor>{"val_accuracy", Monitor::val_accuracy}};

/// Which way is better. automatic (spelled "auto"): losses down, accuracies up.
enum class MonitorMode { automatic, min, max };
inline constexpr std::array kMonitorModes{Choice<MonitorMode>{"auto", MonitorMode::automatic},
                                          Choice<MonitorMode>{"min", MonitorMode::min},
                                          Choice<MonitorMode>{"max", MonitorMode::max}};

/// What Keras's `fit`, `CategoricalCrossentropy`, `EarlyStopping` and `ReduceLROnPlateau` take, under their
/// names and with their defaults, except `epochs` (1 there). A callback is on when its patience is set; its
/// other options must then be left alone otherwise.
struct FitOptions {
    int batch_size = 32;
    int epochs = 100;
    double validation_split = 0;  ///< of the samples, the last ones, cut off before any shuffling
    bool shuffle = true;          ///< every epoch
    ClassWeight class_weight = ClassWeight::none;
    std::vector<double> class_weights = {};  ///< `[n_classes]`; empty: as class_weight says
    double label_smoothing = 0;

    std::optional<int> early_stopping_patience = {};
    Monitor early_stopping_monitor = Monitor::val_loss;
    MonitorMode early_stopping_mode = MonitorMode::automatic;
    double early_stopping_min_delta = 0;
    std::optional<double> early_stopping_baseline = {};
    int early_stopping_start_from_epoch = 0;
    bool early_stopping_restore_best_weights = false;

    std::optional<int> reduce_lr_patience = {};
    Monitor reduce_lr_monitor = Monitor::val_loss;
    MonitorMode reduce_lr_mode = MonitorMode::automatic;
    double reduce_lr_factor = 0.1;
    double reduce_lr_min_delta = 1e-4;
    int reduce_lr_cooldown = 0;
    double reduce_lr_min_lr = 0;

    static constexpr auto fields() {
        using O = FitOptions;
        constexpr double kMost = 1e300;
        return std::tuple{
            Field{"batch_size", &O::batch_size, "samples", {1, 1 << 20}, "samples a step"},
            Field{"epochs", &O::epochs, "epochs", {1, 1000000}, "walks through the training samples"},
            Field{"validation_split",
                  &O::validation_split,
                  "",
                  {0.0, 1.0, false, true},
                  "part of the training clips kept for validation: whole speakers after a speaker split, "
                  "else at random"},
            Field{"shuffle", &O::shuffle, "", {}, "shuffle the training samples before every epoch"},
            Field{"class_weight", &O::class_weight, "", kClassWeights,
                  "balanced: rare classes weigh as much as common ones"},
            Field{"class_weights",
                  &O::class_weights,
                  "",
                  {0.0, kMost},
                  "the weight of each class; empty: class_weight"},
            Field{"label_smoothing",
                  &O::label_smoothing,
                  "",
                  {0.0, 1.0},
                  "part of each target that is spread over all classes"},
            Field{"early_stopping_patience",
                  &O::early_stopping_patience,
                  "epochs",
                  {0, 1000000},
                  "stop after so many epochs without improvement; none: never"},
            Field{"early_stopping_monitor", &O::early_stopping_monitor, "", kMonitors,
                  "the curve that must improve"},
            Field{"early_stopping_mode", &O::early_stopping_mode, "", kMonitorModes, "which way is better"},
            Field{"early_stopping_min_delta",
                  &O::early_stopping_min_delta,
                  "",
                  {0.0, kMost},
                  "smallest change that counts as improvement"},
            Field{"early_stopping_baseline",
                  &O::early_stopping_baseline,
                  "",
                  {-kMost, kMost},
                  "stop when the curve does not get better than this"},
            Field{"early_stopping_start_from_epoch",
                  &O::early_stopping_start_from_epoch,
                  "epochs",
                  {0, 1000000},
                  "epochs before watching begins"},
            Field{"early_stopping_restore_best_weights",
                  &O::early_stopping_restore_best_weights,
                  "",
                  {},
                  "end with the weights of the best epoch"},
            Field{"reduce_lr_patience",
                  &O::reduce_lr_patience,
                  "epochs",
                  {0, 1000000},
                  "lower the learning rate after so many epochs without improvement; none: never"},
            Field{"reduce_lr_monitor", &O::reduce_lr_monitor, "", kMonitors, "the curve that must improve"},
            Field{"reduce_lr_mode", &O::reduce_lr_mode, "", kMonitorModes, "which way is better"},
            Field{"reduce_lr_factor",
                  &O::reduce_lr_factor,
                  "",
                  {0.0, 1.0, false, true},
                  "new learning rate over the old"},
            Field{"reduce_lr_min_delta",
                  &O::reduce_lr_min_delta,
                  "",
                  {0.0, kMost},
                  "smallest change that counts as improvement"},
            Field{"reduce_lr_cooldown",
                  &O::reduce_lr_cooldown,
                  "epochs",
                  {0, 1000000},
                  "epochs to wait after lowering before counting again"},
            Field{"reduce_lr_min_lr", &O::reduce_lr_min_lr, "", {0.0, kMost}, "lowest learning rate"},
        };
    }
};

/// Checks what no single field says.
/// @throws Error invalid_argument  two kinds of class weights, options of a callback that is off, a
///         validation curve to be watched without validation_split
void check(const FitOptions& options);

/// Loss and accuracy over some samples.
struct Evaluation {
    double loss = 0;      ///< mean over the samples of weight times cross-entropy
    double accuracy = 0;  ///< part of the samples whose class has the greatest output; not weighted
};

/// Samples with their classes.
template <class T>
struct LabelledSamples {
    MatrixView<const T> x;            ///< `[n_samples, n_inputs]`
    std::span<const int> y;           ///< `[n_samples]`, 0 ... n_classes - 1
    std::span<const T> weights = {};  ///< `[n_samples]`, or empty: all 1
};

/// A stack of layers that ends in Softmax and is trained with the categorical cross-entropy. T is float
/// (Keras's default) or double.
///
/// Parameters are named as Keras numbers layers: "dense/kernel", "dense_1/kernel".
/// Matches: Keras 3.15.1 with the TensorFlow backend: see docs/exactness.md.
template <class T>
class Sequential {
public:
    /// @param input   the shape of one sample
    explicit Sequential(Shape input) : shapes_{std::move(input)} {}

    /// Puts a layer at the end and makes its parameters.
    /// @throws Error shape_mismatch  it cannot take what comes out of the layer before; invalid_argument
    /// nullptr
    void add(std::unique_ptr<Layer<T>> layer, RandomState& random);

    [[nodiscard]] std::size_t n_inputs() const noexcept;
    [[nodiscard]] std::size_t n_outputs() const noexcept;
    /// All parameters, layer by layer. Names are whole: "dense/kernel".
    [[nodiscard]] std::vector<Parameter<T>*> parameters();
    [[nodiscard]] std::vector<const Parameter<T>*> parameters() const;
    [[nodiscard]] std::vector<Parameter<T>*> trainable_parameters();

    /// What changes while batches go through the network. Made by workspace(), used by one thread at a time.
    struct Workspace {
        std::vector<Matrix<T>> outputs, gradients;  // of each layer
        std::vector<std::vector<T>> scratch;        // of each layer
        Matrix<T> x;                                // a batch whose samples lie scattered
        std::vector<int> y;
        std::vector<T> weights;
    };
    /// @param n_samples   the largest batch
    [[nodiscard]] Workspace workspace(std::size_t n_samples) const;

    /// Probabilities.
    /// @param x   `[n_samples, n_inputs]`, no more than the workspace was made for
    /// @return    `[n_samples, n_outputs]`, lies in the workspace
    [[nodiscard]] MatrixView<const T> forward(MatrixView<const T> x, Workspace& workspace) const;

    /// @param x   `[n_samples, n_inputs]`
    /// @return    `[n_samples, n_outputs]`
    /// @throws Error shape_mismatch
    [[nodiscard]] Matrix<T> predict(MatrixView<const T> x) const;

    /// @throws Error shape_mismatch, invalid_argument  no sample, a class out of range, no Softmax at the end
    [[nodiscard]] Evaluation evaluate(const LabelledSamples<T>& samples, double label_smoothing = 0) const;

    /// One step: forward, the mean loss of the batch, backward, update. The batch must fit the workspace.
    /// @return   loss and accuracy of the batch, before the update
    Evaluation train_on_batch(const LabelledSamples<T>& batch, Optimizer<T>& optimizer,
                              double label_smoothing, RandomState& random, Workspace& workspace);

    /// Trains on from the present weights.
    ///
    /// The last validation_split of the samples is cut off first (`floor(n (1 - split))` samples stay), the
    /// rest goes through in batches, reshuffled every epoch. Losses of an epoch are the means over its
    /// samples taken while the weights moved, as Keras reports them; validation losses carry no class
    /// weights.
    /// @return   "loss", "accuracy"; with a validation part "val_loss", "val_accuracy"; with
    /// reduce_lr_patience
    ///           "learning_rate", as it was during the epoch
    /// @throws Error invalid_argument, shape_mismatch  options or samples that do not fit: both class and
    ///         sample weights, a validation part without samples, a monitor that is not there
    /// @throws Error numerical  the loss or a weight left the numbers; the message names epoch and tensor
    /// @throws Error cancelled  on_progress said stop
    History fit(const LabelledSamples<T>& samples, Optimizer<T>& optimizer, const FitOptions& options,
                RandomState& random, const OnProgress& on_progress = {});

private:
    struct Sums {
        double loss = 0;
        std::size_t correct = 0;
        [[nodiscard]] Evaluation mean(std::size_t n_samples) const noexcept;
    };
    [[nodiscard]] std::size_t n_logit_layers() const;
    [[nodiscard]] MatrixView<const T> forward_layers(MatrixView<const T> x, std::size_t n_layers,
                                                     Workspace& workspace) const;
    Sums step(const LabelledSamples<T>& batch, Optimizer<T>& optimizer, double label_smoothing,
              RandomState& random, Workspace& workspace);
    [[nodiscard]] Sums evaluate(const LabelledSamples<T>& samples, double label_smoothing,
                                Workspace& workspace) const;
    void check(const LabelledSamples<T>& samples) const;
    void check_finite(int epoch, double loss) const;

    std::vector<Shape> shapes_;  // of the input and of each layer's output
    std::vector<std::unique_ptr<Layer<T>>> layers_;
};

}  // namespace undertone
