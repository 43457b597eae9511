#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "undertone/history.hpp"
#include "undertone/optimizers.hpp"
#include "undertone/sequential.hpp"

namespace undertone::nn {

/// Whether a curve of the history got better. As in Keras, values are compared in the network's own type.
template <class T>
class Improvement {
public:
    Improvement(Monitor monitor, MonitorMode mode, double min_delta);
    /// @param reference   none: everything is better
    [[nodiscard]] bool over(double value, std::optional<double> reference) const;
    /// The value of this epoch.
    [[nodiscard]] double value(const History& history) const;

private:
    std::string_view curve_;
    bool up_;
    double min_delta_;
};

/// Keras 3.15.1 `callbacks.EarlyStopping`.
template <class T>
class EarlyStopping {
public:
    explicit EarlyStopping(const FitOptions& options);  ///< with early_stopping_patience set

    /// @param epoch   0 for the first, just ended; its values are the last of the history
    /// @return        whether to stop
    bool epoch_ended(int epoch, const History& history, const Sequential<T>& network);

    /// Puts the weights of the best epoch back, where that is asked for.
    void training_ended(Sequential<T>& network) const;

private:
    void keep_weights(const Sequential<T>& network);

    Improvement<T> improvement_;
    int patience_, start_from_epoch_, wait_ = 0;
    std::optional<double> baseline_, best_;
    bool restore_best_weights_;
    std::vector<std::vector<T>> best_weights_;
};

/// Keras 3.15.1 `callbacks.ReduceLROnPlateau`.
template <class T>
class ReduceLrOnPlateau {
public:
    explicit ReduceLrOnPlateau(const FitOptions& options);  ///< with reduce_lr_patience set
    void epoch_ended(const History& history, Optimizer<T>& optimizer);

private:
    Improvement<T> improvement_;
    int patience_, cooldown_, cooldown_left_ = 0, wait_ = 0;
    double factor_, min_lr_;
    std::optional<double> best_;
};

}  // namespace undertone::nn
