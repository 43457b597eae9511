#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "bindings.hpp"
#include "nn/mlp/training.hpp"
#include "undertone/mlp_classifier.hpp"
#include "undertone/progress.hpp"

namespace undertone::python {
namespace {

/// NumPy's memory, read and written: the weights, the moments of a solver, the words of a RandomState.
template <class T>
using Writable = nb::ndarray<T, nb::c_contig, nb::device::cpu>;

/// Calls `visit(offset, array)` with each block of the weights: all coefficients, then all intercepts, as
/// scikit-learn lists them.
template <class T, class Visit>
void for_each_block(const nn::MlpNetwork<T>& network, const std::vector<Writable<T>>& arrays, Visit&& visit) {
    const auto& layers = network.layers();
    if (arrays.size() != 2 * layers.size())
        throw Error(Errc::shape_mismatch, std::to_string(arrays.size()) + " arrays of weights, must be " +
                                              std::to_string(2 * layers.size()));
    for (std::size_t i = 0; i < arrays.size(); ++i) {
        const auto& layer = layers[i % layers.size()];
        const bool coefs = i < layers.size();
        const std::size_t size = coefs ? layer.n_in * layer.n_out : layer.n_out;
        if (arrays[i].size() != size)
            throw Error(Errc::shape_mismatch, "array " + std::to_string(i) + " of the weights has " +
                                                  std::to_string(arrays[i].size()) + " values, must have " +
                                                  std::to_string(size));
        visit(coefs ? layer.coefs : layer.intercepts, arrays[i]);
    }
}

template <class T>
nn::Parameters<T> read_blocks(const nn::MlpNetwork<T>& network, const std::vector<Writable<T>>& arrays) {
    nn::Parameters<T> parameters(network.n_parameters());
    for_each_block<T>(network, arrays, [&](std::size_t offset, const Writable<T>& array) {
        std::copy(array.data(), array.data() + array.size(), parameters.data() + offset);
    });
    return parameters;
}

template <class T>
void write_blocks(const nn::MlpNetwork<T>& network, const nn::Parameters<T>& parameters,
                  const std::vector<Writable<T>>& arrays) {
    for_each_block<T>(network, arrays, [&](std::size_t offset, const Writable<T>& array) {
        std::copy_n(parameters.data() + offset, array.size(), array.data());
    });
}

/// Trains from the weights that there are, and leaves the new ones in the same arrays.
///
/// All that a training goes on from comes in as scikit-learn's estimator keeps it, and goes back likewise:
/// the estimator's attributes are the only state, so that whatever copies, pickles or changes them is right.
/// @param x        `[n_samples, n_features]`
/// @param labels   `[n_samples]`, indices of classes
/// @param units    of the input, the hidden layers, the output
/// @param moments  of the solver; with `incremental` it goes on from them. Empty for lbfgs
template <class T>
nb::dict train(const Table<T>& x, const Vector<std::int32_t>& labels, const std::vector<std::size_t>& units,
               const std::vector<Writable<T>>& weights, const Options& texts, const nb::dict& before,
               const std::vector<std::vector<Writable<T>>>& moments,
               const Writable<std::uint32_t>& random_key, std::size_t random_pos, bool incremental,
               const nb::object& on_epoch) {
    const auto options = options_from<MlpOptions>(texts);
    nn::MlpState<T> state;
    state.network = nn::MlpNetwork<T>(units, options.activation);
    state.parameters = read_blocks<T>(state.network, weights);
    if (labels.shape(0) != x.shape(0) || random_key.size() != 624)
        throw Error(Errc::shape_mismatch, "labels or words of the generator are of another size");

    const auto optional_number = [&](const char* key) -> std::optional<double> {
        const nb::object value = before[key];
        return value.is_none() ? std::nullopt : std::optional(nb::cast<double>(value));
    };
    state.loss_curve = nb::cast<std::vector<double>>(before["loss_curve"]);
    state.validation_scores = nb::cast<std::vector<double>>(before["validation_scores"]);
    state.best_loss = optional_number("best_loss");
    state.best_validation_score = optional_number("best_validation_score");
    state.epochs_without_gain = nb::cast<int>(before["epochs_without_gain"]);
    state.t = nb::cast<std::int64_t>(before["t"]);
    const bool stochastic = options.solver != Solver::lbfgs;
    if (stochastic && incremental) {
        state.solver = nn::make_solver<T>(options, state.network.n_parameters());
        nn::SolverState<T> kept{
            {}, nb::cast<std::int64_t>(before["steps"]), nb::cast<double>(before["learning_rate"])};
        for (const auto& arrays : moments) kept.moments.push_back(read_blocks<T>(state.network, arrays));
        state.solver->restore(kept);
    }
    RandomState::State words;
    std::copy_n(random_key.data(), words.key.size(), words.key.begin());
    words.pos = random_pos;
    RandomState random(words);

    const OnProgress progress = [&](const Progress& done) {
        const nb::gil_scoped_acquire acquire;
        if (PyErr_CheckSignals() != 0) return false;
        if (on_epoch.is_none()) return true;
        try {
            on_epoch(done.done, done.loss,
                     state.validation_scores.empty() ? nb::none() : nb::cast(state.validation_scores.back()));
            return true;
        } catch (nb::python_error& error) {
            error.restore();
            return false;
        }
    };
    bool interrupted = false;
    const std::span<const int> y = view(labels);
    try {
        unlocked([&] {
            if (stochastic)
                nn::train_stochastic<T>(state, options, {view(x), y}, random, incremental, progress);
            else
                nn::train_lbfgs<T>(state, options, {view(x), y}, progress);
        });
    } catch (const Error& error) {
        // What was learnt until Ctrl-C is kept, as scikit-learn keeps it.
        if (error.code() != Errc::cancelled || PyErr_ExceptionMatches(PyExc_KeyboardInterrupt) == 0) throw;
        PyErr_Clear();
        interrupted = true;
    }

    write_blocks<T>(state.network, state.parameters, weights);
    words = random.state();
    std::copy(words.key.begin(), words.key.end(), random_key.data());
    nb::dict after;
    after["random_pos"] = words.pos;
    if (stochastic) {
        const nn::SolverState<T> kept = state.solver->state();
        for (std::size_t i = 0; i < kept.moments.size(); ++i)
            write_blocks<T>(state.network, kept.moments[i], moments.at(i));
        after["steps"] = kept.steps;
        after["learning_rate"] = kept.learning_rate;
    }
    after["loss"] = state.loss;
    after["loss_curve"] = state.loss_curve;
    after["validation_scores"] = state.validation_scores;
    after["best_loss"] = state.best_loss;
    after["best_validation_score"] = state.best_validation_score;
    after["epochs_without_gain"] = state.epochs_without_gain;
    after["n_iter"] = state.n_iter;
    after["t"] = state.t;
    after["converged"] = state.converged;
    after["interrupted"] = interrupted;
    return after;
}

template <class T>
void bind_train(nb::module_& module) {
    module.def("train_mlp", &train<T>, "x"_a.noconvert(), "labels"_a.noconvert(), "units"_a, "weights"_a,
               "options"_a, "before"_a, "moments"_a, "random_key"_a, "random_pos"_a, "incremental"_a,
               "on_epoch"_a.none());
}

}  // namespace

void bind_mlp(nb::module_& module) {
    bind_train<float>(module);
    bind_train<double>(module);
}

}  // namespace undertone::python
