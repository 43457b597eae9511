#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "undertone/optimizers.hpp"
#include "undertone/parameter.hpp"
#include "undertone/sequence_options.hpp"

/// What the steps of a training do with weights.
namespace undertone::nn {

/// The learning rate at a time of the training: it grows from 0 over the warm-up, then stays or falls as half
/// a cosine to 0.
/// @param epoch   epochs and parts of them that are over, up to options.epochs
[[nodiscard]] double scheduled_learning_rate(const SequenceFitOptions& options, double epoch);

/// Weights that follow the trained ones slowly.
class MovingAverage {
public:
    /// @param decay   that a step leaves of the average; 0: there is none, the weights stand for it
    MovingAverage(std::vector<Parameter<float>*> parameters, double decay)
        : parameters_(std::move(parameters)), decay_(decay) {}

    void update();
    /// Exchanges the average and the weights.
    void swap();
    /// `[n_parameters]`
    [[nodiscard]] std::vector<std::vector<float>> values() const;

private:
    std::vector<Parameter<float>*> parameters_;
    double decay_;
    std::size_t step_ = 0;
    std::vector<std::vector<float>> average_;
};

/// AdamW with a schedule; only kernels decay.
class Steps {
public:
    Steps(std::vector<Parameter<float>*> parameters, const SequenceFitOptions& options,
          std::size_t steps_per_epoch);

    /// @param gradients   of each parameter, none of those that are not trained; clipped in place
    void step(std::span<const std::span<float>> gradients);

private:
    const SequenceFitOptions& options_;
    double steps_per_epoch_;
    std::vector<Parameter<float>*> parameters_;
    std::unique_ptr<Optimizer<float>> decaying_, constant_;
    std::size_t step_ = 0;
};

}  // namespace undertone::nn
