#include "nn/mlp/solver.hpp"

#include <cmath>

#include "nn/kernels/vector.hpp"

namespace undertone::nn {
namespace {

/// What both solvers share: the step in progress.
template <class T>
class Step : public StochasticSolver<T> {
public:
    explicit Step(double learning_rate) : learning_rate_(learning_rate) {}
    void begin_step(Parameters<T>& parameters, std::size_t n_samples) override {
        weights_ = parameters.data();
        share_ = T{1} / static_cast<T>(n_samples);
        penalty_ = 0;
    }
    double end_step() override { return penalty_; }

protected:
    /// `update(lanes, i, w, gradient)` gives the new weights of one vector, whose gradient is whole now.
    template <class Update>
    [[gnu::always_inline]] void apply(std::size_t offset, std::span<const T> gradient, T alpha,
                                      Update&& update) {
        T* const weights = weights_ + offset;
        const T share = share_;
        Vector<T, kLanes<T>> squares{};
        T rest = 0;
        by_vectors<T>(
            gradient.size(), [&](auto lanes, std::size_t i) __attribute__((always_inline)) {
                constexpr std::size_t kWidth = lanes;
                const Vector<T, kWidth> w = load<kWidth>(weights + i);
                const Vector<T, kWidth> decay = alpha * w;
                if constexpr (kWidth == 1)
                    rest += decay * w;
                else
                    squares += decay * w;
                store<kWidth, T>(weights + i, update(lanes, offset + i, w,
                                                     (load<kWidth>(gradient.data() + i) + decay) * share));
            });
        penalty_ += static_cast<double>(sum_lanes<kLanes<T>, T>(squares) + rest);
    }

    double learning_rate_;

private:
    T* weights_ = nullptr;
    T share_ = 0;
    double penalty_ = 0;
};

template <class T>
class Adam final : public Step<T> {
public:
    Adam(const MlpOptions& options, std::size_t n_parameters)
        : Step<T>(options.learning_rate_init),
          init_(options.learning_rate_init),
          beta_1_(options.beta_1),
          beta_2_(options.beta_2),
          epsilon_(static_cast<T>(options.epsilon)),
          means_(n_parameters),
          squares_(n_parameters) {}

    void begin_step(Parameters<T>& parameters, std::size_t n_samples) override {
        Step<T>::begin_step(parameters, n_samples);
        ++t_;
        const double t = static_cast<double>(t_);
        this->learning_rate_ = init_ * std::sqrt(1 - std::pow(beta_2_, t)) / (1 - std::pow(beta_1_, t));
    }

    void take(std::size_t offset, std::span<const T> block, T alpha) override {
        const T rate = static_cast<T>(-this->learning_rate_), epsilon = epsilon_;
        const T keep_1 = static_cast<T>(beta_1_), add_1 = static_cast<T>(1 - beta_1_);
        const T keep_2 = static_cast<T>(beta_2_), add_2 = static_cast<T>(1 - beta_2_);
        T* const means = means_.data();
        T* const squares = squares_.data();
        this->apply(
            offset, block, alpha,
            [=](auto lanes, std::size_t i, const auto& w, const auto& gradient)
                __attribute__((always_inline)) {
                    constexpr std::size_t kWidth = lanes;
                    using V = Vector<T, kWidth>;
                    const V mean = keep_1 * load<kWidth>(means + i) + add_1 * gradient;
                    const V square = keep_2 * load<kWidth>(squares + i) + add_2 * (gradient * gradient);
                    store<kWidth, T>(means + i, mean);
                    store<kWidth, T>(squares + i, square);
                    return V(w + quotient<kWidth, T>(rate * mean, square_root<kWidth, T>(square) + epsilon));
                });
    }

    void epoch_ends(std::int64_t) override {}
    bool stops() override { return true; }
    std::unique_ptr<StochasticSolver<T>> clone() const override { return std::make_unique<Adam>(*this); }
    SolverState<T> state() const override { return {{means_, squares_}, t_, this->learning_rate_}; }
    void restore(const SolverState<T>& state) override {
        means_ = state.moments.at(0);
        squares_ = state.moments.at(1);
        t_ = state.steps;
        this->learning_rate_ = state.learning_rate;
    }

private:
    double init_, beta_1_, beta_2_;
    T epsilon_;
    std::int64_t t_ = 0;
    Parameters<T> means_, squares_;
};

template <class T>
class Sgd final : public Step<T> {
public:
    Sgd(const MlpOptions& options, std::size_t n_parameters)
        : Step<T>(options.learning_rate_init), options_(options), velocities_(n_parameters) {}

    void take(std::size_t offset, std::span<const T> block, T alpha) override {
        const T rate = static_cast<T>(this->learning_rate_), momentum = static_cast<T>(options_.momentum);
        const bool nesterov = options_.nesterovs_momentum;
        T* const velocities = velocities_.data();
        this->apply(
            offset, block, alpha,
            [=](auto lanes, std::size_t i, const auto& w, const auto& gradient)
                __attribute__((always_inline)) {
                    constexpr std::size_t kWidth = lanes;
                    using V = Vector<T, kWidth>;
                    const V velocity = momentum * load<kWidth>(velocities + i) - rate * gradient;
                    store<kWidth, T>(velocities + i, velocity);
                    return V(nesterov ? w + (momentum * velocity - rate * gradient) : w + velocity);
                });
    }

    void epoch_ends(std::int64_t t) override {
        if (options_.learning_rate == LearningRate::invscaling)
            this->learning_rate_ =
                options_.learning_rate_init / std::pow(static_cast<double>(t + 1), options_.power_t);
    }

    bool stops() override {
        if (options_.learning_rate != LearningRate::adaptive || this->learning_rate_ <= 1e-6) return true;
        this->learning_rate_ /= 5;
        return false;
    }

    std::unique_ptr<StochasticSolver<T>> clone() const override { return std::make_unique<Sgd>(*this); }
    SolverState<T> state() const override { return {{velocities_}, 0, this->learning_rate_}; }
    void restore(const SolverState<T>& state) override {
        velocities_ = state.moments.at(0);
        this->learning_rate_ = state.learning_rate;
    }

private:
    MlpOptions options_;
    Parameters<T> velocities_;
};

}  // namespace

template <class T>
std::unique_ptr<StochasticSolver<T>> make_solver(const MlpOptions& options, std::size_t n_parameters) {
    if (options.solver == Solver::adam) return std::make_unique<Adam<T>>(options, n_parameters);
    return std::make_unique<Sgd<T>>(options, n_parameters);
}

template std::unique_ptr<StochasticSolver<float>> make_solver<float>(const MlpOptions&, std::size_t);
template std::unique_ptr<StochasticSolver<double>> make_solver<double>(const MlpOptions&, std::size_t);

}  // namespace undertone::nn
