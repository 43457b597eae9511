#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "undertone/layers.hpp"

namespace undertone {
namespace {

enum : std::size_t { kGamma, kBeta, kMovingMean, kMovingVariance };

}  // namespace

template <class T>
BatchNormalization<T>::BatchNormalization(double momentum, double epsilon)
    : momentum_(momentum), epsilon_(epsilon) {
    if (!(momentum >= 0 && momentum <= 1))
        throw Error(Errc::invalid_argument,
                    "momentum = " + std::to_string(momentum) + ": must be between 0 and 1");
    if (!(epsilon > 0))
        throw Error(Errc::invalid_argument, "epsilon = " + std::to_string(epsilon) + ": must be above 0");
}

template <class T>
Shape BatchNormalization<T>::build(const Shape& input, RandomState&) {
    if (input.empty() || input.back() == 0)
        throw Error(Errc::shape_mismatch, "batch_normalization: input without channels");
    channels_ = input.back();
    size_ = std::accumulate(input.begin(), input.end(), std::size_t{1}, std::multiplies<>());
    this->parameters_.clear();
    this->parameters_.emplace_back("gamma", Shape{channels_}, T{1});
    this->parameters_.emplace_back("beta", Shape{channels_}, T{0});
    this->parameters_.emplace_back("moving_mean", Shape{channels_}, T{0}, false);
    this->parameters_.emplace_back("moving_variance", Shape{channels_}, T{1}, false);
    return input;
}

// The scratch keeps the normalised inputs, then 1 / deviation of each channel, then two sums over each
// channel.
template <class T>
std::size_t BatchNormalization<T>::scratch_size(std::size_t n_samples) const {
    return n_samples * size_ + 3 * channels_;
}

template <class T>
void BatchNormalization<T>::forward(MatrixView<const T> x, MatrixView<T> y, std::span<T> scratch) const {
    const auto& p = this->parameters_;
    const std::span<T> scale = scratch.first(channels_);
    const std::span<T> offset = scratch.subspan(channels_, channels_);
    for (std::size_t c = 0; c < channels_; ++c) {
        scale[c] = p[kGamma].values[c] / std::sqrt(p[kMovingVariance].values[c] + static_cast<T>(epsilon_));
        offset[c] = p[kBeta].values[c] - p[kMovingMean].values[c] * scale[c];
    }
    for (std::size_t first = 0; first < x.size(); first += channels_)
        for (std::size_t c = 0; c < channels_; ++c)
            y.data()[first + c] = x.data()[first + c] * scale[c] + offset[c];
}

template <class T>
void BatchNormalization<T>::forward_training(MatrixView<const T> x, MatrixView<T> y, std::span<T> scratch,
                                             RandomState&) {
    const std::span<T> normalised = scratch.first(x.size());
    const std::span<T> inverse = scratch.subspan(scratch.size() - 3 * channels_, channels_);
    const std::span<T> mean = scratch.last(2 * channels_).first(channels_);
    const std::span<T> variance = scratch.last(channels_);
    const std::size_t n_rows = x.size() / channels_;
    const T n = static_cast<T>(n_rows);
    const T* in = x.data();

    std::fill(mean.begin(), mean.end(), T{0});
    std::fill(variance.begin(), variance.end(), T{0});
    for (std::size_t first = 0; first < x.size(); first += channels_)
        for (std::size_t c = 0; c < channels_; ++c) mean[c] += in[first + c];
    for (T& value : mean) value /= n;
    for (std::size_t first = 0; first < x.size(); first += channels_)
        for (std::size_t c = 0; c < channels_; ++c) {
            const T difference = normalised[first + c] = in[first + c] - mean[c];
            variance[c] += difference * difference;
        }
    for (T& value : variance) value /= n;  // of the batch itself, not n - 1: as Keras

    auto& p = this->parameters_;
    const T momentum = static_cast<T>(momentum_), rest = static_cast<T>(1 - momentum_);
    for (std::size_t c = 0; c < channels_; ++c) {
        T& moving_mean = p[kMovingMean].values[c];
        T& moving_variance = p[kMovingVariance].values[c];
        moving_mean = moving_mean * momentum + mean[c] * rest;
        moving_variance = moving_variance * momentum + variance[c] * rest;
        inverse[c] = 1 / std::sqrt(variance[c] + static_cast<T>(epsilon_));
    }
    for (std::size_t first = 0; first < x.size(); first += channels_)
        for (std::size_t c = 0; c < channels_; ++c) {
            normalised[first + c] *= inverse[c];
            y.data()[first + c] = normalised[first + c] * p[kGamma].values[c] + p[kBeta].values[c];
        }
}

template <class T>
void BatchNormalization<T>::backward(MatrixView<const T> x, MatrixView<const T>, MatrixView<T> dy,
                                     MatrixView<T> dx, std::span<T> scratch, GradientSink<T>& sink) {
    const std::span<const T> normalised = scratch.first(x.size());
    const std::span<const T> inverse = scratch.subspan(scratch.size() - 3 * channels_, channels_);
    const std::span<T> gamma_gradient = scratch.last(2 * channels_).first(channels_);
    const std::span<T> beta_gradient = scratch.last(channels_);
    std::fill(gamma_gradient.begin(), gamma_gradient.end(), T{0});
    std::fill(beta_gradient.begin(), beta_gradient.end(), T{0});
    const T* errors = dy.data();
    for (std::size_t first = 0; first < x.size(); first += channels_)
        for (std::size_t c = 0; c < channels_; ++c) {
            gamma_gradient[c] += errors[first + c] * normalised[first + c];
            beta_gradient[c] += errors[first + c];
        }
    // Mean and variance depend on every sample of the batch: what all of them share is taken away from each.
    const std::size_t n_rows = x.size() / channels_;
    const T n = static_cast<T>(n_rows);
    const std::vector<T>& gamma = this->parameters_[kGamma].values;
    for (std::size_t first = 0; first < dx.size(); first += channels_)
        for (std::size_t c = 0; c < channels_; ++c)
            dx.data()[first + c] =
                gamma[c] * inverse[c] *
                (errors[first + c] - (beta_gradient[c] + normalised[first + c] * gamma_gradient[c]) / n);
    sink.take(this->parameters_[kGamma], 0, gamma_gradient);
    sink.take(this->parameters_[kBeta], 0, beta_gradient);
}

template class BatchNormalization<float>;
template class BatchNormalization<double>;

}  // namespace undertone
