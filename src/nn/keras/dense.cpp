#include "nn/kernels/dense.hpp"

#include <algorithm>
#include <cmath>

#include "undertone/layers.hpp"

namespace undertone {
namespace {

constexpr std::size_t kGradientRows = 4;  // that share one walk over dy

template <class T>
void activate(DenseActivation activation, std::span<T> values) {
    switch (activation) {
        case DenseActivation::linear:
            break;
        case DenseActivation::relu:
            for (T& value : values) value = value > 0 ? value : T{0};
            break;
        case DenseActivation::tanh:
            for (T& value : values) value = std::tanh(value);
            break;
        case DenseActivation::sigmoid:
            for (T& value : values) value = 1 / (1 + std::exp(-value));
            break;
    }
}

/// From the gradient of the outputs to that of the sums; every slope is known from the output alone.
template <class T>
void through_activation(DenseActivation activation, std::span<const T> y, std::span<T> dy) {
    switch (activation) {
        case DenseActivation::linear:
            break;
        case DenseActivation::relu:
            for (std::size_t i = 0; i < y.size(); ++i) dy[i] = y[i] > 0 ? dy[i] : T{0};
            break;
        case DenseActivation::tanh:
            for (std::size_t i = 0; i < y.size(); ++i) dy[i] *= 1 - y[i] * y[i];
            break;
        case DenseActivation::sigmoid:
            for (std::size_t i = 0; i < y.size(); ++i) dy[i] *= y[i] * (1 - y[i]);
            break;
    }
}

}  // namespace

template <class T>
Dense<T>::Dense(std::size_t units, DenseActivation activation) : units_(units), activation_(activation) {
    if (units == 0) throw Error(Errc::invalid_argument, "units = 0: a dense layer needs at least one");
}

template <class T>
Shape Dense<T>::build(const Shape& input, RandomState& random) {
    if (input.size() != 1 || input[0] == 0)
        throw Error(Errc::shape_mismatch, "dense: input of " + std::to_string(input.size()) +
                                              " axes: must be a vector with at least one element");
    Parameter<T> kernel("kernel", {input[0], units_}, T{0});
    const double limit = std::sqrt(6.0 / static_cast<double>(input[0] + units_));  // glorot_uniform
    for (T& weight : kernel.values) weight = static_cast<T>(random.uniform(-limit, limit));
    this->parameters_.clear();
    this->parameters_.push_back(std::move(kernel));
    this->parameters_.emplace_back("bias", Shape{units_}, T{0});
    return {units_};
}

template <class T>
std::size_t Dense<T>::scratch_size(std::size_t) const {
    return kGradientRows * units_;
}

template <class T>
void Dense<T>::forward(MatrixView<const T> x, MatrixView<T> y, std::span<T>) const {
    const std::vector<T>& kernel = this->parameters_[0].values;
    nn::dense_forward<T>(x, {kernel.data(), x.cols(), units_}, this->parameters_[1].values, y);
    activate(activation_, y.values());
}

template <class T>
void Dense<T>::backward(MatrixView<const T> x, MatrixView<const T> y, MatrixView<T> dy, MatrixView<T> dx,
                        std::span<T> scratch, GradientSink<T>& sink) {
    Parameter<T>& kernel = this->parameters_[0];
    through_activation<T>(activation_, y.values(), dy.values());
    const MatrixView<const T> errors(dy.data(), dy.rows(), dy.cols());
    // Before the sink changes the kernel.
    if (dx.size() != 0) nn::dense_backward_input<T>(errors, {kernel.values.data(), x.cols(), units_}, dx);

    for (std::size_t first = 0; first < x.cols(); first += kGradientRows) {
        const MatrixView<T> rows(scratch.data(), std::min(kGradientRows, x.cols() - first), units_);
        nn::dense_gradient_rows<T>(x, errors, first, rows);
        sink.take(kernel, first * units_, rows.values());
    }
    const std::span<T> bias_gradient = scratch.first(units_);
    std::fill(bias_gradient.begin(), bias_gradient.end(), T{0});
    for (std::size_t sample = 0; sample < dy.rows(); ++sample)
        for (std::size_t unit = 0; unit < units_; ++unit) bias_gradient[unit] += errors(sample, unit);
    sink.take(this->parameters_[1], 0, bias_gradient);
}

template class Dense<float>;
template class Dense<double>;

}  // namespace undertone
