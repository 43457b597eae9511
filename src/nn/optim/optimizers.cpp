#include "undertone/optimizers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "nn/kernels/vector.hpp"

namespace undertone {
namespace {

/// Keras's choice where the options leave it open.
double learning_rate_of(const OptimizerOptions& options) {
    return options.learning_rate.value_or(options.optimizer == OptimizerKind::sgd ? 0.01 : 0.001);
}

template <class T>
std::optional<T> in_type(const std::optional<double>& value) {
    if (!value) return std::nullopt;
    return static_cast<T>(*value);
}

/// Keras's way with a number that it casts to the type of the weights: it becomes a float32 first, even for
/// float64 weights. So cast are the betas of Adam's bias correction, SGD's momentum and the weight decay.
template <class T>
T through_float32(double value) {
    return static_cast<T>(static_cast<float>(value));
}

template <class T>
std::optional<T> weight_decay_of(const OptimizerOptions& options) {
    if (!options.weight_decay && options.optimizer != OptimizerKind::adamw) return std::nullopt;
    return through_float32<T>(options.weight_decay.value_or(0.004));
}

/// In eight sums, so that they need not wait for each other.
template <class T>
double sum_of_squares(const std::vector<T>& values) {
    std::array<double, 8> sums{};
    for (std::size_t first = 0; first < values.size(); first += sums.size())
        for (std::size_t i = first; i < std::min(first + sums.size(), values.size()); ++i)
            sums[i - first] += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

void check(const OptimizerOptions& options) {
    const OptimizerOptions defaults;
    const auto kind = options.optimizer;
    const bool adam = kind == OptimizerKind::adam || kind == OptimizerKind::adamw;
    for_each_field<OptimizerOptions>([&](const auto& field) {
        const std::string_view name = field.name;
        bool known = true;
        if (name == "momentum")
            known = !adam;
        else if (name == "nesterov")
            known = kind == OptimizerKind::sgd;
        else if (name == "rho" || name == "centered")
            known = kind == OptimizerKind::rmsprop;
        else if (name == "beta_1" || name == "beta_2" || name == "amsgrad")
            known = adam;
        else if (name == "epsilon")
            known = kind != OptimizerKind::sgd;
        if (!known && options.*field.member != defaults.*field.member)
            throw Error(Errc::invalid_argument,
                        std::string(name) + " = " + field_text(options, field) + ": the optimizer " +
                            detail::Text<OptimizerKind>::write(kind, kOptimizerKinds) +
                            " has no such option");
    });
    if (options.nesterov && options.momentum == 0)
        throw Error(Errc::invalid_argument, "nesterov = true: needs a momentum above 0");
    if (options.clipnorm.has_value() + options.clipvalue.has_value() + options.global_clipnorm.has_value() >
        1)
        throw Error(Errc::invalid_argument,
                    "clipnorm, clipvalue, global_clipnorm: only one of them can be set");
}

template <class T>
Optimizer<T>::Optimizer(const OptimizerOptions& options, std::size_t n_moments)
    : weight_decay_(weight_decay_of<T>(options)),
      clipnorm_(in_type<T>(options.clipnorm)),
      clipvalue_(in_type<T>(options.clipvalue)),
      global_clipnorm_(in_type<T>(options.global_clipnorm)),
      learning_rate_(static_cast<T>(learning_rate_of(options))),
      n_moments_(n_moments),
      moments_(n_moments) {}

template <class T>
void Optimizer<T>::build(std::span<Parameter<T>* const> trainable) {
    step_ = 0;
    states_.clear();
    for (Parameter<T>* parameter : trainable) {
        parameter->index = states_.size();
        State& state = states_.emplace_back();
        state.parameter = parameter;
        state.moments.assign(n_moments_, std::vector<T>(parameter->values.size()));
        if (clipnorm_ || global_clipnorm_) state.gradient.resize(parameter->values.size());
    }
}

template <class T>
void Optimizer<T>::begin_step() {
    prepare(++step_);
}

template <class T>
void Optimizer<T>::take(Parameter<T>& parameter, std::size_t first, std::span<T> gradient) {
    State& state = states_[parameter.index];
    if (!state.gradient.empty()) {
        std::copy(gradient.begin(), gradient.end(),
                  state.gradient.begin() + static_cast<std::ptrdiff_t>(first));
    } else {
        if (clipvalue_)
            for (T& value : gradient) value = std::clamp(value, -*clipvalue_, *clipvalue_);
        apply(state, first, gradient);
    }
}

template <class T>
void Optimizer<T>::end_step() {
    if (!clipnorm_ && !global_clipnorm_) return;
    T scale = 1;
    if (global_clipnorm_) {
        double sum = 0;
        for (const State& state : states_) sum += sum_of_squares(state.gradient);
        scale = *global_clipnorm_ * std::min(1 / static_cast<T>(std::sqrt(sum)), 1 / *global_clipnorm_);
    }
    for (State& state : states_) {
        if (clipnorm_)
            scale =
                *clipnorm_ / std::max(static_cast<T>(std::sqrt(sum_of_squares(state.gradient))), *clipnorm_);
        for (T& value : state.gradient) value *= scale;
        apply(state, 0, state.gradient);
    }
}

template <class T>
void Optimizer<T>::apply(State& state, std::size_t first, std::span<T> gradient) {
    const std::span<T> values(state.parameter->values.data() + first, gradient.size());
    if (weight_decay_)
        for (T& value : values) value -= value * *weight_decay_ * learning_rate_;
    for (std::size_t kind = 0; kind < n_moments_; ++kind) moments_[kind] = state.moments[kind].data() + first;
    update(values, gradient, moments_);
}

namespace {

using nn::by_vectors;
using nn::load;
using nn::square_root;
using nn::store;
using nn::Vector;

template <class T>
class Sgd final : public Optimizer<T> {
public:
    explicit Sgd(const OptimizerOptions& options)
        : Optimizer<T>(options, options.momentum != 0 ? 1 : 0),
          momentum_(through_float32<T>(options.momentum)),
          nesterov_(options.nesterov) {}

protected:
    void prepare(std::size_t) override {}
    void update(std::span<T> values, std::span<const T> gradient, std::span<T* const> moments) override {
        const T rate = this->learning_rate();
        const std::size_t n = values.size();
        T* __restrict w = values.data();
        const T* __restrict g = gradient.data();
        if (moments.empty()) {
            for (std::size_t i = 0; i < n; ++i) w[i] -= g[i] * rate;
            return;
        }
        T* __restrict m = moments[0];
        for (std::size_t i = 0; i < n; ++i) m[i] = m[i] * momentum_ - g[i] * rate;
        if (nesterov_)
            for (std::size_t i = 0; i < n; ++i) w[i] += m[i] * momentum_ - g[i] * rate;
        else
            for (std::size_t i = 0; i < n; ++i) w[i] += m[i];
    }

private:
    T momentum_;
    bool nesterov_;
};

/// Adam, and AdamW: those differ in the weight decay alone.
template <class T>
class Adam final : public Optimizer<T> {
public:
    explicit Adam(const OptimizerOptions& options)
        : Optimizer<T>(options, options.amsgrad ? 3 : 2),
          beta_1_(through_float32<T>(options.beta_1)),
          beta_2_(through_float32<T>(options.beta_2)),
          rest_1_(static_cast<T>(1 - options.beta_1)),
          rest_2_(static_cast<T>(1 - options.beta_2)),
          epsilon_(static_cast<T>(options.epsilon)) {}

protected:
    void prepare(std::size_t step) override {  // in T, as Keras, though 1 - 0.999 is off by 1e-5 so
        const T t = static_cast<T>(step);
        alpha_ = this->learning_rate() * std::sqrt(1 - std::pow(beta_2_, t)) / (1 - std::pow(beta_1_, t));
    }
    void update(std::span<T> values, std::span<const T> gradient, std::span<T* const> moments) override {
        T* const first_moments = moments[0];
        T* const second_moments = moments[1];
        T* const greatest = moments.size() == 3 ? moments[2] : nullptr;
        const T rest_1 = rest_1_, rest_2 = rest_2_, alpha = alpha_, epsilon = epsilon_;
        by_vectors<T>(
            values.size(), [&](auto lanes, std::size_t i) __attribute__((always_inline)) {
                constexpr std::size_t kWidth = lanes;
                using V = Vector<T, kWidth>;
                const V g = load<kWidth>(gradient.data() + i);
                V m = load<kWidth>(first_moments + i), v = load<kWidth>(second_moments + i);
                m += (g - m) * rest_1;
                v += (g * g - v) * rest_2;
                store<kWidth, T>(first_moments + i, m);
                store<kWidth, T>(second_moments + i, v);
                if (greatest != nullptr) {
                    const V before = load<kWidth>(greatest + i);
                    v = v > before ? v : before;
                    store<kWidth, T>(greatest + i, v);
                }
                const V w = load<kWidth>(values.data() + i);
                store<kWidth, T>(values.data() + i, w - m * alpha / (square_root<kWidth, T>(v) + epsilon));
            });
    }

private:
    T beta_1_, beta_2_, rest_1_, rest_2_, epsilon_, alpha_ = 0;
};

template <class T>
class RmsProp final : public Optimizer<T> {
public:
    explicit RmsProp(const OptimizerOptions& options)
        : Optimizer<T>(options, std::size_t{1} + (options.momentum > 0) + options.centered),
          rho_(static_cast<T>(options.rho)),
          rest_(static_cast<T>(1 - options.rho)),
          momentum_(static_cast<T>(options.momentum)),
          epsilon_(static_cast<T>(options.epsilon)),
          centered_(options.centered) {}

protected:
    void prepare(std::size_t) override {}
    void update(std::span<T> values, std::span<const T> gradient, std::span<T* const> moments) override {
        const T rate = this->learning_rate(), rho = rho_, rest = rest_, momentum = momentum_,
                epsilon = epsilon_;
        T* const squares = moments[0];
        T* const means = centered_ ? moments[1] : nullptr;
        T* const steps = momentum_ > 0 ? moments.back() : nullptr;
        by_vectors<T>(
            values.size(), [&](auto lanes, std::size_t i) __attribute__((always_inline)) {
                constexpr std::size_t kWidth = lanes;
                using V = Vector<T, kWidth>;
                const V g = load<kWidth>(gradient.data() + i);
                const V square = rho * load<kWidth>(squares + i) + rest * (g * g);
                store<kWidth, T>(squares + i, square);
                V divisor = square + epsilon;
                if (means != nullptr) {
                    const V mean = rho * load<kWidth>(means + i) + rest * g;
                    store<kWidth, T>(means + i, mean);
                    divisor = square - mean * mean + epsilon;
                }
                V step = rate * g / square_root<kWidth, T>(divisor);
                if (steps != nullptr) {
                    step = momentum * load<kWidth>(steps + i) + step;
                    store<kWidth, T>(steps + i, step);
                }
                store<kWidth, T>(values.data() + i, load<kWidth>(values.data() + i) - step);
            });
    }

private:
    T rho_, rest_, momentum_, epsilon_;
    bool centered_;
};

}  // namespace

template <class T>
std::unique_ptr<Optimizer<T>> make_optimizer(const OptimizerOptions& options) {
    validate(options);
    check(options);
    switch (options.optimizer) {
        case OptimizerKind::sgd:
            return std::make_unique<Sgd<T>>(options);
        case OptimizerKind::rmsprop:
            return std::make_unique<RmsProp<T>>(options);
        case OptimizerKind::adam:
        case OptimizerKind::adamw:
            break;
    }
    return std::make_unique<Adam<T>>(options);
}

template class Optimizer<float>;
template class Optimizer<double>;
template std::unique_ptr<Optimizer<float>> make_optimizer<float>(const OptimizerOptions&);
template std::unique_ptr<Optimizer<double>> make_optimizer<double>(const OptimizerOptions&);

}  // namespace undertone
