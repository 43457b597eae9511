#include "nn/mlp/network.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "nn/kernels/dense.hpp"
#include "nn/kernels/softmax.hpp"

namespace undertone::nn {
namespace {

constexpr std::size_t kGradientRows = 8;  // of a layer's weights that are updated together: some 20 KB, in L1

template <class T>
void activate(Activation activation, std::span<T> z) {
    switch (activation) {
        case Activation::identity:
            break;
        case Activation::logistic:
            for (T& value : z) value = T{1} / (T{1} + std::exp(-value));
            break;
        case Activation::tanh:
            for (T& value : z) value = std::tanh(value);
            break;
        case Activation::relu:
            for (T& value : z) value = value < 0 ? T{0} : value;  // so that NaN stays NaN
            break;
    }
}

/// Brings errors back through the activation, whose results are `values`.
template <class T>
void derive(Activation activation, std::span<const T> values, std::span<T> errors) {
    switch (activation) {
        case Activation::identity:
            break;
        case Activation::logistic:
            for (std::size_t i = 0; i < errors.size(); ++i) errors[i] *= values[i] * (1 - values[i]);
            break;
        case Activation::tanh:
            for (std::size_t i = 0; i < errors.size(); ++i) errors[i] *= 1 - values[i] * values[i];
            break;
        case Activation::relu:
            for (std::size_t i = 0; i < errors.size(); ++i) errors[i] = values[i] == 0 ? T{0} : errors[i];
            break;
    }
}

template <class T>
MatrixView<const T> reading(MatrixView<T> view) {
    return {view.data(), view.rows(), view.cols()};
}

}  // namespace

template <class T>
MlpNetwork<T>::MlpNetwork(const std::vector<std::size_t>& units, Activation hidden) : hidden_(hidden) {
    constexpr std::size_t kBorder = 64 / sizeof(T);
    const auto place = [&](std::size_t size) {
        const std::size_t offset = n_parameters_;
        n_parameters_ += (size + kBorder - 1) / kBorder * kBorder;
        return offset;
    };
    for (std::size_t i = 0; i + 1 < units.size(); ++i)
        layers_.push_back({units[i], units[i + 1], place(units[i] * units[i + 1]), 0});
    for (Layer& layer : layers_) layer.intercepts = place(layer.n_out);
}

template <class T>
MatrixView<const T> MlpNetwork<T>::coefs(const Parameters<T>& parameters, std::size_t layer) const {
    return {parameters.data() + layers_[layer].coefs, layers_[layer].n_in, layers_[layer].n_out};
}

template <class T>
std::span<const T> MlpNetwork<T>::intercepts(const Parameters<T>& parameters, std::size_t layer) const {
    return {parameters.data() + layers_[layer].intercepts, layers_[layer].n_out};
}

template <class T>
typename MlpNetwork<T>::Workspace MlpNetwork<T>::workspace(std::size_t max_rows) const {
    Workspace work;
    work.max_rows = max_rows;
    std::size_t widest = 0;
    for (const Layer& layer : layers_) {
        work.values.emplace_back(max_rows * layer.n_out);
        work.errors.emplace_back(max_rows * layer.n_out);
        widest = std::max(widest, layer.n_out);
    }
    work.gradient_rows.resize(kGradientRows * widest);
    work.gradient_sums.resize(widest);
    work.class_sums.resize(n_outputs());
    return work;
}

template <class T>
MatrixView<const T> MlpNetwork<T>::forward(const Parameters<T>& parameters, MatrixView<const T> x,
                                           Workspace& work) const {
    MatrixView<const T> input = x;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        const MatrixView<T> output = values(i, x.rows(), work);
        dense_forward<T>(input, coefs(parameters, i), intercepts(parameters, i), output);
        if (i + 1 < layers_.size())
            activate(hidden_, output.values());
        else if (n_outputs() == 1)
            activate(Activation::logistic, output.values());
        else
            for (std::size_t r = 0; r < output.rows(); ++r) softmax(output.row(r));
        input = reading(output);
    }
    return input;
}

template <class T>
double MlpNetwork<T>::log_loss(std::span<const int> y, Workspace& work) const {
    const auto log = [](T probability) {
        constexpr T kEps = std::numeric_limits<T>::epsilon();
        return std::log(std::clamp(probability, kEps, 1 - kEps));
    };
    const MatrixView<T> output = values(layers_.size() - 1, y.size(), work);
    if (n_outputs() == 1) {
        double sum = 0;  // scikit-learn's binary loss is double, whatever the weights are
        for (std::size_t r = 0; r < y.size(); ++r)
            sum += static_cast<double>(y[r] == 1 ? log(output(r, 0)) : log(1 - output(r, 0)));
        return -sum / static_cast<double>(y.size());
    }
    std::fill(work.class_sums.begin(), work.class_sums.end(), T{0});
    for (std::size_t r = 0; r < y.size(); ++r) {
        const std::size_t label = static_cast<std::size_t>(y[r]);
        work.class_sums[label] += log(output(r, label));
    }
    T sum = 0;
    for (const T class_sum : work.class_sums) sum += class_sum / static_cast<T>(y.size());
    return static_cast<double>(-sum);
}

template <class T>
void MlpNetwork<T>::backward(const Parameters<T>& parameters, MatrixView<const T> x, std::span<const int> y,
                             T alpha, Workspace& work, GradientSink<T>& sink) const {
    const std::size_t rows = x.rows(), last = layers_.size() - 1;
    const auto errors = [&](std::size_t layer) {
        return MatrixView<T>(work.errors[layer].data(), rows, layers_[layer].n_out);
    };
    // For softmax and for logistic alike: probability minus truth.
    const MatrixView<T> output = values(last, rows, work), output_errors = errors(last);
    std::copy(output.values().begin(), output.values().end(), output_errors.values().begin());
    for (std::size_t r = 0; r < rows; ++r) {
        if (n_outputs() == 1)
            output_errors(r, 0) -= static_cast<T>(y[r]);
        else
            output_errors(r, static_cast<std::size_t>(y[r])) -= 1;
    }

    for (std::size_t i = layers_.size(); i-- > 0;) {
        const Layer& layer = layers_[i];
        const MatrixView<const T> dy = reading(errors(i));
        if (i > 0) {  // before the sink may change this layer's weights
            const MatrixView<T> dx = errors(i - 1);
            dense_backward_input<T>(dy, coefs(parameters, i), dx);
            derive<T>(hidden_, values(i - 1, rows, work).values(), dx.values());
        }
        const MatrixView<const T> input = i > 0 ? reading(values(i - 1, rows, work)) : x;
        for (std::size_t first = 0; first < layer.n_in; first += kGradientRows) {
            const MatrixView<T> block(work.gradient_rows.data(), std::min(kGradientRows, layer.n_in - first),
                                      layer.n_out);
            dense_gradient_rows<T>(input, dy, first, block);
            sink.take(layer.coefs + first * layer.n_out, block.values(), alpha);
        }
        const std::span<T> sums(work.gradient_sums.data(), layer.n_out);
        std::fill(sums.begin(), sums.end(), T{0});
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t j = 0; j < layer.n_out; ++j) sums[j] += dy(r, j);
        sink.take(layer.intercepts, sums, T{0});
    }
}

template class MlpNetwork<float>;
template class MlpNetwork<double>;

}  // namespace undertone::nn
