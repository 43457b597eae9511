#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "nn/mlp/network.hpp"

namespace undertone::nn {

/// What a solver has learned of the gradients so far: enough for another of its kind to go on.
template <class T>
struct SolverState {
    std::vector<Parameters<T>> moments;  ///< adam: means, squares; sgd: velocities
    std::int64_t steps = 0;              ///< adam only
    double learning_rate = 0;
};

/// A stochastic solver: takes gradients and changes the weights at once, block by block, so that a gradient
/// is used while it is in the nearest cache and never stored as a whole.
template <class T>
class StochasticSolver : public GradientSink<T> {
public:
    /// Begins a step. `parameters` are changed by take().
    virtual void begin_step(Parameters<T>& parameters, std::size_t n_samples) = 0;
    /// Ends a step.
    /// @return   the sum of alpha w² over all weights as they were before the step
    [[nodiscard]] virtual double end_step() = 0;
    /// @param t   samples seen in all
    virtual void epoch_ends(std::int64_t t) = 0;
    /// Called when the loss got no better for long.
    /// @return   whether to stop; else the learning rate was made smaller
    virtual bool stops() = 0;
    [[nodiscard]] virtual std::unique_ptr<StochasticSolver> clone() const = 0;
    [[nodiscard]] virtual SolverState<T> state() const = 0;
    /// @param state   of a solver of the same kind for as many parameters
    virtual void restore(const SolverState<T>& state) = 0;
};

/// scikit-learn's AdamOptimizer or SGDOptimizer, as the options say.
template <class T>
[[nodiscard]] std::unique_ptr<StochasticSolver<T>> make_solver(const MlpOptions& options,
                                                               std::size_t n_parameters);

}  // namespace undertone::nn
