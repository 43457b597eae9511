#include <algorithm>
#include <cmath>

#include "nn/frames/layers.hpp"
#include "undertone/error.hpp"

namespace undertone::nn {

template <class T>
DepthwiseConv1D<T>::DepthwiseConv1D(std::size_t kernel_size, std::size_t dilation_rate)
    : kernel_size_(kernel_size), dilation_rate_(dilation_rate) {
    if (kernel_size == 0 || dilation_rate == 0)
        throw Error(Errc::invalid_argument,
                    "DepthwiseConv1D: kernel_size and dilation_rate must be at least 1");
}

template <class T>
std::size_t DepthwiseConv1D<T>::build(std::span<const std::size_t> n_channels, RandomState& random) {
    this->parameters_.clear();
    this->parameters_.emplace_back("kernel", Shape{kernel_size_, n_channels[0], 1}, T{0});
    // Keras counts the fans of the shape as it lies: kernel_size * n_channels in, kernel_size out.
    const double limit = std::sqrt(6.0 / static_cast<double>(kernel_size_ * (n_channels[0] + 1)));
    for (T& value : this->parameters_[0].values) value = static_cast<T>(random.uniform(-limit, limit));
    return n_channels[0];
}

template <class T>
std::size_t DepthwiseConv1D<T>::margin() const {
    return ((kernel_size_ - 1) * dilation_rate_ + 1) / 2;
}

template <class T>
void DepthwiseConv1D<T>::forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const {
    const T* const kernel = this->parameters_[0].values.data();
    const std::size_t channels = y.n_channels();
    const auto left = static_cast<std::ptrdiff_t>((kernel_size_ - 1) * dilation_rate_ / 2);
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i);
        const MatrixView<T> to = y.clip(i);
        for (std::size_t t = 0; t < to.rows(); ++t) {
            T* const out = to.data() + t * channels;
            std::fill_n(out, channels, T{0});
            for (std::size_t j = 0; j < kernel_size_; ++j) {
                const T* const in =
                    from.data() + (static_cast<std::ptrdiff_t>(t + j * dilation_rate_) - left) *
                                      static_cast<std::ptrdiff_t>(channels);
                const T* const weights = kernel + j * channels;
                for (std::size_t c = 0; c < channels; ++c) out[c] += in[c] * weights[c];
            }
        }
    });
}

template <class T>
void DepthwiseConv1D<T>::backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y,
                                  Sequences<T>& dy,
                                  std::span<const typename SequenceLayer<T>::InputGradient> dx,
                                  Pass<T>& pass) const {
    const T* const kernel = this->parameters_[0].values.data();
    const std::size_t channels = y.n_channels();
    const auto left = static_cast<std::ptrdiff_t>((kernel_size_ - 1) * dilation_rate_ / 2);
    const auto row = [&](std::size_t t, std::ptrdiff_t offset) {
        return (static_cast<std::ptrdiff_t>(t) + offset) * static_cast<std::ptrdiff_t>(channels);
    };
    pass.pool.for_each(kernel_size_, [&](std::size_t j) {
        T* const gradient = pass.gradients[0].data() + j * channels;
        std::fill_n(gradient, channels, T{0});
        const std::ptrdiff_t offset = static_cast<std::ptrdiff_t>(j * dilation_rate_) - left;
        for (std::size_t i = 0; i < y.n_clips(); ++i) {
            const MatrixView<const T> from = x[0]->clip(i), error = std::as_const(dy).clip(i);
            for (std::size_t t = 0; t < error.rows(); ++t) {
                const T* const in = from.data() + row(t, offset);
                const T* const e = error.data() + t * channels;
                for (std::size_t c = 0; c < channels; ++c) gradient[c] += in[c] * e[c];
            }
        }
    });
    if (dx[0].values == nullptr) return;
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> error = std::as_const(dy).clip(i);
        const MatrixView<T> to = dx[0].values->clip(i);
        for (std::size_t t = 0; t < to.rows(); ++t) {
            T* const out = to.data() + t * channels;
            if (!dx[0].add) std::fill_n(out, channels, T{0});
            for (std::size_t j = 0; j < kernel_size_; ++j) {
                const T* const e =
                    error.data() + row(t, left - static_cast<std::ptrdiff_t>(j * dilation_rate_));
                const T* const weights = kernel + j * channels;
                for (std::size_t c = 0; c < channels; ++c) out[c] += e[c] * weights[c];
            }
        }
    });
}

template class DepthwiseConv1D<float>;
template class DepthwiseConv1D<double>;

}  // namespace undertone::nn
