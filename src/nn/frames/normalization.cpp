#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

#include "nn/frames/layers.hpp"
#include "undertone/error.hpp"

namespace undertone::nn {
namespace {

/// Calls `body(width, first)` for blocks of channels: as wide as registers hold, the last ones channel by
/// channel. The width is known at compile time, so that sums over frames stay in registers.
template <class Body>
[[gnu::always_inline]] inline void by_channels(std::size_t n_channels, Body&& body) {
    constexpr std::size_t kWide = 64;
    std::size_t first = 0;
    for (; first + kWide <= n_channels; first += kWide)
        body(std::integral_constant<std::size_t, kWide>{}, first);
    for (; first < n_channels; ++first) body(std::integral_constant<std::size_t, 1>{}, first);
}

/// The mean of each channel over the frames of all clips, and the mean square about it.
/// Source of the sum over clips: Chan, Golub and LeVeque, Updating formulae, 1979.
template <class T>
void batch_moments(const Sequences<T>& x, ThreadPool& pool, std::vector<T>& mean, std::vector<T>& variance) {
    const std::size_t channels = x.n_channels();
    std::vector<T> means(x.n_clips() * channels), squares(x.n_clips() * channels);
    pool.for_each(x.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x.clip(i);
        by_channels(channels, [&](auto width, std::size_t first) {
            std::array<T, width> sum{}, square{}, middle{};
            for (std::size_t t = 0; t < from.rows(); ++t) {
                const T* const row = from.data() + t * channels + first;
                for (std::size_t c = 0; c < width; ++c) sum[c] += row[c];
            }
            for (std::size_t c = 0; c < width; ++c) middle[c] = sum[c] / static_cast<T>(from.rows());
            for (std::size_t t = 0; t < from.rows(); ++t) {
                const T* const row = from.data() + t * channels + first;
                for (std::size_t c = 0; c < width; ++c)
                    square[c] += (row[c] - middle[c]) * (row[c] - middle[c]);
            }
            std::copy(middle.begin(), middle.end(), means.data() + i * channels + first);
            std::copy(square.begin(), square.end(), squares.data() + i * channels + first);
        });
    });
    std::vector<double> all_mean(channels), all_squares(channels);
    double n = 0;
    for (std::size_t i = 0; i < x.n_clips(); ++i) {
        const auto frames = static_cast<double>(x.n_frames(i));
        for (std::size_t c = 0; c < channels; ++c) {
            const double off = static_cast<double>(means[i * channels + c]) - all_mean[c];
            all_mean[c] += off * frames / (n + frames);
            all_squares[c] +=
                static_cast<double>(squares[i * channels + c]) + off * off * n * frames / (n + frames);
        }
        n += frames;
    }
    mean.resize(channels);
    variance.resize(channels);
    for (std::size_t c = 0; c < channels; ++c) {
        mean[c] = static_cast<T>(all_mean[c]);
        variance[c] = static_cast<T>(all_squares[c] / n);
    }
}

/// Sums of clips, `[n_clips, n]`, added up in the order of the clips.
template <class T>
std::vector<double> added_up(const std::vector<T>& of_clips, std::size_t n) {
    std::vector<double> total(n);
    for (std::size_t i = 0; i < of_clips.size(); ++i) total[i % n] += static_cast<double>(of_clips[i]);
    return total;
}

// Places in Pass::kept.
enum Kept : std::size_t { kMean, kDeviation, kVariance, kScale, kShift };

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
    if (n_channels.size() > 2 || (n_channels.size() == 2 && n_channels[0] != n_channels[1]))
        throw Error(Errc::shape_mismatch,
                    "batch normalization: what is added must have as many channels as what is normalised");
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
    pass.kept.resize(5);
    std::vector<T>&mean = pass.kept[kMean], &variance = pass.kept[kVariance];
    if (pass.training) {
        batch_moments(*x[0], pass.pool, mean, variance);
    } else {
        mean = this->parameters_[2].values;
        variance = this->parameters_[3].values;
    }
    std::vector<T>&deviation = pass.kept[kDeviation], &scale = pass.kept[kScale], &shift = pass.kept[kShift];
    for (std::vector<T>* values : {&deviation, &scale, &shift}) values->resize(channels);
    for (std::size_t c = 0; c < channels; ++c) {
        deviation[c] = std::sqrt(variance[c] + static_cast<T>(epsilon_));
        scale[c] = this->parameters_[0].values[c] / deviation[c];
        shift[c] = this->parameters_[1].values[c] - mean[c] * scale[c];
    }
    const bool relu = activation_ == Activation::relu;
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const T* const from = x[0]->clip(i).data();
        const T* const added = x.size() > 1 ? x[1]->clip(i).data() : nullptr;
        const MatrixView<T> to = y.clip(i);
        for (std::size_t t = 0; t < to.rows(); ++t)
            by_channels(channels, [&](auto width, std::size_t first) {
                std::array<T, width> value;
                const std::size_t at = t * channels + first;
                for (std::size_t c = 0; c < width; ++c)
                    value[c] = from[at + c] * scale[first + c] + shift[first + c];
                if (relu)
                    for (std::size_t c = 0; c < width; ++c) value[c] = value[c] < 0 ? T{0} : value[c];
                if (added != nullptr)
                    for (std::size_t c = 0; c < width; ++c) value[c] += added[at + c];
                std::copy(value.begin(), value.end(), to.data() + at);
            });
    });
}

template <class T>
void SequenceBatchNormalization<T>::backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y,
                                             Sequences<T>& dy,
                                             std::span<const typename SequenceLayer<T>::InputGradient> dx,
                                             Pass<T>& pass) const {
    const std::size_t channels = y.n_channels();
    const std::vector<T>&mean = pass.kept[kMean], &deviation = pass.kept[kDeviation];
    const std::vector<T>&scale = pass.kept[kScale], &shift = pass.kept[kShift];
    const bool relu = activation_ == Activation::relu;
    // What stands before the relu is worked out again: that is cheaper than to read it from memory.
    const auto errors = [&](auto width, const T* from, const T* error, std::size_t first) {
        std::array<T, width> value;
        for (std::size_t c = 0; c < width; ++c) value[c] = error[c];
        if (relu)
            for (std::size_t c = 0; c < width; ++c)
                value[c] = from[c] * scale[first + c] + shift[first + c] > 0 ? value[c] : T{0};
        return value;
    };
    std::vector<T> of_clips(y.n_clips() * 2 * channels);
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i), error = std::as_const(dy).clip(i);
        by_channels(channels, [&](auto width, std::size_t first) {
            std::array<T, width> sum{}, product{}, middle;
            std::copy_n(mean.data() + first, width.value, middle.begin());
            for (std::size_t t = 0; t < from.rows(); ++t) {
                const T* const row = from.data() + t * channels + first;
                const auto e = errors(width, row, error.data() + t * channels + first, first);
                for (std::size_t c = 0; c < width; ++c) sum[c] += e[c];
                for (std::size_t c = 0; c < width; ++c) product[c] += e[c] * (row[c] - middle[c]);
            }
            std::copy(sum.begin(), sum.end(), of_clips.data() + i * 2 * channels + first);
            std::copy(product.begin(), product.end(), of_clips.data() + (i * 2 + 1) * channels + first);
        });
    });
    const std::vector<double> sums = added_up(of_clips, 2 * channels);
    const double n = static_cast<double>(y.total_frames());
    // While training, the batch's mean and variance move with x; afterwards they are constants.
    std::vector<T> slope(channels, T{0}), offset(channels, T{0});
    for (std::size_t c = 0; c < channels; ++c) {
        const double d = static_cast<double>(deviation[c]);
        pass.gradients[0][c] = static_cast<T>(sums[channels + c] / d);
        pass.gradients[1][c] = static_cast<T>(sums[c]);
        if (!pass.training) continue;
        slope[c] = static_cast<T>(sums[channels + c] / (n * d * d));
        offset[c] =
            static_cast<T>(sums[c] / n - sums[channels + c] / (n * d * d) * static_cast<double>(mean[c]));
    }
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i), error = std::as_const(dy).clip(i);
        const bool residual = dx.size() > 1 && dx[1].values != nullptr;
        T* const to = dx[0].values == nullptr ? nullptr : dx[0].values->clip(i).data();
        T* const added = residual ? dx[1].values->clip(i).data() : nullptr;
        for (std::size_t t = 0; t < error.rows(); ++t)
            by_channels(channels, [&](auto width, std::size_t first) {
                const std::size_t at = t * channels + first;
                const T* const row = from.data() + at;
                if (to != nullptr) {
                    auto e = errors(width, row, error.data() + at, first);
                    for (std::size_t c = 0; c < width; ++c)
                        e[c] = scale[first + c] * (e[c] - offset[first + c] - row[c] * slope[first + c]);
                    if (dx[0].add)
                        for (std::size_t c = 0; c < width; ++c) e[c] += to[at + c];
                    std::copy(e.begin(), e.end(), to + at);
                }
                if (added == nullptr) return;
                if (dx[1].add)
                    for (std::size_t c = 0; c < width; ++c) added[at + c] += error.data()[at + c];
                else
                    std::copy_n(error.data() + at, width.value, added + at);
            });
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
    std::vector<T> of_clips(y.n_clips() * 2 * channels);
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        T* const products = of_clips.data() + i * 2 * channels;
        T* const errors = products + channels;
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
    const std::vector<double> sums = added_up(of_clips, 2 * channels);
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
