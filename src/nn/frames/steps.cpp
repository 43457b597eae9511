#include "nn/frames/steps.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace undertone::nn {

double scheduled_learning_rate(const SequenceFitOptions& options, double epoch) {
    const double epochs = options.epochs, warmup = std::min(options.warmup_epochs, epochs);
    if (epoch < warmup) return options.learning_rate * epoch / warmup;
    if (options.schedule == LearningRateSchedule::constant) return options.learning_rate;
    return options.learning_rate * 0.5 *
           (1 + std::cos(std::numbers::pi * (epoch - warmup) / (epochs - warmup)));
}

void MovingAverage::update() {
    if (decay_ == 0) return;
    ++step_;
    if (step_ == 1) {
        for (const Parameter<float>* parameter : parameters_) average_.push_back(parameter->values);
        return;
    }
    // Early weights are soon forgotten: the decay grows to what was asked for.
    const double n = static_cast<double>(step_);
    const auto decay = static_cast<float>(std::min(decay_, (1 + n) / (10 + n)));
    for (std::size_t i = 0; i < average_.size(); ++i)
        for (std::size_t j = 0; j < average_[i].size(); ++j)
            average_[i][j] += (1 - decay) * (parameters_[i]->values[j] - average_[i][j]);
}

void MovingAverage::swap() {
    for (std::size_t i = 0; i < average_.size(); ++i) std::swap(average_[i], parameters_[i]->values);
}

std::vector<std::vector<float>> MovingAverage::values() const {
    if (!average_.empty()) return average_;
    std::vector<std::vector<float>> values;
    for (const Parameter<float>* parameter : parameters_) values.push_back(parameter->values);
    return values;
}

Steps::Steps(std::vector<Parameter<float>*> parameters, const SequenceFitOptions& options,
             std::size_t steps_per_epoch)
    : options_(options),
      steps_per_epoch_(static_cast<double>(steps_per_epoch)),
      parameters_(std::move(parameters)) {
    std::vector<Parameter<float>*> kernels, others;
    for (Parameter<float>* parameter : parameters_) {
        if (!parameter->trainable) continue;
        const bool kernel = parameter->shape.size() > 1;
        (kernel ? kernels : others).push_back(parameter);
    }
    OptimizerOptions adamw{.optimizer = OptimizerKind::adamw, .learning_rate = options.learning_rate};
    adamw.weight_decay = options.weight_decay;
    decaying_ = make_optimizer<float>(adamw);
    adamw.weight_decay = 0.0;
    constant_ = make_optimizer<float>(adamw);
    decaying_->build(kernels);
    constant_->build(others);
}

void Steps::step(std::span<const std::span<float>> gradients) {
    if (options_.global_clipnorm > 0) {
        double sum = 0;
        for (const std::span<float> gradient : gradients)
            for (const float value : gradient) sum += static_cast<double>(value) * static_cast<double>(value);
        const double norm = std::sqrt(sum);
        if (norm > options_.global_clipnorm)
            for (const std::span<float> gradient : gradients)
                for (float& value : gradient) value *= static_cast<float>(options_.global_clipnorm / norm);
    }
    const double rate =
        scheduled_learning_rate(options_, (static_cast<double>(step_) + 0.5) / steps_per_epoch_);
    for (Optimizer<float>* optimizer : {decaying_.get(), constant_.get()}) {
        optimizer->set_learning_rate(rate);
        optimizer->begin_step();
    }
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        if (!parameters_[i]->trainable) continue;
        Optimizer<float>& optimizer = parameters_[i]->shape.size() > 1 ? *decaying_ : *constant_;
        optimizer.take(*parameters_[i], 0, gradients[i]);
    }
    decaying_->end_step();
    constant_->end_step();
    ++step_;
}

}  // namespace undertone::nn
