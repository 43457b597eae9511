#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "undertone/tensor.hpp"

namespace undertone::exchange {

/// What a step of a FrameGraph does. Of two operands either may have a time of 1, or one channel, for all.
/// The second operand of those up to `less` may be a number.
enum class FrameOp {
    add,
    subtract,
    multiply,
    divide,
    minimum,
    maximum,
    less,  ///< 1 where the first is below the second, else 0

    input,  ///< the frames
    ones,   ///< as many as there are values
    square_root,
    logarithm,
    magnitude,
    whole,   ///< what is left without the fraction
    widen,   ///< to float64
    narrow,  ///< to float32
    relu,
    tanh,
    sigmoid,

    sum_time,
    most_time,
    running_sum,   ///< over the time up to each frame
    softmax_time,  ///< over the frames
    pad_time,      ///< zeros of sizes[0] frames before, of sizes[1] behind
    crop_time,     ///< without sizes[0] frames at the begin, sizes[1] at the end
    take_time,     ///< the frames of the first whose places the second tells
    products,      ///< `[1, a * b]`: sums over time of each channel of the first times each of the second

    mean_channels,
    most_channels,
    take_channels,  ///< those that sizes names
    concatenate,    ///< channels side by side
    softmax,        ///< over the channels

    standardize,          ///< `(x - weights[0]) / weights[1]`
    dense,                ///< `x kernel + bias`; weights: kernel `[n_in, n_out]`, and bias where there is one
    conv1d,               ///< without padding; weights: kernel `[size, n_in, n_out]`; sizes: stride, dilation
    depthwise_conv1d,     ///< likewise; kernel `[size, n_channels, 1]`
    batch_normalization,  ///< weights: gamma, beta, moving mean and variance; number: epsilon
};

/// A step of a FrameGraph.
struct FrameStep {
    FrameOp op = FrameOp::input;
    std::vector<std::size_t> inputs = {};  ///< steps before it
    double number = 0;                     ///< the second operand, where there is one input
    std::vector<std::size_t> sizes = {};
    std::vector<Tensor> weights = {};  ///< of float or double
    std::string name = {};             ///< of a layer: "member_1/stem/conv"
    std::size_t n_channels = 0;        ///< of the result
    bool wide = false;                 ///< the result is of float64
};

/// What becomes of the frames of clips, in steps that ONNX and Keras can both tell. Every value is
/// `[n_clips, n_frames, n_channels]`; what is told of whole clips has one frame. The last step is the result.
struct FrameGraph {
    std::vector<FrameStep> steps;

    /// @return  the place of the step, or of one without a name that does the same already
    std::size_t add(FrameStep step);
    /// Makes a step the last one; what it does not depend on goes.
    void end_with(std::size_t result);
};

/// The result of a step, to write formulas with.
class FrameValue {
public:
    FrameValue(FrameGraph& graph, std::size_t step) : graph_(&graph), step_(step) {}

    [[nodiscard]] std::size_t n_channels() const { return graph_->steps[step_].n_channels; }
    [[nodiscard]] std::size_t step() const noexcept { return step_; }
    /// A step behind this value.
    [[nodiscard]] FrameValue then(FrameOp op, double number = 0) const;
    [[nodiscard]] FrameValue then(FrameOp op, const FrameValue& other) const;
    /// A layer with weights behind this value.
    [[nodiscard]] FrameValue layer(FrameOp op, std::string name, std::vector<Tensor> weights,
                                   std::vector<std::size_t> sizes = {}, double number = 0) const;
    [[nodiscard]] FrameValue padded(std::size_t before, std::size_t behind) const;
    [[nodiscard]] FrameValue channels(std::vector<std::size_t> which) const;
    /// Values side by side.
    [[nodiscard]] static FrameValue joined(const std::vector<FrameValue>& values);

    [[nodiscard]] FrameValue sum() const { return then(FrameOp::sum_time); }
    [[nodiscard]] FrameValue most() const { return then(FrameOp::most_time); }
    [[nodiscard]] FrameValue wide() const;
    [[nodiscard]] FrameValue single() const;
    [[nodiscard]] FrameValue root() const { return then(FrameOp::square_root); }
    [[nodiscard]] FrameValue at_least(double number) const { return then(FrameOp::maximum, number); }
    [[nodiscard]] FrameValue at_most(double number) const { return then(FrameOp::minimum, number); }
    /// The value of so many frames later; zeros where the clip has ended.
    [[nodiscard]] FrameValue later(std::size_t n_frames) const;
    /// The number of each frame from 0, one channel of float64.
    [[nodiscard]] FrameValue times() const;

private:
    FrameGraph* graph_;
    std::size_t step_;
};

inline FrameValue operator+(const FrameValue& a, const FrameValue& b) { return a.then(FrameOp::add, b); }
inline FrameValue operator-(const FrameValue& a, const FrameValue& b) { return a.then(FrameOp::subtract, b); }
inline FrameValue operator*(const FrameValue& a, const FrameValue& b) { return a.then(FrameOp::multiply, b); }
inline FrameValue operator/(const FrameValue& a, const FrameValue& b) { return a.then(FrameOp::divide, b); }
inline FrameValue operator<(const FrameValue& a, const FrameValue& b) { return a.then(FrameOp::less, b); }
inline FrameValue operator+(const FrameValue& a, double b) { return a.then(FrameOp::add, b); }
inline FrameValue operator-(const FrameValue& a, double b) { return a.then(FrameOp::subtract, b); }
inline FrameValue operator*(const FrameValue& a, double b) { return a.then(FrameOp::multiply, b); }
inline FrameValue operator/(const FrameValue& a, double b) { return a.then(FrameOp::divide, b); }

/// Whole numbers, as sizes of a step.
[[nodiscard]] std::vector<std::size_t> counted(std::size_t from, std::size_t end);

}  // namespace undertone::exchange
