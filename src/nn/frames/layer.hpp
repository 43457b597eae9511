#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/thread_pool.hpp"
#include "nn/frames/sequences.hpp"
#include "undertone/parameter.hpp"
#include "undertone/random.hpp"

namespace undertone::nn {

/// What a layer has at hand while a batch goes through it. `kept` and `gradients` are the layer's own: what
/// forward() leaves in `kept`, backward() of the same batch finds there.
template <class T>
struct Pass {
    ThreadPool& pool;
    bool training = false;
    std::uint64_t draw = 0;  ///< what is random in a layer follows from this number alone
    std::vector<std::vector<T>> kept = {};
    std::vector<std::vector<T>> gradients = {};  ///< of each parameter, written whole by backward()
};

/// Writes a value, or adds it to what is there, as InputGradient::add says.
template <class T>
void put(T& to, T value, bool add) {
    to = add ? to + value : value;
}

/// A step of a network of sequences. Results are the same for any number of threads.
///
/// A layer reads one batch or several, whose clips have equal numbers or, where a layer says so, one frame a
/// clip. It holds its parameters only.
template <class T>
class SequenceLayer {
public:
    using Inputs = std::span<const Sequences<T>* const>;
    /// Where the gradient with respect to an input goes.
    struct InputGradient {
        Sequences<T>* values = nullptr;  ///< nullptr: nobody asks for it
        bool add = false;                ///< to what is there; else it is overwritten
    };

    virtual ~SequenceLayer() = default;

    /// Keras's name where Keras has such a layer: "conv1d".
    [[nodiscard]] virtual std::string_view kind() const = 0;

    /// Makes the parameters for inputs of so many channels.
    /// @return  the channels of the output
    /// @throws Error shape_mismatch
    virtual std::size_t build(std::span<const std::size_t> n_channels, RandomState& random) = 0;

    [[nodiscard]] std::span<Parameter<T>> parameters() noexcept { return parameters_; }
    [[nodiscard]] std::span<const Parameter<T>> parameters() const noexcept { return parameters_; }

    /// The frames of the output for so many of the first input.
    [[nodiscard]] virtual std::size_t n_frames(std::size_t n_frames) const { return n_frames; }
    /// Rows of zeros that inputs, and the gradient of the output, must have around each clip.
    [[nodiscard]] virtual std::size_t margin() const { return 0; }

    /// @param y   has its size already
    virtual void forward(Inputs x, Sequences<T>& y, Pass<T>& pass) const = 0;

    /// @param x, y   what forward() read and wrote
    /// @param dy     gradient of the loss with respect to y; may be overwritten
    virtual void backward(Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                          std::span<const InputGradient> dx, Pass<T>& pass) const = 0;

    /// After a training step's forward(): moving averages. Nothing for most.
    virtual void update_moving(const Pass<T>& pass) { (void)pass; }

protected:
    std::vector<Parameter<T>> parameters_;
};

}  // namespace undertone::nn
