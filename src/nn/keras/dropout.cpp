#include <algorithm>
#include <functional>
#include <numeric>

#include "undertone/layers.hpp"

namespace undertone {

template <class T>
Dropout<T>::Dropout(double rate) : rate_(rate) {
    if (!(rate >= 0 && rate < 1))
        throw Error(Errc::invalid_argument,
                    "dropout = " + std::to_string(rate) + ": must be at least 0 and below 1");
}

template <class T>
Shape Dropout<T>::build(const Shape& input, RandomState&) {
    size_ = std::accumulate(input.begin(), input.end(), std::size_t{1}, std::multiplies<>());
    return input;
}

template <class T>
void Dropout<T>::forward(MatrixView<const T> x, MatrixView<T> y, std::span<T>) const {
    std::copy_n(x.data(), x.size(), y.data());
}

// The scratch keeps the factor of each input: 0 or 1 / (1 - rate).
template <class T>
void Dropout<T>::forward_training(MatrixView<const T> x, MatrixView<T> y, std::span<T> scratch,
                                  RandomState& random) {
    const T kept = static_cast<T>(1 / (1 - rate_));
    for (std::size_t i = 0; i < x.size(); ++i) {
        scratch[i] = random.random_sample() >= rate_ ? kept : T{0};
        y.data()[i] = x.data()[i] * scratch[i];
    }
}

template <class T>
void Dropout<T>::backward(MatrixView<const T>, MatrixView<const T>, MatrixView<T> dy, MatrixView<T> dx,
                          std::span<T> scratch, GradientSink<T>&) {
    for (std::size_t i = 0; i < dx.size(); ++i) dx.data()[i] = dy.data()[i] * scratch[i];
}

template class Dropout<float>;
template class Dropout<double>;

}  // namespace undertone
