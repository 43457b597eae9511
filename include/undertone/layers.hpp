#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "undertone/fields.hpp"
#include "undertone/matrix.hpp"
#include "undertone/parameter.hpp"
#include "undertone/random.hpp"

namespace undertone {

/// A step of a network: batches in, batches out, gradients back. T is float or double.
///
/// A layer holds its parameters only. What changes from batch to batch lies in the caller's matrices and in
/// `scratch`, which forward_training() fills and backward() of the same batch finds again. So a const layer
/// may be used by several threads.
template <class T>
class Layer {
public:
    virtual ~Layer() = default;

    /// Keras's name of such a layer: "dense", "batch_normalization".
    [[nodiscard]] virtual std::string_view kind() const = 0;

    /// Makes the parameters for inputs of a shape, with new values.
    /// @return  the shape of the outputs
    /// @throws Error shape_mismatch  the layer cannot take that shape
    virtual Shape build(const Shape& input, RandomState& random) = 0;

    /// The parameters, in Keras's order. Empty before build().
    [[nodiscard]] std::span<Parameter<T>> parameters() noexcept { return parameters_; }
    [[nodiscard]] std::span<const Parameter<T>> parameters() const noexcept { return parameters_; }

    /// How many numbers of scratch the layer needs for `n_samples` at once.
    [[nodiscard]] virtual std::size_t scratch_size(std::size_t n_samples) const {
        (void)n_samples;
        return 0;
    }

    /// From inputs to outputs, as a trained network does it.
    /// @param x  `[n_samples, input size]`
    /// @param y  `[n_samples, output size]`, written whole
    virtual void forward(MatrixView<const T> x, MatrixView<T> y, std::span<T> scratch) const = 0;

    /// The same while training: batch statistics are taken, units are dropped.
    virtual void forward_training(MatrixView<const T> x, MatrixView<T> y, std::span<T> scratch,
                                  RandomState& random) {
        (void)random;
        forward(x, y, scratch);
    }

    /// Back through the batch that forward_training() saw last.
    /// @param x, y   what forward_training() read and wrote
    /// @param dy     gradient of the loss with respect to y; may be overwritten
    /// @param dx     gets the gradient with respect to x; empty when nobody asks for it
    virtual void backward(MatrixView<const T> x, MatrixView<const T> y, MatrixView<T> dy, MatrixView<T> dx,
                          std::span<T> scratch, GradientSink<T>& sink) = 0;

protected:
    std::vector<Parameter<T>> parameters_;
};

/// What a dense layer does to each of its sums. A softmax is a layer of its own: see Softmax.
enum class DenseActivation { linear, relu, tanh, sigmoid };
inline constexpr std::array kDenseActivations{Choice<DenseActivation>{"linear", DenseActivation::linear},
                                              Choice<DenseActivation>{"relu", DenseActivation::relu},
                                              Choice<DenseActivation>{"tanh", DenseActivation::tanh},
                                              Choice<DenseActivation>{"sigmoid", DenseActivation::sigmoid}};

/// `activation(x kernel + bias)`, kernel `[n_inputs, units]` from glorot_uniform, bias zeros.
/// Matches: Keras 3.15.1 `layers.Dense` on vectors.
template <class T>
class Dense final : public Layer<T> {
public:
    /// @throws Error invalid_argument  no units
    explicit Dense(std::size_t units, DenseActivation activation = DenseActivation::linear);
    [[nodiscard]] std::string_view kind() const override { return "dense"; }
    Shape build(const Shape& input, RandomState& random) override;
    [[nodiscard]] std::size_t scratch_size(std::size_t n_samples) const override;
    void forward(MatrixView<const T> x, MatrixView<T> y, std::span<T> scratch) const override;
    void backward(MatrixView<const T> x, MatrixView<const T> y, MatrixView<T> dy, MatrixView<T> dx,
                  std::span<T> scratch, GradientSink<T>& sink) override;

private:
    std::size_t units_;
    DenseActivation activation_;
};

/// Probabilities over the last axis of the shape: `exp(x) / sum(exp(x))`.
///
/// At the end of a network it is what Keras's `Dense(activation="softmax")` ends with; there the
/// cross-entropy is taken from the inputs of the softmax, as Keras's is.
template <class T>
class Softmax final : public Layer<T> {
public:
    [[nodiscard]] std::string_view kind() const override { return "softmax"; }
    Shape build(const Shape& input, RandomState& random) override;
    void forward(MatrixView<const T> x, MatrixView<T> y, std::span<T> scratch) const override;
    void backward(MatrixView<const T> x, MatrixView<const T> y, MatrixView<T> dy, MatrixView<T> dx,
                  std::span<T> scratch, GradientSink<T>& sink) override;

private:
    std::size_t axis_size_ = 0;
};

/// While training, sets a part of the inputs to zero, each with probability `rate`, and divides the others by
/// `1 - rate`. Draws one number of the RandomState an input, so the units dropped are not those of Keras.
/// Matches: Keras 3.15.1 `layers.Dropout`, in distribution.
template <class T>
class Dropout final : public Layer<T> {
public:
    /// @param rate   at least 0 and below 1
    /// @throws Error invalid_argument
    explicit Dropout(double rate);
    [[nodiscard]] std::string_view kind() const override { return "dropout"; }
    Shape build(const Shape& input, RandomState& random) override;
    [[nodiscard]] std::size_t scratch_size(std::size_t n_samples) const override { return n_samples * size_; }
    void forward(MatrixView<const T> x, MatrixView<T> y, std::span<T> scratch) const override;
    void forward_training(MatrixView<const T> x, MatrixView<T> y, std::span<T> scratch,
                          RandomState& random) override;
    void backward(MatrixView<const T> x, MatrixView<const T> y, MatrixView<T> dy, MatrixView<T> dx,
                  std::span<T> scratch, GradientSink<T>& sink) override;

private:
    double rate_;
    std::size_t size_ = 0;
};

/// `gamma (x - mean) / sqrt(variance + epsilon) + beta` for each channel (the last axis of the shape): mean
/// and variance of the batch while training, their moving averages afterwards. Matches: Keras 3.15.1
/// `layers.BatchNormalization`, `axis=-1`. Source: Ioffe and Szegedy, Batch Normalization, 2015.
template <class T>
class BatchNormalization final : public Layer<T> {
public:
    /// @param momentum   of the moving averages, 0 ... 1
    /// @param epsilon    added to the variance, above 0
    /// @throws Error invalid_argument
    explicit BatchNormalization(double momentum = 0.99, double epsilon = 1e-3);
    [[nodiscard]] std::string_view kind() const override { return "batch_normalization"; }
    Shape build(const Shape& input, RandomState& random) override;
    [[nodiscard]] std::size_t scratch_size(std::size_t n_samples) const override;
    void forward(MatrixView<const T> x, MatrixView<T> y, std::span<T> scratch) const override;
    void forward_training(MatrixView<const T> x, MatrixView<T> y, std::span<T> scratch,
                          RandomState& random) override;
    void backward(MatrixView<const T> x, MatrixView<const T> y, MatrixView<T> dy, MatrixView<T> dx,
                  std::span<T> scratch, GradientSink<T>& sink) override;

private:
    double momentum_, epsilon_;
    std::size_t channels_ = 0, size_ = 0;
};

}  // namespace undertone
