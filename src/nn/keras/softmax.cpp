#include "nn/kernels/softmax.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "undertone/layers.hpp"

namespace undertone {

template <class T>
Shape Softmax<T>::build(const Shape& input, RandomState&) {
    if (input.empty() || input.back() == 0)
        throw Error(Errc::shape_mismatch, "softmax: input without an axis: must have one, not empty");
    axis_size_ = input.back();
    return input;
}

template <class T>
void Softmax<T>::forward(MatrixView<const T> x, MatrixView<T> y, std::span<T>) const {
    const std::span<const T> from = x.values();
    for (std::size_t first = 0; first < from.size(); first += axis_size_) {
        const std::span<const T> in = from.subspan(first, axis_size_);
        const std::span<T> out = y.values().subspan(first, axis_size_);
        std::copy(in.begin(), in.end(), out.begin());
        nn::softmax(out);
    }
}

template <class T>
void Softmax<T>::backward(MatrixView<const T>, MatrixView<const T> y, MatrixView<T> dy, MatrixView<T> dx,
                          std::span<T>, GradientSink<T>&) {
    if (dx.size() == 0) return;
    for (std::size_t first = 0; first < y.size(); first += axis_size_) {
        const std::span<const T> out = y.values().subspan(first, axis_size_);
        const std::span<const T> errors = dy.values().subspan(first, axis_size_);
        const std::span<T> gradient = dx.values().subspan(first, axis_size_);
        const T common = std::inner_product(out.begin(), out.end(), errors.begin(), T{0});
        for (std::size_t i = 0; i < axis_size_; ++i) gradient[i] = out[i] * (errors[i] - common);
    }
}

template class Softmax<float>;
template class Softmax<double>;

}  // namespace undertone
