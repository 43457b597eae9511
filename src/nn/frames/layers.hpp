#pragma once

#include "nn/frames/layer.hpp"

/// The layers that networks of sequences are made of. Channels are the last axis, as in Keras.
namespace undertone::nn {

enum class Activation { linear, relu, tanh, sigmoid };

enum class Padding { same, causal };

struct Conv1DOptions {
    std::size_t filters = 1;
    std::size_t kernel_size = 1;
    std::size_t strides = 1;
    std::size_t dilation_rate = 1;  ///< 1 where strides is above 1
    Padding padding = Padding::same;
    bool use_bias = true;
    Activation activation = Activation::linear;
};

/// `activation(x * kernel + bias)` along the frames; kernel `[kernel_size, n_channels, filters]` from
/// glorot_uniform, bias zeros. On clips of one frame with kernel_size 1 it is a dense layer. Matches: Keras
/// 3.15.1 `layers.Conv1D`, `padding` same or causal.
template <class T>
class Conv1D final : public SequenceLayer<T> {
public:
    /// @throws Error invalid_argument
    explicit Conv1D(const Conv1DOptions& options);
    [[nodiscard]] const Conv1DOptions& options() const noexcept { return options_; }
    [[nodiscard]] std::string_view kind() const override { return "conv1d"; }
    std::size_t build(std::span<const std::size_t> n_channels, RandomState& random) override;
    [[nodiscard]] std::size_t n_frames(std::size_t n_frames) const override;
    [[nodiscard]] std::size_t margin() const override;
    void forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const override;
    void backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                  std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const override;

private:
    /// Keras's padding in front of a clip.
    [[nodiscard]] std::size_t pad_left(std::size_t n_frames) const;
    /// Whether a pass goes through points (winograd.hpp).
    [[nodiscard]] bool by_points(const Pass<T>& pass) const noexcept;
    void forward_by_points(const Sequences<T>& x, Sequences<T>& y, Pass<T>& pass) const;
    /// The kernel's gradient and the input's; dy is that of what came out before the activation.
    void backward_by_points(const Sequences<T>& x, const Sequences<T>& dy,
                            typename SequenceLayer<T>::InputGradient dx, Pass<T>& pass) const;

    Conv1DOptions options_;
    std::size_t n_inputs_ = 0;
};

/// Each channel filtered by a kernel of its own; kernel `[kernel_size, n_channels, 1]` from glorot_uniform,
/// no bias. Matches: Keras 3.15.1 `layers.DepthwiseConv1D`, `use_bias=False`, padding same; with a Conv1D of
/// kernel_size 1 behind it, `layers.SeparableConv1D`.
template <class T>
class DepthwiseConv1D final : public SequenceLayer<T> {
public:
    DepthwiseConv1D(std::size_t kernel_size, std::size_t dilation_rate);
    [[nodiscard]] std::size_t dilation_rate() const noexcept { return dilation_rate_; }
    [[nodiscard]] std::string_view kind() const override { return "depthwise_conv1d"; }
    std::size_t build(std::span<const std::size_t> n_channels, RandomState& random) override;
    [[nodiscard]] std::size_t margin() const override;
    void forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const override;
    void backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                  std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const override;

private:
    std::size_t kernel_size_, dilation_rate_;
};

/// `activation(gamma (x - mean) / sqrt(variance + epsilon) + beta)` for each channel, and to that a second
/// input is added where there is one: a residual block's. Mean and variance are over the frames of all clips
/// of the batch while training, their moving averages afterwards. Matches: Keras 3.15.1
/// `layers.BatchNormalization` on the frames of all clips, none of them masked.
template <class T>
class SequenceBatchNormalization final : public SequenceLayer<T> {
public:
    /// @param activation   linear or relu
    explicit SequenceBatchNormalization(Activation activation = Activation::linear, double momentum = 0.9,
                                        double epsilon = 1e-3);
    [[nodiscard]] Activation activation() const noexcept { return activation_; }
    [[nodiscard]] double epsilon() const noexcept { return epsilon_; }
    [[nodiscard]] std::string_view kind() const override { return "batch_normalization"; }
    std::size_t build(std::span<const std::size_t> n_channels, RandomState& random) override;
    void forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const override;
    void backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                  std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const override;
    void update_moving(const Pass<T>& pass) override;

private:
    Activation activation_;
    double momentum_, epsilon_;
};

/// `gamma (x - mean) / sqrt(variance + epsilon) + beta` with mean and variance over the channels of each
/// frame. Matches: Keras 3.15.1 `layers.LayerNormalization`.
template <class T>
class LayerNormalization final : public SequenceLayer<T> {
public:
    explicit LayerNormalization(double epsilon = 1e-3) : epsilon_(epsilon) {}
    [[nodiscard]] std::string_view kind() const override { return "layer_normalization"; }
    std::size_t build(std::span<const std::size_t> n_channels, RandomState& random) override;
    void forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const override;
    void backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                  std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const override;

private:
    double epsilon_;
};

/// While training, sets inputs to zero with probability `rate` and divides the others by `1 - rate`: single
/// values (Keras's `Dropout`) or whole channels of a clip (`SpatialDropout1D`). Which ones follows from the
/// pass' draw, not from Keras's generator.
template <class T>
class SequenceDropout final : public SequenceLayer<T> {
public:
    SequenceDropout(double rate, bool spatial) : rate_(rate), spatial_(spatial) {}
    [[nodiscard]] std::string_view kind() const override {
        return spatial_ ? "spatial_dropout1d" : "dropout";
    }
    std::size_t build(std::span<const std::size_t> n_channels, RandomState& random) override;
    void forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const override;
    void backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                  std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const override;

private:
    double rate_;
    bool spatial_;
};

/// The sum of two inputs of the same shape.
template <class T>
class Add final : public SequenceLayer<T> {
public:
    [[nodiscard]] std::string_view kind() const override { return "add"; }
    std::size_t build(std::span<const std::size_t> n_channels, RandomState& random) override;
    void forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const override;
    void backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                  std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const override;
};

/// The first input times the second, which has one frame a clip: what a squeeze-excitation ends with.
template <class T>
class Gate final : public SequenceLayer<T> {
public:
    [[nodiscard]] std::string_view kind() const override { return "multiply"; }
    std::size_t build(std::span<const std::size_t> n_channels, RandomState& random) override;
    void forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const override;
    void backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                  std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const override;
};

/// The channels of two inputs of as many frames, side by side.
template <class T>
class Concatenate final : public SequenceLayer<T> {
public:
    [[nodiscard]] std::string_view kind() const override { return "concatenate"; }
    std::size_t build(std::span<const std::size_t> n_channels, RandomState& random) override;
    void forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const override;
    void backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                  std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const override;
};

/// The mean over the frames of a clip: one frame comes out. Matches: Keras 3.15.1
/// `layers.GlobalAveragePooling1D`.
template <class T>
class AveragePooling final : public SequenceLayer<T> {
public:
    [[nodiscard]] std::string_view kind() const override { return "global_average_pooling1d"; }
    std::size_t build(std::span<const std::size_t> n_channels, RandomState& random) override;
    [[nodiscard]] std::size_t n_frames(std::size_t) const override { return 1; }
    void forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const override;
    void backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                  std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const override;
};

/// Each channel's mean over the frames of a clip taken away; and, where asked for, its deviation brought to 1
/// (it counts as kLeastDeviation at least: noise must not be blown up).
template <class T>
class ClipNormalizationLayer final : public SequenceLayer<T> {
public:
    static constexpr double kLeastDeviation = 1e-2;
    explicit ClipNormalizationLayer(bool variance) : variance_(variance) {}
    [[nodiscard]] bool variance() const noexcept { return variance_; }
    [[nodiscard]] std::string_view kind() const override { return "clip_normalization"; }
    std::size_t build(std::span<const std::size_t> n_channels, RandomState& random) override;
    void forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const override;
    void backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                  std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const override;

private:
    bool variance_;
};

/// Each channel's mean over the frames, its deviation, and the deviation of its steps from frame to frame:
/// `[1, 3 n_channels]` comes out. Variances are at least kVarianceFloor.
template <class T>
class StatisticsPooling final : public SequenceLayer<T> {
public:
    static constexpr double kVarianceFloor = 1e-5;
    [[nodiscard]] std::string_view kind() const override { return "statistics_pooling"; }
    std::size_t build(std::span<const std::size_t> n_channels, RandomState& random) override;
    [[nodiscard]] std::size_t n_frames(std::size_t) const override { return 1; }
    void forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const override;
    void backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                  std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const override;
};

/// Mean and standard deviation over the frames, each frame weighted by the softmax over time of the second
/// input, which has as many channels as the first or one for all: `[1, 2 n_channels]` comes out. The variance
/// is at least kVarianceFloor. Source: Okabe, Koshinaka and Shinoda, Attentive Statistics Pooling for Deep
/// Speaker Embedding, Interspeech 2018.
template <class T>
class AttentiveStatisticsPooling final : public SequenceLayer<T> {
public:
    static constexpr double kVarianceFloor = 1e-5;
    [[nodiscard]] std::string_view kind() const override { return "attentive_statistics_pooling"; }
    std::size_t build(std::span<const std::size_t> n_channels, RandomState& random) override;
    [[nodiscard]] std::size_t n_frames(std::size_t) const override { return 1; }
    void forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const override;
    void backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                  std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const override;
};

}  // namespace undertone::nn
