#include "undertone/sequential.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "nn/keras/loss.hpp"

namespace undertone {
namespace {

constexpr std::size_t kPredictRows =
    256;  // samples that go through together where nothing else says how many

std::size_t size_of(const Shape& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

template <class T>
MatrixView<T> rows_of(Matrix<T>& matrix, std::size_t n) {
    return {matrix.data(), n, matrix.cols()};
}

template <class T>
MatrixView<const T> rows_of(MatrixView<const T> matrix, std::size_t first, std::size_t n) {
    return {matrix.data() + first * matrix.cols(), n, matrix.cols()};
}

template <class T>
void check_columns(MatrixView<const T> x, std::size_t expected) {
    if (x.cols() != expected)
        throw Error(Errc::shape_mismatch, "x is [" + std::to_string(x.rows()) + ", " +
                                              std::to_string(x.cols()) + "]: the network takes " +
                                              std::to_string(expected) + " inputs");
}

}  // namespace

template <class T>
void Sequential<T>::add(std::unique_ptr<Layer<T>> layer, RandomState& random) {
    if (!layer) throw Error(Errc::invalid_argument, "network: there is no layer to add");
    shapes_.push_back(layer->build(shapes_.back(), random));
    const auto before = std::count_if(layers_.begin(), layers_.end(),
                                      [&](const auto& other) { return other->kind() == layer->kind(); });
    std::string prefix(layer->kind());
    if (before > 0) prefix += "_" + std::to_string(before);
    for (Parameter<T>& parameter : layer->parameters()) parameter.name = prefix + "/" + parameter.name;
    layers_.push_back(std::move(layer));
}

template <class T>
std::size_t Sequential<T>::n_inputs() const noexcept {
    return size_of(shapes_.front());
}

template <class T>
std::size_t Sequential<T>::n_outputs() const noexcept {
    return size_of(shapes_.back());
}

template <class T>
std::vector<Parameter<T>*> Sequential<T>::parameters() {
    std::vector<Parameter<T>*> all;
    for (const auto& layer : layers_)
        for (Parameter<T>& parameter : layer->parameters()) all.push_back(&parameter);
    return all;
}

template <class T>
std::vector<const Parameter<T>*> Sequential<T>::parameters() const {
    std::vector<const Parameter<T>*> all;
    for (const auto& layer : layers_)
        for (const Parameter<T>& parameter : std::as_const(*layer).parameters()) all.push_back(&parameter);
    return all;
}

template <class T>
std::vector<Parameter<T>*> Sequential<T>::trainable_parameters() {
    std::vector<Parameter<T>*> all = parameters();
    std::erase_if(all, [](const Parameter<T>* parameter) { return !parameter->trainable; });
    return all;
}

template <class T>
typename Sequential<T>::Workspace Sequential<T>::workspace(std::size_t n_samples) const {
    Workspace workspace;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        workspace.outputs.emplace_back(n_samples, size_of(shapes_[i + 1]));
        workspace.gradients.emplace_back(n_samples, size_of(shapes_[i + 1]));
        workspace.scratch.emplace_back(layers_[i]->scratch_size(n_samples));
    }
    workspace.x = Matrix<T>(n_samples, n_inputs());
    workspace.y.resize(n_samples);
    workspace.weights.resize(n_samples);
    return workspace;
}

template <class T>
MatrixView<const T> Sequential<T>::forward(MatrixView<const T> x, Workspace& workspace) const {
    return forward_layers(x, layers_.size(), workspace);
}

template <class T>
MatrixView<const T> Sequential<T>::forward_layers(MatrixView<const T> x, std::size_t n_layers,
                                                  Workspace& workspace) const {
    for (std::size_t i = 0; i < n_layers; ++i) {
        const MatrixView<T> y = rows_of(workspace.outputs[i], x.rows());
        layers_[i]->forward(x, y, workspace.scratch[i]);
        x = {y.data(), y.rows(), y.cols()};
    }
    return x;
}

template <class T>
Matrix<T> Sequential<T>::predict(MatrixView<const T> x) const {
    check_columns(x, n_inputs());
    Matrix<T> result(x.rows(), n_outputs());
    Workspace workspace = this->workspace(std::min(x.rows(), kPredictRows));
    for (std::size_t first = 0; first < x.rows(); first += kPredictRows) {
        const std::size_t n = std::min(kPredictRows, x.rows() - first);
        const MatrixView<const T> y = forward(rows_of(x, first, n), workspace);
        std::copy_n(y.data(), y.size(), result.row(first).data());
    }
    return result;
}

template <class T>
std::size_t Sequential<T>::n_logit_layers() const {
    if (layers_.empty() || dynamic_cast<const Softmax<T>*>(layers_.back().get()) == nullptr)
        throw Error(Errc::invalid_argument,
                    "network: the last layer must be a softmax to be trained on classes");
    return layers_.size() - 1;
}

template <class T>
void Sequential<T>::check(const LabelledSamples<T>& samples) const {
    check_columns(samples.x, n_inputs());
    const std::size_t n = samples.x.rows();
    if (n == 0) throw Error(Errc::invalid_argument, "x: there is no sample");
    if (samples.y.size() != n || (!samples.weights.empty() && samples.weights.size() != n))
        throw Error(Errc::shape_mismatch, "x has " + std::to_string(n) + " samples, y " +
                                              std::to_string(samples.y.size()) + ", weights " +
                                              std::to_string(samples.weights.size()));
    for (std::size_t i = 0; i < n; ++i)
        if (samples.y[i] < 0 || static_cast<std::size_t>(samples.y[i]) >= n_outputs())
            throw Error(Errc::invalid_argument,
                        "y[" + std::to_string(i) + "] = " + std::to_string(samples.y[i]) +
                            ": must be at least 0 and below " + std::to_string(n_outputs()));
}

template <class T>
Evaluation Sequential<T>::Sums::mean(std::size_t n_samples) const noexcept {
    const double n = static_cast<double>(n_samples);
    return {loss / n, static_cast<double>(correct) / n};
}

template <class T>
Evaluation Sequential<T>::evaluate(const LabelledSamples<T>& samples, double label_smoothing) const {
    check(samples);
    Workspace workspace = this->workspace(std::min(samples.x.rows(), kPredictRows));
    return evaluate(samples, label_smoothing, workspace).mean(samples.x.rows());
}

template <class T>
typename Sequential<T>::Sums Sequential<T>::evaluate(const LabelledSamples<T>& samples,
                                                     double label_smoothing, Workspace& workspace) const {
    const std::size_t n_samples = samples.x.rows(), most = workspace.outputs[0].rows();
    const std::size_t n_layers = n_logit_layers();
    Sums total;
    for (std::size_t first = 0; first < n_samples; first += most) {
        const std::size_t n = std::min(most, n_samples - first);
        const MatrixView<const T> logits = forward_layers(rows_of(samples.x, first, n), n_layers, workspace);
        const nn::LossSums sums = nn::categorical_crossentropy<T>(
            logits, samples.y.subspan(first, n),
            samples.weights.empty() ? samples.weights : samples.weights.subspan(first, n), label_smoothing,
            {});
        total.loss += sums.loss;
        total.correct += sums.correct;
    }
    return total;
}

template <class T>
Evaluation Sequential<T>::train_on_batch(const LabelledSamples<T>& batch, Optimizer<T>& optimizer,
                                         double label_smoothing, RandomState& random, Workspace& workspace) {
    check(batch);
    if (batch.x.rows() > workspace.outputs.front().rows())
        throw Error(Errc::shape_mismatch, "batch of " + std::to_string(batch.x.rows()) +
                                              " samples: the workspace was made for " +
                                              std::to_string(workspace.outputs.front().rows()));
    return step(batch, optimizer, label_smoothing, random, workspace).mean(batch.x.rows());
}

template <class T>
typename Sequential<T>::Sums Sequential<T>::step(const LabelledSamples<T>& batch, Optimizer<T>& optimizer,
                                                 double label_smoothing, RandomState& random,
                                                 Workspace& workspace) {
    const std::size_t n_layers = n_logit_layers(), n = batch.x.rows();
    const auto input_of = [&](std::size_t layer) {
        if (layer == 0) return batch.x;
        const Matrix<T>& before = workspace.outputs[layer - 1];
        return MatrixView<const T>(before.data(), n, before.cols());
    };
    for (std::size_t i = 0; i < n_layers; ++i)
        layers_[i]->forward_training(input_of(i), rows_of(workspace.outputs[i], n), workspace.scratch[i],
                                     random);
    const nn::LossSums sums =
        nn::categorical_crossentropy<T>(input_of(n_layers), batch.y, batch.weights, label_smoothing,
                                        rows_of(workspace.gradients[n_layers - 1], n));
    optimizer.begin_step();
    for (std::size_t i = n_layers; i-- > 0;)
        layers_[i]->backward(input_of(i), input_of(i + 1), rows_of(workspace.gradients[i], n),
                             i == 0 ? MatrixView<T>() : rows_of(workspace.gradients[i - 1], n),
                             workspace.scratch[i], optimizer);
    optimizer.end_step();
    return {sums.loss, sums.correct};
}

template class Sequential<float>;
template class Sequential<double>;

}  // namespace undertone
