#include <algorithm>
#include <cmath>

#include "nn/frames/layers.hpp"

namespace undertone::nn {
namespace {

/// Mean and mean square about it of each channel over some rows.
template <class T>
void moments(MatrixView<const T> x, std::vector<T>& mean, std::vector<T>& variance) {
    const T n = static_cast<T>(x.rows());
    mean.assign(x.cols(), T{0});
    variance.assign(x.cols(), T{0});
    for (std::size_t t = 0; t < x.rows(); ++t)
        for (std::size_t c = 0; c < x.cols(); ++c) mean[c] += x(t, c);
    for (T& value : mean) value /= n;
    for (std::size_t t = 0; t < x.rows(); ++t)
        for (std::size_t c = 0; c < x.cols(); ++c) variance[c] += (x(t, c) - mean[c]) * (x(t, c) - mean[c]);
    for (T& value : variance) value /= n;
}

}  // namespace

template <class T>
std::size_t ClipNormalizationLayer<T>::build(std::span<const std::size_t> n_channels, RandomState&) {
    return n_channels[0];
}

template <class T>
void ClipNormalizationLayer<T>::forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y,
                                        Pass<T>& pass) const {
    pass.kept.resize(y.n_clips());  // deviations
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i);
        std::vector<T> mean, &deviation = pass.kept[i];
        moments(from, mean, deviation);
        for (T& value : deviation)
            value = variance_ ? std::max(std::sqrt(value), static_cast<T>(kLeastDeviation)) : T{1};
        const MatrixView<T> to = y.clip(i);
        for (std::size_t t = 0; t < to.rows(); ++t)
            for (std::size_t c = 0; c < to.cols(); ++c) to(t, c) = (from(t, c) - mean[c]) / deviation[c];
    });
}

template <class T>
void ClipNormalizationLayer<T>::backward(typename SequenceLayer<T>::Inputs, const Sequences<T>& y,
                                         Sequences<T>& dy,
                                         std::span<const typename SequenceLayer<T>::InputGradient> dx,
                                         Pass<T>& pass) const {
    if (dx[0].values == nullptr) return;
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> out = y.clip(i), error = std::as_const(dy).clip(i);
        const T n = static_cast<T>(out.rows());
        std::vector<T> sum(out.cols()), product(out.cols());
        for (std::size_t t = 0; t < out.rows(); ++t)
            for (std::size_t c = 0; c < out.cols(); ++c) {
                sum[c] += error(t, c);
                product[c] += error(t, c) * out(t, c);
            }
        const MatrixView<T> to = dx[0].values->clip(i);
        for (std::size_t c = 0; c < out.cols(); ++c) {
            // Where the deviation is held at its floor, or at 1, it does not move with x.
            const bool moves = variance_ && pass.kept[i][c] > static_cast<T>(kLeastDeviation);
            for (std::size_t t = 0; t < out.rows(); ++t)
                put(to(t, c),
                    (error(t, c) - sum[c] / n - (moves ? out(t, c) * product[c] / n : T{0})) /
                        pass.kept[i][c],
                    dx[0].add);
        }
    });
}

template <class T>
std::size_t StatisticsPooling<T>::build(std::span<const std::size_t> n_channels, RandomState&) {
    return 3 * n_channels[0];
}

template <class T>
void StatisticsPooling<T>::forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y,
                                   Pass<T>& pass) const {
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i);
        const std::size_t channels = from.cols();
        std::vector<T> mean, variance, steps(channels);
        moments(from, mean, variance);
        for (std::size_t t = 1; t < from.rows(); ++t)
            for (std::size_t c = 0; c < channels; ++c) {
                const T step = from(t, c) - from(t - 1, c);
                steps[c] += step * step;
            }
        const T floor = static_cast<T>(kVarianceFloor);
        const T n_steps = static_cast<T>(std::max<std::size_t>(from.rows() - 1, 1));
        T* const out = y.clip(i).data();
        for (std::size_t c = 0; c < channels; ++c) {
            out[c] = mean[c];
            out[channels + c] = std::sqrt(std::max(variance[c], floor));
            out[2 * channels + c] = std::sqrt(std::max(steps[c] / n_steps, floor));
        }
    });
}

template <class T>
void StatisticsPooling<T>::backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y,
                                    Sequences<T>& dy,
                                    std::span<const typename SequenceLayer<T>::InputGradient> dx,
                                    Pass<T>& pass) const {
    if (dx[0].values == nullptr) return;
    const T floor = std::sqrt(static_cast<T>(kVarianceFloor));
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i);
        const std::size_t channels = from.cols(), n_frames = from.rows();
        const T* const out = y.clip(i).data();
        const T* const error = std::as_const(dy).clip(i).data();
        const MatrixView<T> to = dx[0].values->clip(i);
        const T n = static_cast<T>(n_frames),
                n_steps = static_cast<T>(std::max<std::size_t>(n_frames - 1, 1));
        for (std::size_t c = 0; c < channels; ++c) {
            const T spread = out[channels + c], pace = out[2 * channels + c];
            const T of_spread = spread > floor ? error[channels + c] / (spread * n) : T{0};
            const T of_pace = pace > floor ? error[2 * channels + c] / (pace * n_steps) : T{0};
            for (std::size_t t = 0; t < n_frames; ++t) {
                T gradient = error[c] / n + of_spread * (from(t, c) - out[c]);
                if (t > 0) gradient += of_pace * (from(t, c) - from(t - 1, c));
                if (t + 1 < n_frames) gradient -= of_pace * (from(t + 1, c) - from(t, c));
                put(to(t, c), gradient, dx[0].add);
            }
        }
    });
}

template class ClipNormalizationLayer<float>;
template class ClipNormalizationLayer<double>;
template class StatisticsPooling<float>;
template class StatisticsPooling<double>;

}  // namespace undertone::nn
