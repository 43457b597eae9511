#include <algorithm>
#include <cmath>

#include "nn/sequence_layers.hpp"
#include "undertone/error.hpp"

namespace undertone::nn {
namespace {

/// Sums over the frames of one clip and one channel each: `[n_clips][2 * n_channels]`, added in the order of
/// the clips.
template <class T, class Sum>
std::vector<double> summed(std::size_t n_clips, std::size_t n_channels, ThreadPool& pool, Sum&& sum) {
    std::vector<T> of_clips(n_clips * 2 * n_channels, T{0});
    pool.for_each(n_clips, [&](std::size_t i) {
        T* const first = of_clips.data() + i * 2 * n_channels;
        sum(i, first, first + n_channels);
    });
    std::vector<double> total(2 * n_channels);
    for (std::size_t i = 0; i < n_clips; ++i)
        for (std::size_t c = 0; c < 2 * n_channels; ++c)
            total[c] += static_cast<double>(of_clips[i * 2 * n_channels + c]);
    return total;
}

// Places in Pass::kept.
enum Kept : std::size_t { kMean, kDeviation, kVariance };

}  // namespace

template <class T>
SequenceBatchNormalization<T>::SequenceBatchNormalization(Activation activation, double momentum,
                                                          double epsilon)
    : activation_(activation), momentum_(momentum), epsilon_(epsilon) {
    if (activation != Activation::linear && activation != Activation::relu)
        throw Error(Errc::invalid_argument, "batch normalization: the activation must be linear or relu");
}

template <class T>
std::size_t SequenceBatchNormalization<T>::build(std::span<const std::size_t> n_channels, RandomState&) {
    const Shape shape{n_channels[0]};
    this->parameters_.clear();
    this->parameters_.emplace_back("gamma", shape, T{1});
    this->parameters_.emplace_back("beta", shape, T{0});
    this->parameters_.emplace_back("moving_mean", shape, T{0}, false);
    this->parameters_.emplace_back("moving_variance", shape, T{1}, false);
    return n_channels[0];
}

template <class T>
void SequenceBatchNormalization<T>::forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y,
                                            Pass<T>& pass) const {
    const std::size_t channels = y.n_channels();
    pass.kept.resize(3);
    std::vector<T>&mean = pass.kept[kMean], &variance = pass.kept[kVariance];
    if (pass.training) {
        const double n = static_cast<double>(y.total_frames());
        const auto sums = summed<T>(y.n_clips(), channels, pass.pool, [&](std::size_t i, T* sum, T*) {
            const MatrixView<const T> from = x[0]->clip(i);
            for (std::size_t t = 0; t < from.rows(); ++t)
                for (std::size_t c = 0; c < channels; ++c) sum[c] += from(t, c);
        });
        mean.resize(channels);
        for (std::size_t c = 0; c < channels; ++c) mean[c] = static_cast<T>(sums[c] / n);
        const auto squares = summed<T>(y.n_clips(), channels, pass.pool, [&](std::size_t i, T* sum, T*) {
            const MatrixView<const T> from = x[0]->clip(i);
            for (std::size_t t = 0; t < from.rows(); ++t)
                for (std::size_t c = 0; c < channels; ++c) {
                    const T off = from(t, c) - mean[c];
                    sum[c] += off * off;
                }
        });
        variance.resize(channels);
        for (std::size_t c = 0; c < channels; ++c) variance[c] = static_cast<T>(squares[c] / n);
    } else {
        mean = this->parameters_[2].values;
        variance = this->parameters_[3].values;
    }
    std::vector<T>& deviation = pass.kept[kDeviation];
    deviation.resize(channels);
    std::vector<T> scale(channels), shift(channels);
    for (std::size_t c = 0; c < channels; ++c) {
        deviation[c] = std::sqrt(variance[c] + static_cast<T>(epsilon_));
        scale[c] = this->parameters_[0].values[c] / deviation[c];
        shift[c] = this->parameters_[1].values[c] - mean[c] * scale[c];
    }
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i);
        const MatrixView<T> to = y.clip(i);
        const T floor = activation_ == Activation::relu ? T{0} : std::numeric_limits<T>::lowest();
        for (std::size_t t = 0; t < to.rows(); ++t)
            for (std::size_t c = 0; c < channels; ++c) {
                const T value = from(t, c) * scale[c] + shift[c];
                to(t, c) = value < floor ? floor : value;  // NaN stays
            }
    });
}

template <class T>
void SequenceBatchNormalization<T>::backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y,
                                             Sequences<T>& dy,
                                             std::span<const typename SequenceLayer<T>::InputGradient> dx,
                                             Pass<T>& pass) const {
    const std::size_t channels = y.n_channels();
    const std::vector<T>&mean = pass.kept[kMean], &deviation = pass.kept[kDeviation];
    const auto sums = summed<T>(y.n_clips(), channels, pass.pool, [&](std::size_t i, T* errors, T* products) {
        const MatrixView<const T> from = x[0]->clip(i), out = y.clip(i);
        const MatrixView<T> error = dy.clip(i);
        if (activation_ == Activation::relu)
            for (std::size_t j = 0; j < out.size(); ++j)
                error.data()[j] = out.data()[j] > 0 ? error.data()[j] : T{0};
        for (std::size_t t = 0; t < from.rows(); ++t)
            for (std::size_t c = 0; c < channels; ++c) {
                errors[c] += error(t, c);
                products[c] += error(t, c) * (from(t, c) - mean[c]);
            }
    });
    const double n = static_cast<double>(y.total_frames());
    std::vector<T> scale(channels), slope(channels), shift(channels);
    for (std::size_t c = 0; c < channels; ++c) {
        const double d = static_cast<double>(deviation[c]);
        pass.gradients[0][c] = static_cast<T>(sums[channels + c] / d);
        pass.gradients[1][c] = static_cast<T>(sums[c]);
        scale[c] = this->parameters_[0].values[c] / deviation[c];
        // While training, the batch's mean and variance move with x; afterwards they are constants.
        slope[c] = pass.training ? static_cast<T>(sums[channels + c] / (n * d * d)) : T{0};
        shift[c] = pass.training ? static_cast<T>(sums[c] / n) : T{0};
    }
    if (dx[0].values == nullptr) return;
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i), error = std::as_const(dy).clip(i);
        const MatrixView<T> to = dx[0].values->clip(i);
        for (std::size_t t = 0; t < to.rows(); ++t)
            for (std::size_t c = 0; c < channels; ++c) {
                const T gradient = scale[c] * (error(t, c) - shift[c] - (from(t, c) - mean[c]) * slope[c]);
                to(t, c) = dx[0].add ? to(t, c) + gradient : gradient;
            }
    });
}

template <class T>
void SequenceBatchNormalization<T>::update_moving(const Pass<T>& pass) {
    const T momentum = static_cast<T>(momentum_);
    for (std::size_t c = 0; c < pass.kept[kMean].size(); ++c) {
        T &mean = this->parameters_[2].values[c], &variance = this->parameters_[3].values[c];
        mean = mean * momentum + pass.kept[kMean][c] * (1 - momentum);
        variance = variance * momentum + pass.kept[kVariance][c] * (1 - momentum);
    }
}

template <class T>
std::size_t LayerNormalization<T>::build(std::span<const std::size_t> n_channels, RandomState&) {
    this->parameters_.clear();
    this->parameters_.emplace_back("gamma", Shape{n_channels[0]}, T{1});
    this->parameters_.emplace_back("beta", Shape{n_channels[0]}, T{0});
    return n_channels[0];
}

namespace {

/// Mean and inverse deviation of a frame.
template <class T>
std::pair<T, T> moments(std::span<const T> frame, double epsilon) {
    const T n = static_cast<T>(frame.size());
    T sum = 0, squares = 0;
    for (const T value : frame) sum += value;
    const T mean = sum / n;
    for (const T value : frame) squares += (value - mean) * (value - mean);
    return {mean, T{1} / std::sqrt(squares / n + static_cast<T>(epsilon))};
}

}  // namespace

template <class T>
void LayerNormalization<T>::forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y,
                                    Pass<T>& pass) const {
    const T* const gamma = this->parameters_[0].values.data();
    const T* const beta = this->parameters_[1].values.data();
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i);
        const MatrixView<T> to = y.clip(i);
        for (std::size_t t = 0; t < to.rows(); ++t) {
            const auto [mean, inverse] = moments<T>(from.row(t), epsilon_);
            for (std::size_t c = 0; c < to.cols(); ++c)
                to(t, c) = (from(t, c) - mean) * inverse * gamma[c] + beta[c];
        }
    });
}

template <class T>
void LayerNormalization<T>::backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y,
                                     Sequences<T>& dy,
                                     std::span<const typename SequenceLayer<T>::InputGradient> dx,
                                     Pass<T>& pass) const {
    const std::size_t channels = y.n_channels();
    const T* const gamma = this->parameters_[0].values.data();
    const auto sums = summed<T>(y.n_clips(), channels, pass.pool, [&](std::size_t i, T* products, T* errors) {
        const MatrixView<const T> from = x[0]->clip(i), error = std::as_const(dy).clip(i);
        for (std::size_t t = 0; t < from.rows(); ++t) {
            const auto [mean, inverse] = moments<T>(from.row(t), epsilon_);
            T sum = 0, product = 0;
            for (std::size_t c = 0; c < channels; ++c) {
                const T normal = (from(t, c) - mean) * inverse, e = error(t, c) * gamma[c];
                products[c] += error(t, c) * normal;
                errors[c] += error(t, c);
                sum += e;
                product += e * normal;
            }
            if (dx[0].values == nullptr) continue;
            const MatrixView<T> to = dx[0].values->clip(i);
            const T n = static_cast<T>(channels);
            for (std::size_t c = 0; c < channels; ++c) {
                const T normal = (from(t, c) - mean) * inverse;
                const T gradient = inverse * (error(t, c) * gamma[c] - sum / n - normal * product / n);
                to(t, c) = dx[0].add ? to(t, c) + gradient : gradient;
            }
        }
    });
    for (std::size_t c = 0; c < channels; ++c) {
        pass.gradients[0][c] = static_cast<T>(sums[c]);
        pass.gradients[1][c] = static_cast<T>(sums[channels + c]);
    }
}

template class SequenceBatchNormalization<float>;
template class SequenceBatchNormalization<double>;
template class LayerNormalization<float>;
template class LayerNormalization<double>;

}  // namespace undertone::nn
