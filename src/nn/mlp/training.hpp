#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "nn/mlp/network.hpp"
#include "nn/mlp/solver.hpp"
#include "undertone/progress.hpp"
#include "undertone/random.hpp"

namespace undertone::nn {

/// All that training leaves behind. A copy goes its own way.
template <class T>
struct MlpState {
    MlpNetwork<T> network;
    std::vector<int> classes;
    Parameters<T> parameters;
    std::unique_ptr<StochasticSolver<T>> solver;  ///< kept for partial_fit(); none after lbfgs or loading
    double loss = 0;
    std::vector<double> loss_curve, validation_scores;
    std::optional<double> best_loss, best_validation_score;
    int n_iter = 0, epochs_without_gain = 0;
    std::int64_t t = 0;
    bool converged = false;
    std::uint32_t random_state = 0;

    MlpState() = default;
    MlpState(const MlpState& other)
        : network(other.network),
          classes(other.classes),
          parameters(other.parameters),
          solver(other.solver ? other.solver->clone() : nullptr),
          loss(other.loss),
          loss_curve(other.loss_curve),
          validation_scores(other.validation_scores),
          best_loss(other.best_loss),
          best_validation_score(other.best_validation_score),
          n_iter(other.n_iter),
          epochs_without_gain(other.epochs_without_gain),
          t(other.t),
          converged(other.converged),
          random_state(other.random_state) {}
    MlpState(MlpState&&) noexcept = default;
    MlpState& operator=(const MlpState&) = delete;
    MlpState& operator=(MlpState&&) noexcept = default;
    ~MlpState() = default;
};

/// Training samples: `[n_samples, n_features]`, and the index of each one's class.
template <class T>
struct Samples {
    MatrixView<const T> x;
    std::span<const int> labels;
};

/// Trains with adam or sgd: all epochs, or just one (`incremental`) as partial_fit() asks.
/// @param random   the stream that has drawn the initial weights, where there were new ones
template <class T>
void train_stochastic(MlpState<T>& state, const MlpOptions& options, const Samples<T>& samples,
                      RandomState& random, bool incremental, const OnProgress& on_progress);

/// Trains on all samples together with L-BFGS.
template <class T>
void train_lbfgs(MlpState<T>& state, const MlpOptions& options, const Samples<T>& samples,
                 const OnProgress& on_progress);

/// The classes of samples as indices: the likeliest; for one output, 1 above a half.
/// @param x   `[n_samples, n_features]`
template <class T>
[[nodiscard]] std::vector<int> likeliest(const MlpState<T>& state, MatrixView<const T> x);

/// Calls `visit(first, probabilities)` with the outputs of x, some rows at a time.
template <class T, class Visit>
void for_each_output(const MlpState<T>& state, MatrixView<const T> x, Visit&& visit) {
    constexpr std::size_t kRows = 256;
    auto work = state.network.workspace(std::min(kRows, x.rows()));
    for (std::size_t first = 0; first < x.rows(); first += kRows) {
        const MatrixView<const T> part(x.data() + first * x.cols(), std::min(kRows, x.rows() - first),
                                       x.cols());
        visit(first, state.network.forward(state.parameters, part, work));
    }
}

}  // namespace undertone::nn
