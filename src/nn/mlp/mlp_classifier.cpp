#include "undertone/mlp_classifier.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "nn/mlp/training.hpp"
#include "undertone/error.hpp"
#include "undertone/random.hpp"

namespace undertone {
namespace {

template <class T>
void check_x(MatrixView<const T> x) {
    for (std::size_t i = 0; i < x.rows(); ++i)
        for (std::size_t j = 0; j < x.cols(); ++j)
            if (!std::isfinite(x(i, j)))
                throw Error(Errc::numerical, "sample " + std::to_string(i) + ", feature " +
                                                 std::to_string(j) + " is not finite");
}

template <class T>
void check_samples(MatrixView<const T> x, std::span<const int> y) {
    if (x.rows() != y.size())
        throw Error(Errc::shape_mismatch,
                    "x has " + std::to_string(x.rows()) + " samples, y has " + std::to_string(y.size()));
    if (x.rows() == 0 || x.cols() == 0)
        throw Error(Errc::invalid_argument, "x is " + std::to_string(x.rows()) + " samples of " +
                                                std::to_string(x.cols()) +
                                                " features, must have at least one of each");
    check_x(x);
}

void check_width(std::size_t got, std::size_t fitted) {
    if (got != fitted)
        throw Error(Errc::shape_mismatch,
                    "x has " + std::to_string(got) + " features, fitted on " + std::to_string(fitted));
}

std::vector<int> sorted_classes(std::span<const int> y) {
    std::vector<int> classes(y.begin(), y.end());
    std::sort(classes.begin(), classes.end());
    classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
    return classes;
}

std::string text(const std::vector<int>& classes) {
    std::string all;
    for (const int label : classes) all += (all.empty() ? "" : " ") + std::to_string(label);
    return all;
}

void check_classes(const std::vector<int>& classes) {
    if (classes.size() < 2)
        throw Error(Errc::invalid_argument,
                    "y has " + std::to_string(classes.size()) + " class, must have at least 2");
}

/// Each sample's class as its index.
std::vector<int> label_indices(std::span<const int> y, const std::vector<int>& classes) {
    std::vector<int> labels;
    labels.reserve(y.size());
    for (const int label : y) {
        const auto found = std::lower_bound(classes.begin(), classes.end(), label);
        if (found == classes.end() || *found != label)
            throw Error(Errc::invalid_argument,
                        "y has class " + std::to_string(label) + ", must be one of " + text(classes));
        labels.push_back(static_cast<int>(found - classes.begin()));
    }
    return labels;
}

template <class T>
nn::MlpState<T> empty_state(const MlpOptions& options, std::size_t n_features,
                            const std::vector<int>& classes) {
    std::vector<std::size_t> units{n_features};
    for (const int size : options.hidden_layer_sizes) units.push_back(static_cast<std::size_t>(size));
    units.push_back(classes.size() == 2 ? 1 : classes.size());
    nn::MlpState<T> state;
    state.network = nn::MlpNetwork<T>(units, options.activation);
    state.classes = classes;
    state.parameters = nn::Parameters<T>(state.network.n_parameters());
    return state;
}

/// Glorot's uniform weights as scikit-learn draws them, layer by layer, always as doubles.
template <class T>
void draw_weights(nn::MlpState<T>& state, Activation activation, RandomState& random) {
    const double factor = activation == Activation::logistic ? 2 : 6;
    for (const auto& layer : state.network.layers()) {
        const double bound = std::sqrt(factor / static_cast<double>(layer.n_in + layer.n_out));
        const auto draw = [&](std::size_t offset, std::size_t count) {
            for (T& weight : state.parameters.values().subspan(offset, count))
                weight = static_cast<T>(random.uniform(-bound, bound));
        };
        draw(layer.coefs, layer.n_in * layer.n_out);
        draw(layer.intercepts, layer.n_out);
    }
}

}  // namespace

template <class T>
struct MlpClassifier<T>::State : nn::MlpState<T> {};

template <class T>
MlpClassifier<T>::MlpClassifier(MlpOptions options) : options_(std::move(options)) {
    validate(options_);
}
template <class T>
MlpClassifier<T>::~MlpClassifier() = default;
template <class T>
MlpClassifier<T>::MlpClassifier(const MlpClassifier& other)
    : options_(other.options_), state_(other.state_ ? std::make_unique<State>(*other.state_) : nullptr) {}
template <class T>
MlpClassifier<T>::MlpClassifier(MlpClassifier&&) noexcept = default;
template <class T>
MlpClassifier<T>& MlpClassifier<T>::operator=(MlpClassifier other) noexcept {
    std::swap(options_, other.options_);
    std::swap(state_, other.state_);
    return *this;
}

template <class T>
void MlpClassifier<T>::fit(MatrixView<const T> x, std::span<const int> y, const OnProgress& on_progress) {
    check_samples(x, y);
    const std::uint32_t seed = options_.random_state ? *options_.random_state : RandomState::fresh_seed();
    RandomState random(seed);
    const std::vector<int> classes = sorted_classes(y);
    check_classes(classes);
    std::unique_ptr<State> next;
    if (state_ && options_.warm_start) {
        check_width(x.cols(), n_features());
        if (classes != state_->classes)
            throw Error(Errc::invalid_argument, "warm_start: y has classes " + text(classes) +
                                                    ", must be those of the fit before, " +
                                                    text(state_->classes));
        next = std::make_unique<State>(*state_);
    } else {
        next = std::make_unique<State>(State{empty_state<T>(options_, x.cols(), classes)});
        draw_weights<T>(*next, options_.activation, random);
    }
    next->random_state = seed;
    const std::vector<int> labels = label_indices(y, next->classes);
    if (options_.solver == Solver::lbfgs)
        nn::train_lbfgs<T>(*next, options_, {x, labels}, on_progress);
    else
        nn::train_stochastic<T>(*next, options_, {x, labels}, random, false, on_progress);
    state_ = std::move(next);
}

template <class T>
void MlpClassifier<T>::partial_fit(MatrixView<const T> x, std::span<const int> y,
                                   std::span<const int> classes) {
    if (options_.solver == Solver::lbfgs)
        throw Error(Errc::invalid_argument, "solver = lbfgs: must be adam or sgd for partial_fit()");
    if (options_.early_stopping)
        throw Error(Errc::invalid_argument, "early_stopping = true: must be false for partial_fit()");
    check_samples(x, y);
    const std::vector<int> all = sorted_classes(classes);
    const std::uint32_t seed = options_.random_state ? *options_.random_state : RandomState::fresh_seed();
    RandomState random(seed);
    std::unique_ptr<State> next;
    if (state_) {
        check_width(x.cols(), n_features());
        if (!all.empty() && all != state_->classes)
            throw Error(
                Errc::invalid_argument,
                "classes are " + text(all) + ", must be those of the call before, " + text(state_->classes));
        if (options_.warm_start && sorted_classes(y) != state_->classes)
            throw Error(Errc::invalid_argument, "warm_start: y has classes " + text(sorted_classes(y)) +
                                                    ", must be those of the call before, " +
                                                    text(state_->classes));
        next = std::make_unique<State>(*state_);
    } else {
        if (all.empty())
            throw Error(Errc::invalid_argument,
                        "classes are missing: must be given at the first partial_fit()");
        check_classes(all);
        next = std::make_unique<State>(State{empty_state<T>(options_, x.cols(), all)});
        draw_weights<T>(*next, options_.activation, random);
    }
    next->random_state = seed;
    const std::vector<int> labels = label_indices(y, next->classes);
    nn::train_stochastic<T>(*next, options_, {x, labels}, random, true, {});
    state_ = std::move(next);
}

template <class T>
Matrix<T> MlpClassifier<T>::predict_proba(MatrixView<const T> x) const {
    if (!state_) throw Error(Errc::not_fitted, "the classifier must be fitted before it can predict");
    check_width(x.cols(), n_features());
    check_x(x);
    Matrix<T> proba(x.rows(), state_->classes.size());
    nn::for_each_output<T>(*state_, x, [&](std::size_t first, MatrixView<const T> output) {
        for (std::size_t r = 0; r < output.rows(); ++r) {
            const std::span<T> row = proba.row(first + r);
            if (output.cols() == 1) {
                row[0] = 1 - output(r, 0);
                row[1] = output(r, 0);
            } else {
                std::copy(output.row(r).begin(), output.row(r).end(), row.begin());
            }
        }
    });
    return proba;
}

template <class T>
std::vector<int> MlpClassifier<T>::predict(MatrixView<const T> x) const {
    if (!state_) throw Error(Errc::not_fitted, "the classifier must be fitted before it can predict");
    check_width(x.cols(), n_features());
    check_x(x);
    std::vector<int> labels = nn::likeliest<T>(*state_, x);
    for (int& label : labels) label = state_->classes[static_cast<std::size_t>(label)];
    return labels;
}

template <class T>
double MlpClassifier<T>::score(MatrixView<const T> x, std::span<const int> y) const {
    if (x.rows() != y.size())
        throw Error(Errc::shape_mismatch,
                    "x has " + std::to_string(x.rows()) + " samples, y has " + std::to_string(y.size()));
    if (y.empty()) throw Error(Errc::invalid_argument, "score: x has no sample, must have at least one");
    const std::vector<int> predicted = predict(x);
    std::size_t right = 0;
    for (std::size_t i = 0; i < y.size(); ++i) right += predicted[i] == y[i] ? 1U : 0U;
    return static_cast<double>(right) / static_cast<double>(y.size());
}

template <class T>
MlpClassifier<T> MlpClassifier<T>::from_weights(MlpOptions options, const std::vector<int>& classes,
                                                const std::vector<Matrix<T>>& coefs,
                                                const std::vector<std::vector<T>>& intercepts) {
    MlpClassifier classifier(std::move(options));
    if (classes.size() < 2 || classes != sorted_classes(classes))
        throw Error(Errc::invalid_argument,
                    "classes are " + text(classes) + ", must be two or more, ascending");
    const std::size_t n_layers = classifier.options_.hidden_layer_sizes.size() + 1;
    if (coefs.size() != n_layers || intercepts.size() != n_layers || coefs[0].rows() == 0)
        throw Error(Errc::shape_mismatch, std::to_string(coefs.size()) + " coefs and " +
                                              std::to_string(intercepts.size()) + " intercepts, must be " +
                                              std::to_string(n_layers) + " of each, none empty");
    auto state =
        std::make_unique<State>(State{empty_state<T>(classifier.options_, coefs[0].rows(), classes)});
    for (std::size_t i = 0; i < n_layers; ++i) {
        const auto& layer = state->network.layers()[i];
        if (coefs[i].rows() != layer.n_in || coefs[i].cols() != layer.n_out ||
            intercepts[i].size() != layer.n_out)
            throw Error(Errc::shape_mismatch,
                        "layer " + std::to_string(i) + ": coefs are " + std::to_string(coefs[i].rows()) +
                            " x " + std::to_string(coefs[i].cols()) + " and intercepts " +
                            std::to_string(intercepts[i].size()) + ", must be " + std::to_string(layer.n_in) +
                            " x " + std::to_string(layer.n_out) + " and " + std::to_string(layer.n_out));
        const auto place = [&](std::span<const T> values, std::size_t offset) {
            for (const T value : values)
                if (!std::isfinite(value))
                    throw Error(Errc::numerical, "layer " + std::to_string(i) + ": a weight is not finite");
            std::copy(values.begin(), values.end(),
                      state->parameters.values().begin() + static_cast<std::ptrdiff_t>(offset));
        };
        place(coefs[i].values(), layer.coefs);
        place(intercepts[i], layer.intercepts);
    }
    classifier.state_ = std::move(state);
    return classifier;
}

template <class T>
const MlpOptions& MlpClassifier<T>::options() const noexcept {
    return options_;
}
template <class T>
bool MlpClassifier<T>::fitted() const noexcept {
    return state_ != nullptr;
}
template <class T>
std::size_t MlpClassifier<T>::n_features() const noexcept {
    return state_ ? state_->network.n_features() : 0;
}
template <class T>
const std::vector<int>& MlpClassifier<T>::classes() const noexcept {
    static const std::vector<int> kNone;
    return state_ ? state_->classes : kNone;
}
template <class T>
std::vector<MatrixView<const T>> MlpClassifier<T>::coefs() const {
    std::vector<MatrixView<const T>> views;
    for (std::size_t i = 0; state_ && i < state_->network.layers().size(); ++i)
        views.push_back(state_->network.coefs(state_->parameters, i));
    return views;
}
template <class T>
std::vector<std::span<const T>> MlpClassifier<T>::intercepts() const {
    std::vector<std::span<const T>> views;
    for (std::size_t i = 0; state_ && i < state_->network.layers().size(); ++i)
        views.push_back(state_->network.intercepts(state_->parameters, i));
    return views;
}
template <class T>
std::string_view MlpClassifier<T>::out_activation() const noexcept {
    return classes().size() == 2 ? "logistic" : "softmax";
}
template <class T>
double MlpClassifier<T>::loss() const noexcept {
    return state_ ? state_->loss : 0;
}
template <class T>
const std::vector<double>& MlpClassifier<T>::loss_curve() const noexcept {
    static const std::vector<double> kNone;
    return state_ ? state_->loss_curve : kNone;
}
template <class T>
std::optional<double> MlpClassifier<T>::best_loss() const noexcept {
    return state_ ? state_->best_loss : std::nullopt;
}
template <class T>
const std::vector<double>& MlpClassifier<T>::validation_scores() const noexcept {
    static const std::vector<double> kNone;
    return state_ ? state_->validation_scores : kNone;
}
template <class T>
std::optional<double> MlpClassifier<T>::best_validation_score() const noexcept {
    return state_ ? state_->best_validation_score : std::nullopt;
}
template <class T>
int MlpClassifier<T>::n_iter() const noexcept {
    return state_ ? state_->n_iter : 0;
}
template <class T>
std::int64_t MlpClassifier<T>::t() const noexcept {
    return state_ ? state_->t : 0;
}
template <class T>
bool MlpClassifier<T>::converged() const noexcept {
    return state_ && state_->converged;
}
template <class T>
std::uint32_t MlpClassifier<T>::random_state() const noexcept {
    return state_ ? state_->random_state : 0;
}

template class MlpClassifier<float>;
template class MlpClassifier<double>;

}  // namespace undertone
