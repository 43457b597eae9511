#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "undertone/fields.hpp"
#include "undertone/matrix.hpp"
#include "undertone/progress.hpp"

namespace undertone {

/// What a hidden unit does to its sum.
enum class Activation { identity, logistic, tanh, relu };
/// How weights are found.
enum class Solver { lbfgs, sgd, adam };
/// How the learning rate of `sgd` goes on from epoch to epoch.
enum class LearningRate { constant, invscaling, adaptive };

/// The parameters of scikit-learn's MLPClassifier, under its names and with its defaults.
struct MlpOptions {
    std::vector<int> hidden_layer_sizes = {100};
    Activation activation = Activation::relu;
    Solver solver = Solver::adam;
    double alpha = 0.0001;
    std::optional<int> batch_size = std::nullopt;  ///< none: min(200, n_samples), scikit-learn's "auto"
    LearningRate learning_rate = LearningRate::constant;
    double learning_rate_init = 0.001;
    double power_t = 0.5;
    int max_iter = 200;
    bool shuffle = true;
    std::optional<std::uint32_t> random_state = std::nullopt;
    double tol = 1e-4;
    bool warm_start = false;
    double momentum = 0.9;
    bool nesterovs_momentum = true;
    bool early_stopping = false;
    double validation_fraction = 0.1;
    double beta_1 = 0.9;
    double beta_2 = 0.999;
    double epsilon = 1e-8;
    std::optional<int> n_iter_no_change = 10;  ///< none: scikit-learn's infinity
    int max_fun = 15000;

    static constexpr std::array kActivations{Choice<Activation>{"identity", Activation::identity},
                                             Choice<Activation>{"logistic", Activation::logistic},
                                             Choice<Activation>{"tanh", Activation::tanh},
                                             Choice<Activation>{"relu", Activation::relu}};
    static constexpr std::array kSolvers{Choice<Solver>{"lbfgs", Solver::lbfgs},
                                         Choice<Solver>{"sgd", Solver::sgd},
                                         Choice<Solver>{"adam", Solver::adam}};
    static constexpr std::array kLearningRates{Choice<LearningRate>{"constant", LearningRate::constant},
                                               Choice<LearningRate>{"invscaling", LearningRate::invscaling},
                                               Choice<LearningRate>{"adaptive", LearningRate::adaptive}};

    static constexpr auto fields() {
        constexpr double kMost = 1e300;
        constexpr int kMany = std::numeric_limits<int>::max();
        using O = MlpOptions;
        return std::tuple{
            Field{"hidden_layer_sizes",
                  &O::hidden_layer_sizes,
                  "units",
                  {1, 1 << 20},
                  "units of each hidden layer"},
            Field{"activation", &O::activation, "", kActivations, "what a hidden unit does to its sum"},
            Field{"solver", &O::solver, "", kSolvers, "how weights are found"},
            Field{"alpha", &O::alpha, "", {0.0, kMost}, "strength of the L2 penalty"},
            Field{"batch_size",
                  &O::batch_size,
                  "samples",
                  {1, kMany},
                  "samples a step; none: 200, or all if fewer"},
            Field{"learning_rate", &O::learning_rate, "", kLearningRates, "sgd: how the rate goes on"},
            Field{"learning_rate_init",
                  &O::learning_rate_init,
                  "",
                  {0.0, kMost, true},
                  "rate at the beginning"},
            Field{"power_t", &O::power_t, "", {0.0, kMost}, "sgd, invscaling: exponent of the samples seen"},
            Field{"max_iter", &O::max_iter, "epochs", {1, kMany}, "at most so many"},
            Field{"shuffle", &O::shuffle, "", {}, "a new order of the samples each epoch"},
            Field{"random_state", &O::random_state, "", {0U, ~0U}, "seed; none: another one each time"},
            Field{
                "tol", &O::tol, "", {0.0, kMost}, "what counts as better: a loss or score by more than this"},
            Field{"warm_start", &O::warm_start, "", {}, "fit again from the weights of the fit before"},
            Field{"momentum", &O::momentum, "", {0.0, 1.0}, "sgd: share of the last step in the next"},
            Field{"nesterovs_momentum", &O::nesterovs_momentum, "", {}, "sgd: look one step ahead"},
            Field{
                "early_stopping", &O::early_stopping, "", {}, "stop by the score of a part that is held out"},
            Field{"validation_fraction",
                  &O::validation_fraction,
                  "",
                  {0.0, 1.0, false, true},
                  "early_stopping: share that is held out"},
            Field{"beta_1", &O::beta_1, "", {0.0, 1.0, false, true}, "adam: decay of the mean gradient"},
            Field{"beta_2", &O::beta_2, "", {0.0, 1.0, false, true}, "adam: decay of the mean square"},
            Field{
                "epsilon", &O::epsilon, "", {0.0, kMost, true}, "adam: added to the root of the mean square"},
            Field{"n_iter_no_change",
                  &O::n_iter_no_change,
                  "epochs",
                  {1, kMany},
                  "stop after more than so many that are no better; none: never"},
            Field{"max_fun", &O::max_fun, "calls", {1, kMany}, "lbfgs: at most so many values of the loss"},
        };
    }
};

/// A multi-layer perceptron that tells classes apart, in float or double: scikit-learn's MLPClassifier.
///
/// The same options, data and `random_state` give the same initial weights, the same order of the samples,
/// the same epochs and, up to the rounding of sums, the same weights. Two classes share one logistic output,
/// more have a softmax. A fitted const object may be used by several threads at once. Where a call throws,
/// the classifier is as it was before.
///
/// Matches: scikit-learn 1.9.1 `MLPClassifier`: in double, weights after one epoch to 1e-9 and the loss curve
/// of 10 epochs to 1e-6. Known differences: one class alone, NaN, and weights that overflow are errors;
/// instead of a warning there is converged(); no sample_weight and no multi-label; adam in float rounds each
/// update to float, where scikit-learn adds a double.
template <class T>
class MlpClassifier {
public:
    /// @throws Error invalid_argument  an option out of its range
    explicit MlpClassifier(MlpOptions options = {});
    ~MlpClassifier();
    MlpClassifier(const MlpClassifier&);
    MlpClassifier(MlpClassifier&&) noexcept;
    MlpClassifier& operator=(MlpClassifier) noexcept;

    /// Trains; from new weights, or with warm_start from those there are.
    /// @param x   `[n_samples, n_features]`, finite
    /// @param y   `[n_samples]`, any two or more classes
    /// @throws Error shape_mismatch    x and y of different lengths; with warm_start, another number of
    /// features
    /// @throws Error invalid_argument  no sample or feature, one class, with warm_start other classes, a
    ///         validation part of fewer than two samples
    /// @throws Error numerical         x not finite, or weights that overflowed; the message names the epoch
    /// @throws Error cancelled         on_progress, called after each epoch, said stop
    void fit(MatrixView<const T> x, std::span<const int> y, const OnProgress& on_progress = {});

    /// One epoch over these samples, on top of what was learned before.
    /// @param classes   every class of all calls to come; needed the first time
    /// @throws Error as fit(), and invalid_argument: solver lbfgs, early_stopping, no classes the first time,
    ///         other classes later, a class of y that is none of them
    void partial_fit(MatrixView<const T> x, std::span<const int> y, std::span<const int> classes = {});

    /// @param x   `[n_samples, n_features]`, finite
    /// @return    `[n_samples]`, the likeliest of classes()
    /// @throws Error not_fitted, shape_mismatch, numerical
    [[nodiscard]] std::vector<int> predict(MatrixView<const T> x) const;

    /// @return    `[n_samples, n_classes]` in the order of classes(); each row sums to 1
    /// @throws Error not_fitted, shape_mismatch, numerical
    [[nodiscard]] Matrix<T> predict_proba(MatrixView<const T> x) const;

    /// @return    the share of samples that predict() gets right
    /// @throws Error not_fitted, shape_mismatch, numerical; invalid_argument for no sample
    [[nodiscard]] double score(MatrixView<const T> x, std::span<const int> y) const;

    /// Makes a fitted classifier from weights.
    /// @param classes      at least two, ascending
    /// @param coefs        `[n_in, n_out]` of each layer; the hidden ones as options.hidden_layer_sizes says
    /// @param intercepts   `[n_out]` of each layer
    /// @throws Error invalid_argument (options, classes), shape_mismatch, numerical (a weight not finite)
    [[nodiscard]] static MlpClassifier from_weights(MlpOptions options, const std::vector<int>& classes,
                                                    const std::vector<Matrix<T>>& coefs,
                                                    const std::vector<std::vector<T>>& intercepts);

    [[nodiscard]] const MlpOptions& options() const noexcept;
    [[nodiscard]] bool fitted() const noexcept;
    [[nodiscard]] std::size_t n_features() const noexcept;           ///< 0 before fit()
    [[nodiscard]] const std::vector<int>& classes() const noexcept;  ///< ascending
    [[nodiscard]] std::vector<MatrixView<const T>> coefs() const;  ///< `[n_in, n_out]` each; views into this
    [[nodiscard]] std::vector<std::span<const T>> intercepts() const;  ///< `[n_out]` each; views into this
    [[nodiscard]] std::string_view out_activation() const noexcept;    ///< "logistic" or "softmax"
    [[nodiscard]] double loss() const noexcept;                        ///< of the last epoch
    [[nodiscard]] const std::vector<double>& loss_curve() const noexcept;  ///< a value each epoch; not lbfgs
    [[nodiscard]] std::optional<double> best_loss() const noexcept;        ///< none with early_stopping
    [[nodiscard]] const std::vector<double>& validation_scores() const noexcept;  ///< early_stopping only
    [[nodiscard]] std::optional<double> best_validation_score() const noexcept;   ///< early_stopping only
    [[nodiscard]] int n_iter() const noexcept;                                    ///< epochs of the last fit
    [[nodiscard]] std::int64_t t() const noexcept;  ///< samples seen in training
    /// Whether the last fit() ended because it got no better; scikit-learn warns when it did not.
    [[nodiscard]] bool converged() const noexcept;
    /// The seed of the last fit: the option, or the one that was drawn because there was none.
    [[nodiscard]] std::uint32_t random_state() const noexcept;

private:
    struct State;
    MlpOptions options_;
    std::unique_ptr<State> state_;
};

extern template class MlpClassifier<float>;
extern template class MlpClassifier<double>;

}  // namespace undertone
