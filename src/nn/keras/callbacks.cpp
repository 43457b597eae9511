#include "nn/keras/callbacks.hpp"

#include <algorithm>

namespace undertone::nn {

template <class T>
Improvement<T>::Improvement(Monitor monitor, MonitorMode mode, double min_delta) : min_delta_(min_delta) {
    for (const auto& choice : kMonitors)
        if (choice.value == monitor) curve_ = choice.name;
    const bool accuracy = monitor == Monitor::accuracy || monitor == Monitor::val_accuracy;
    up_ = mode == MonitorMode::max || (mode == MonitorMode::automatic && accuracy);
}

template <class T>
bool Improvement<T>::over(double value, std::optional<double> reference) const {
    if (!reference) return true;
    const T ours = static_cast<T>(up_ ? value - min_delta_ : value + min_delta_);
    const T theirs = static_cast<T>(*reference);
    return up_ ? ours > theirs : ours < theirs;
}

template <class T>
double Improvement<T>::value(const History& history) const {
    return history.find(std::string(curve_))->second.back();
}

template <class T>
EarlyStopping<T>::EarlyStopping(const FitOptions& options)
    : improvement_(options.early_stopping_monitor, options.early_stopping_mode,
                   options.early_stopping_min_delta),
      patience_(options.early_stopping_patience.value()),
      start_from_epoch_(options.early_stopping_start_from_epoch),
      baseline_(options.early_stopping_baseline),
      restore_best_weights_(options.early_stopping_restore_best_weights) {}

template <class T>
void EarlyStopping<T>::keep_weights(const Sequential<T>& network) {
    if (!restore_best_weights_) return;
    best_weights_.clear();
    for (const Parameter<T>* parameter : network.parameters()) best_weights_.push_back(parameter->values);
}

template <class T>
bool EarlyStopping<T>::epoch_ended(int epoch, const History& history, const Sequential<T>& network) {
    if (epoch < start_from_epoch_) return false;
    const double value = improvement_.value(history);
    ++wait_;
    if (improvement_.over(value, best_)) {
        best_ = value;
        keep_weights(network);
        if (improvement_.over(value, baseline_))
            wait_ = 0;  // an improvement below the baseline still counts as waiting
        return false;
    }
    return wait_ >= patience_;
}

template <class T>
void EarlyStopping<T>::training_ended(Sequential<T>& network) const {
    if (best_weights_.empty()) return;
    std::size_t i = 0;
    for (Parameter<T>* parameter : network.parameters()) parameter->values = best_weights_[i++];
}

template <class T>
ReduceLrOnPlateau<T>::ReduceLrOnPlateau(const FitOptions& options)
    : improvement_(options.reduce_lr_monitor, options.reduce_lr_mode, options.reduce_lr_min_delta),
      patience_(options.reduce_lr_patience.value()),
      cooldown_(options.reduce_lr_cooldown),
      factor_(options.reduce_lr_factor),
      min_lr_(options.reduce_lr_min_lr) {}

template <class T>
void ReduceLrOnPlateau<T>::epoch_ended(const History& history, Optimizer<T>& optimizer) {
    if (cooldown_left_ > 0) {
        --cooldown_left_;
        wait_ = 0;
    }
    const double value = improvement_.value(history);
    if (improvement_.over(value, best_)) {
        best_ = value;
        wait_ = 0;
        return;
    }
    if (cooldown_left_ > 0 || ++wait_ < patience_) return;
    const double rate = static_cast<double>(optimizer.learning_rate());
    if (!(rate > static_cast<double>(static_cast<float>(min_lr_)))) return;  // Keras compares with a float32
    optimizer.set_learning_rate(std::max(rate * factor_, min_lr_));
    cooldown_left_ = cooldown_;
    wait_ = 0;
}

template class Improvement<float>;
template class Improvement<double>;
template class EarlyStopping<float>;
template class EarlyStopping<double>;
template class ReduceLrOnPlateau<float>;
template class ReduceLrOnPlateau<double>;

}  // namespace undertone::nn
