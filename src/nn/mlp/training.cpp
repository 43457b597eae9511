#include "nn/mlp/training.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "undertone/error.hpp"
#include "undertone/split.hpp"

namespace undertone::nn {
namespace {

template <class T>
Matrix<T> rows_of(MatrixView<const T> x, const std::vector<std::size_t>& rows) {
    Matrix<T> taken(rows.size(), x.cols());
    for (std::size_t i = 0; i < rows.size(); ++i)
        std::copy(x.row(rows[i]).begin(), x.row(rows[i]).end(), taken.row(i).begin());
    return taken;
}

/// The part that early stopping holds out.
template <class T>
struct Validation {
    Matrix<T> x;
    std::vector<int> labels;
};

template <class T>
Validation<T> hold_out(const MlpState<T>& state, const MlpOptions& options, const Samples<T>& samples,
                       RandomState& random, std::vector<std::size_t>& train) {
    if (options.validation_fraction <= 0)
        throw Error(Errc::invalid_argument, "validation_fraction = 0: must be above 0 with early_stopping");
    // Only one output is stratified: scikit-learn takes several for several labels at once.
    Split split = train_test_split(samples.x.rows(), {.test_size = options.validation_fraction}, random,
                                   state.network.n_outputs() == 1 ? samples.labels : std::span<const int>{});
    if (split.test.size() < 2)
        throw Error(Errc::invalid_argument,
                    "validation_fraction = " + detail::number_text(options.validation_fraction) +
                        ": holds out " + std::to_string(split.test.size()) + " of " +
                        std::to_string(samples.x.rows()) + " samples, must be at least 2");
    train = std::move(split.train);
    Validation<T> validation{rows_of(samples.x, split.test), {}};
    for (const std::size_t row : split.test) validation.labels.push_back(samples.labels[row]);
    return validation;
}

template <class T>
double accuracy(const MlpState<T>& state, const Validation<T>& validation) {
    const std::vector<int> predicted = likeliest<T>(state, validation.x);
    double right = 0;
    for (std::size_t i = 0; i < predicted.size(); ++i) right += predicted[i] == validation.labels[i] ? 1 : 0;
    return right / static_cast<double>(predicted.size());
}

template <class T>
void check_finite(const MlpState<T>& state) {
    const std::span<const T> weights = state.parameters.values();
    if (!std::all_of(weights.begin(), weights.end(), [](T weight) { return std::isfinite(weight); }))
        throw Error(Errc::numerical, "epoch " + std::to_string(state.n_iter) +
                                         ": weights are no longer finite; scale the features or lower "
                                         "learning_rate_init");
}

/// One pass over the samples in their order.
/// @return   the mean loss, the penalty included
template <class T>
double run_epoch(MlpState<T>& state, const MlpOptions& options, const Samples<T>& samples,
                 const std::vector<std::size_t>& order, std::size_t batch_size, Matrix<T>& batch,
                 std::vector<int>& labels, typename MlpNetwork<T>::Workspace& work) {
    // scikit-learn adds up the losses in the type of the weights, but for the binary loss, which is double.
    const bool wide = state.network.n_outputs() == 1;
    const auto rounded = [wide](double value) {
        return wide ? value : static_cast<double>(static_cast<T>(value));
    };
    double sum = 0;
    for (std::size_t first = 0; first < order.size(); first += batch_size) {
        const std::size_t rows = std::min(batch_size, order.size() - first);
        const double n = static_cast<double>(rows);
        for (std::size_t i = 0; i < rows; ++i) {
            const std::size_t from = order[first + i];
            std::copy(samples.x.row(from).begin(), samples.x.row(from).end(), batch.row(i).begin());
            labels[i] = samples.labels[from];
        }
        const MatrixView<const T> x(batch.data(), rows, batch.cols());
        const std::span<const int> y(labels.data(), rows);
        state.network.forward(state.parameters, x, work);
        const double loss = state.network.log_loss(y, work);
        state.solver->begin_step(state.parameters, rows);
        state.network.backward(state.parameters, x, y, static_cast<T>(options.alpha), work, *state.solver);
        const double penalty = 0.5 * state.solver->end_step() / n;
        sum = rounded(sum + rounded(rounded(loss + rounded(penalty)) * n));
    }
    return rounded(sum / static_cast<double>(order.size()));
}

/// Counts epochs that brought no gain, and keeps the weights with the best score.
template <class T>
void judge_epoch(MlpState<T>& state, const MlpOptions& options, const Validation<T>& validation,
                 std::optional<Parameters<T>>& best) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    bool better = false;
    if (options.early_stopping) {
        const double score = accuracy(state, validation),
                     previous = state.best_validation_score.value_or(-kInfinity);
        state.validation_scores.push_back(score);
        better = score >= previous + options.tol;
        if (score > previous) {
            state.best_validation_score = score;
            best = state.parameters;
        }
    } else {
        const double previous = state.best_loss.value_or(kInfinity);
        better = !(state.loss > previous - options.tol);
        if (state.loss < previous) state.best_loss = state.loss;
    }
    state.epochs_without_gain = better ? 0 : state.epochs_without_gain + 1;
}

}  // namespace

template <class T>
std::vector<int> likeliest(const MlpState<T>& state, MatrixView<const T> x) {
    std::vector<int> labels;
    labels.reserve(x.rows());
    for_each_output<T>(state, x, [&](std::size_t, MatrixView<const T> output) {
        for (std::size_t r = 0; r < output.rows(); ++r) {
            const std::span<const T> row = output.row(r);
            labels.push_back(row.size() == 1
                                 ? static_cast<int>(row[0] > T{0.5})
                                 : static_cast<int>(std::max_element(row.begin(), row.end()) - row.begin()));
        }
    });
    return labels;
}

template <class T>
void train_stochastic(MlpState<T>& state, const MlpOptions& options, const Samples<T>& samples,
                      RandomState& random, bool incremental, const OnProgress& on_progress) {
    if (!incremental || !state.solver) state.solver = make_solver<T>(options, state.network.n_parameters());
    std::vector<std::size_t> train(samples.x.rows());
    std::iota(train.begin(), train.end(), std::size_t{0});
    Validation<T> validation;
    if (options.early_stopping) validation = hold_out(state, options, samples, random, train);

    const std::size_t wanted = options.batch_size ? static_cast<std::size_t>(*options.batch_size) : 200;
    const std::size_t batch_size = std::min(wanted, train.size());
    Matrix<T> batch(batch_size, samples.x.cols());
    std::vector<int> labels(batch_size);
    auto work = state.network.workspace(batch_size);
    // scikit-learn goes on with the last weights when no epoch of a warm start beats the score of the start.
    std::optional<Parameters<T>> best;

    state.n_iter = 0;
    state.converged = false;
    const int max_iter = incremental ? 1 : options.max_iter;
    while (state.n_iter < max_iter && !state.converged) {
        if (options.shuffle) random.shuffle(std::span(train));
        state.loss = run_epoch(state, options, samples, train, batch_size, batch, labels, work);
        ++state.n_iter;
        check_finite(state);
        state.t += static_cast<std::int64_t>(train.size());
        state.loss_curve.push_back(state.loss);
        judge_epoch(state, options, validation, best);
        state.solver->epoch_ends(state.t);
        if (options.n_iter_no_change && state.epochs_without_gain > *options.n_iter_no_change) {
            state.converged = state.solver->stops();
            if (!state.converged) state.epochs_without_gain = 0;
        }
        if (on_progress && !on_progress({static_cast<std::size_t>(state.n_iter),
                                         static_cast<std::size_t>(max_iter), state.loss}))
            throw Error(Errc::cancelled, "training: stopped after epoch " + std::to_string(state.n_iter));
    }
    if (best) state.parameters = std::move(*best);
}

template std::vector<int> likeliest<float>(const MlpState<float>&, MatrixView<const float>);
template std::vector<int> likeliest<double>(const MlpState<double>&, MatrixView<const double>);
template void train_stochastic<float>(MlpState<float>&, const MlpOptions&, const Samples<float>&,
                                      RandomState&, bool, const OnProgress&);
template void train_stochastic<double>(MlpState<double>&, const MlpOptions&, const Samples<double>&,
                                       RandomState&, bool, const OnProgress&);

}  // namespace undertone::nn
