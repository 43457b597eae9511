#include <algorithm>
#include <cmath>
#include <string>

#include "nn/mlp/training.hpp"
#include "nn/optim/lbfgs.hpp"
#include "undertone/error.hpp"

namespace undertone::nn {
namespace {

/// Puts the gradient of the mean loss and its penalty together.
template <class T>
class Gradient final : public GradientSink<T> {
public:
    Gradient(const Parameters<T>& parameters, std::size_t n_samples, std::span<double> out)
        : parameters_(parameters.values()), n_samples_(static_cast<T>(n_samples)), out_(out) {}

    void take(std::size_t offset, std::span<const T> gradient, T alpha) override {
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            const T weight = parameters_[offset + i];
            out_[offset + i] = static_cast<double>((gradient[i] + alpha * weight) / n_samples_);
            penalty_ += static_cast<double>(alpha * weight * weight);
        }
    }
    [[nodiscard]] double penalty() const noexcept { return 0.5 * penalty_ / static_cast<double>(n_samples_); }

private:
    std::span<const T> parameters_;
    T n_samples_;
    std::span<double> out_;
    double penalty_ = 0;
};

}  // namespace

template <class T>
void train_lbfgs(MlpState<T>& state, const MlpOptions& options, const Samples<T>& samples,
                 const OnProgress& on_progress) {
    // As with scipy, the search walks in doubles, and the network is evaluated in the type of its weights.
    std::vector<double> point(state.parameters.values().begin(), state.parameters.values().end());
    const auto put = [&] {
        std::transform(point.begin(), point.end(), state.parameters.data(),
                       [](double value) { return static_cast<T>(value); });
    };
    auto work = state.network.workspace(samples.x.rows());
    bool cancelled = false;
    const LbfgsResult result = minimize_lbfgs(
        point, {.gtol = options.tol, .max_iter = options.max_iter, .max_fun = options.max_fun},
        [&](std::span<double> gradient) {
            put();
            state.network.forward(state.parameters, samples.x, work);
            const double loss = state.network.log_loss(samples.labels, work);
            Gradient<T> sink(state.parameters, samples.x.rows(), gradient);
            state.network.backward(state.parameters, samples.x, samples.labels, static_cast<T>(options.alpha),
                                   work, sink);
            return loss + sink.penalty();
        },
        [&](int iteration, double loss) {
            cancelled = on_progress && !on_progress({static_cast<std::size_t>(iteration),
                                                     static_cast<std::size_t>(options.max_iter), loss});
            return !cancelled;
        });
    if (cancelled)
        throw Error(Errc::cancelled, "training: stopped after iteration " + std::to_string(result.n_iter));
    put();
    const std::span<const T> weights = state.parameters.values();
    if (!std::isfinite(result.value) ||
        !std::all_of(weights.begin(), weights.end(), [](T weight) { return std::isfinite(weight); }))
        throw Error(Errc::numerical, "iteration " + std::to_string(result.n_iter) +
                                         ": weights or loss are no longer finite; scale the features");
    state.n_iter = result.n_iter;
    state.loss = result.value;
    state.converged = result.converged;
}

template void train_lbfgs<float>(MlpState<float>&, const MlpOptions&, const Samples<float>&,
                                 const OnProgress&);
template void train_lbfgs<double>(MlpState<double>&, const MlpOptions&, const Samples<double>&,
                                  const OnProgress&);

}  // namespace undertone::nn
