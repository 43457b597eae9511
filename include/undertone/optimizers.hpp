#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "undertone/fields.hpp"
#include "undertone/parameter.hpp"

namespace undertone {

enum class OptimizerKind { sgd, adam, adamw, rmsprop };
inline constexpr std::array kOptimizerKinds{Choice<OptimizerKind>{"sgd", OptimizerKind::sgd},
                                            Choice<OptimizerKind>{"adam", OptimizerKind::adam},
                                            Choice<OptimizerKind>{"adamw", OptimizerKind::adamw},
                                            Choice<OptimizerKind>{"rmsprop", OptimizerKind::rmsprop}};

/// The options of Keras's optimizers under Keras's names. Those that the chosen one does not have must be
/// left as they are: an option that would do nothing is refused.
struct OptimizerOptions {
    OptimizerKind optimizer = OptimizerKind::adam;
    std::optional<double> learning_rate =
        {};                 ///< none: Keras's default, 0.01 for sgd and 0.001 for the others
    double momentum = 0;    ///< sgd, rmsprop
    bool nesterov = false;  ///< sgd
    double rho = 0.9;       ///< rmsprop
    bool centered = false;  ///< rmsprop
    double beta_1 = 0.9;    ///< adam, adamw
    double beta_2 = 0.999;  ///< adam, adamw
    bool amsgrad = false;   ///< adam, adamw
    double epsilon = 1e-7;  ///< adam, adamw, rmsprop
    std::optional<double> weight_decay =
        {};                                ///< all, decoupled; none: 0.004 for adamw, nothing for the others
    std::optional<double> clipnorm = {};   ///< greatest norm of the gradient of each parameter
    std::optional<double> clipvalue = {};  ///< greatest absolute value of each element of a gradient
    std::optional<double> global_clipnorm = {};  ///< greatest norm of all gradients together

    static constexpr auto fields() {
        using O = OptimizerOptions;
        constexpr double kMost = 1e300;
        return std::tuple{
            Field{"optimizer", &O::optimizer, "", kOptimizerKinds, "how weights follow their gradients"},
            Field{"learning_rate",
                  &O::learning_rate,
                  "",
                  {0.0, kMost, true, false},
                  "length of a step; none: 0.01 for sgd, 0.001 for the others"},
            Field{
                "momentum", &O::momentum, "", {0.0, 1.0}, "sgd, rmsprop: part of the last step that is kept"},
            Field{"nesterov", &O::nesterov, "", {}, "sgd: Nesterov's momentum"},
            Field{"rho", &O::rho, "", {0.0, 1.0}, "rmsprop: part of the mean square that is kept"},
            Field{"centered",
                  &O::centered,
                  "",
                  {},
                  "rmsprop: divide by the deviation instead of the mean square"},
            Field{
                "beta_1", &O::beta_1, "", {0.0, 1.0, false, true}, "adam, adamw: decay of the first moment"},
            Field{
                "beta_2", &O::beta_2, "", {0.0, 1.0, false, true}, "adam, adamw: decay of the second moment"},
            Field{"amsgrad", &O::amsgrad, "", {}, "adam, adamw: divide by the greatest second moment so far"},
            Field{"epsilon", &O::epsilon, "", {0.0, kMost}, "adam, adamw, rmsprop: keeps divisors from zero"},
            Field{"weight_decay",
                  &O::weight_decay,
                  "",
                  {0.0, kMost},
                  "part of each weight lost a step, times the learning rate; none: 0.004 for adamw"},
            Field{"clipnorm",
                  &O::clipnorm,
                  "",
                  {0.0, kMost, true, false},
                  "greatest norm of the gradient of each array of weights"},
            Field{"clipvalue",
                  &O::clipvalue,
                  "",
                  {0.0, kMost, true, false},
                  "greatest absolute value in a gradient"},
            Field{"global_clipnorm",
                  &O::global_clipnorm,
                  "",
                  {0.0, kMost, true, false},
                  "greatest norm of all gradients together"},
        };
    }
};

/// Checks what no single field says.
/// @throws Error invalid_argument  an option that the optimizer does not have, more than one kind of clipping
void check(const OptimizerOptions& options);

/// Updates the trainable parameters of one network from their gradients, a batch at a time.
///
/// Between begin_step() and end_step() the layers give their gradients to take(). Made by make_optimizer().
/// Matches: Keras 3.15.1 `optimizers.SGD`, `Adam`, `AdamW`, `RMSprop`: after 20 steps from the same weights
/// and batches, weights within 1e-5 in float32.
template <class T>
class Optimizer : public GradientSink<T> {
public:
    /// Begins with these parameters: numbers them and sets their moments to zero.
    void build(std::span<Parameter<T>* const> trainable);

    void begin_step();
    void take(Parameter<T>& parameter, std::size_t first, std::span<T> gradient) final;
    void end_step();

    /// As Keras keeps it: in T.
    [[nodiscard]] T learning_rate() const noexcept { return learning_rate_; }
    void set_learning_rate(double value) noexcept { learning_rate_ = static_cast<T>(value); }

protected:
    /// @param n_moments   how many numbers update() keeps for each weight
    Optimizer(const OptimizerOptions& options, std::size_t n_moments);

    /// Called before the updates of a step, to work out what they share.
    /// @param step   1 for the first
    virtual void prepare(std::size_t step) = 0;
    /// @param moments   for each kind of moment the first of those that belong to the values
    virtual void update(std::span<T> values, std::span<const T> gradient, std::span<T* const> moments) = 0;

private:
    struct State {
        Parameter<T>* parameter = nullptr;
        std::vector<std::vector<T>> moments;
        std::vector<T> gradient;  // the whole of it, where its norm must be known before it is used
    };
    void apply(State& state, std::size_t first, std::span<T> gradient);

    std::optional<T> weight_decay_, clipnorm_, clipvalue_, global_clipnorm_;
    T learning_rate_;
    std::size_t n_moments_, step_ = 0;
    std::vector<State> states_;
    std::vector<T*> moments_;  // of the piece that is being updated
};

/// @throws Error invalid_argument  an option out of its range, one that the optimizer does not have, or more
///         than one of clipnorm, clipvalue and global_clipnorm
template <class T>
[[nodiscard]] std::unique_ptr<Optimizer<T>> make_optimizer(const OptimizerOptions& options);

}  // namespace undertone
