#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

/// Weights, and where their gradients go: what layers and optimizers share.
namespace undertone {

/// The shape of one sample, without the batch: `{193}`, `{n_frames, n_channels}`. A batch of samples is a
/// matrix, `[n_samples, product of the shape]`.
using Shape = std::vector<std::size_t>;

/// One named array of weights.
template <class T>
struct Parameter {
    std::string name;  ///< within its layer: "kernel"
    Shape shape;
    std::vector<T> values;
    bool trainable = true;  ///< false: moving statistics, which no optimizer touches
    std::size_t index = 0;  ///< among the trainable parameters of its network; set by Optimizer::build()

    Parameter(std::string name_, Shape shape_, T value, bool trainable_ = true);
};

/// Where a layer puts the gradients of its parameters, as it finds them. They are not kept: an optimizer that
/// updates a row of weights while that row is in cache saves a walk through memory.
template <class T>
class GradientSink {
public:
    virtual ~GradientSink() = default;

    /// Takes the gradient of some elements of a trainable parameter, and may change those elements. In one
    /// backward pass a layer gives each element of each of its trainable parameters exactly once.
    /// @param first      the place of the first element in `parameter.values`
    /// @param gradient   of the loss, for the elements from `first` on; may be overwritten
    virtual void take(Parameter<T>& parameter, std::size_t first, std::span<T> gradient) = 0;
};

}  // namespace undertone
