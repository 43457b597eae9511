#include <algorithm>
#include <cmath>

#include "nn/frames/layers.hpp"
#include "nn/kernels/exponential.hpp"
#include "undertone/error.hpp"

namespace undertone::nn {

template <class T>
std::size_t AveragePooling<T>::build(std::span<const std::size_t> n_channels, RandomState&) {
    return n_channels[0];
}

template <class T>
void AveragePooling<T>::forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const {
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i);
        const auto mean = y.clip(i).row(0);
        std::fill(mean.begin(), mean.end(), T{0});
        for (std::size_t t = 0; t < from.rows(); ++t)
            for (std::size_t c = 0; c < from.cols(); ++c) mean[c] += from(t, c);
        for (T& value : mean) value /= static_cast<T>(from.rows());
    });
}

template <class T>
void AveragePooling<T>::backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                                 std::span<const typename SequenceLayer<T>::InputGradient> dx,
                                 Pass<T>& pass) const {
    if (dx[0].values == nullptr) return;
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const auto error = dy.clip(i).row(0);
        for (T& value : error) value /= static_cast<T>(x[0]->n_frames(i));
        const MatrixView<T> to = dx[0].values->clip(i);
        for (std::size_t t = 0; t < to.rows(); ++t)
            for (std::size_t c = 0; c < to.cols(); ++c) to(t, c) = dx[0].add ? to(t, c) + error[c] : error[c];
    });
}

template <class T>
std::size_t AttentiveStatisticsPooling<T>::build(std::span<const std::size_t> n_channels, RandomState&) {
    if (n_channels.size() != 2 || (n_channels[1] != n_channels[0] && n_channels[1] != 1))
        throw Error(
            Errc::shape_mismatch,
            "attentive statistics pooling: the second input must have as many channels as the first, or one");
    return 2 * n_channels[0];
}

template <class T>
void AttentiveStatisticsPooling<T>::forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y,
                                            Pass<T>& pass) const {
    pass.kept.resize(y.n_clips());  // weights, [n_frames, channels of the second input]
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i), logits = x[1]->clip(i);
        const std::size_t n_frames = from.rows(), channels = from.cols(), heads = logits.cols();
        std::vector<T>& kept = pass.kept[i];
        kept.assign(logits.values().begin(), logits.values().end());
        const MatrixView<T> weights(kept.data(), n_frames, heads);
        std::vector<T> most(weights.row(0).begin(), weights.row(0).end()), sum(heads, T{0});
        for (std::size_t t = 1; t < n_frames; ++t)
            for (std::size_t h = 0; h < heads; ++h) most[h] = std::max(most[h], weights(t, h));
        for (std::size_t t = 0; t < n_frames; ++t)
            for (std::size_t h = 0; h < heads; ++h) {
                weights(t, h) = exponential(weights(t, h) - most[h]);
                sum[h] += weights(t, h);
            }
        for (T& value : sum) value = T{1} / value;
        for (std::size_t t = 0; t < n_frames; ++t)
            for (std::size_t h = 0; h < heads; ++h) weights(t, h) *= sum[h];

        const auto out = y.clip(i).row(0);
        std::fill(out.begin(), out.end(), T{0});
        T* const mean = out.data();
        T* const deviation = mean + channels;
        const auto weight = [&](std::size_t t, std::size_t c) { return weights(t, heads == 1 ? 0 : c); };
        for (std::size_t t = 0; t < n_frames; ++t)
            for (std::size_t c = 0; c < channels; ++c) mean[c] += weight(t, c) * from(t, c);
        for (std::size_t t = 0; t < n_frames; ++t)
            for (std::size_t c = 0; c < channels; ++c) {
                const T off = from(t, c) - mean[c];
                deviation[c] += weight(t, c) * off * off;
            }
        for (std::size_t c = 0; c < channels; ++c)
            deviation[c] = std::sqrt(std::max(deviation[c], static_cast<T>(kVarianceFloor)));
    });
}

template <class T>
void AttentiveStatisticsPooling<T>::backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y,
                                             Sequences<T>& dy,
                                             std::span<const typename SequenceLayer<T>::InputGradient> dx,
                                             Pass<T>& pass) const {
    const T floor = std::sqrt(static_cast<T>(kVarianceFloor));
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i);
        const std::size_t n_frames = from.rows(), channels = from.cols(), heads = x[1]->n_channels();
        const MatrixView<const T> weights(pass.kept[i].data(), n_frames, heads);
        const T* const mean = y.clip(i).data();
        const T* const deviation = mean + channels;
        const T* const d_mean = std::as_const(dy).clip(i).data();
        // With off = x - mean, whose weighted sum is 0: d variance / d x = 2 w off, d variance / d w = off².
        std::vector<T> d_variance(channels);
        for (std::size_t c = 0; c < channels; ++c)
            d_variance[c] = deviation[c] > floor ? d_mean[channels + c] / (2 * deviation[c]) : T{0};
        const auto weight = [&](std::size_t t, std::size_t c) { return weights(t, heads == 1 ? 0 : c); };
        if (dx[0].values != nullptr) {
            const MatrixView<T> to = dx[0].values->clip(i);
            for (std::size_t t = 0; t < n_frames; ++t)
                for (std::size_t c = 0; c < channels; ++c) {
                    const T gradient =
                        weight(t, c) * (d_mean[c] + 2 * d_variance[c] * (from(t, c) - mean[c]));
                    to(t, c) = dx[0].add ? to(t, c) + gradient : gradient;
                }
        }
        if (dx[1].values == nullptr) return;
        // Softmax: d logit = w (d w - sum of w d w).
        std::vector<T> d_weights(n_frames * heads, T{0}), inner(heads, T{0});
        for (std::size_t t = 0; t < n_frames; ++t)
            for (std::size_t c = 0; c < channels; ++c) {
                const T off = from(t, c) - mean[c];
                d_weights[t * heads + (heads == 1 ? 0 : c)] += d_mean[c] * off + d_variance[c] * off * off;
            }
        for (std::size_t t = 0; t < n_frames; ++t)
            for (std::size_t h = 0; h < heads; ++h) inner[h] += weights(t, h) * d_weights[t * heads + h];
        const MatrixView<T> to = dx[1].values->clip(i);
        for (std::size_t t = 0; t < n_frames; ++t)
            for (std::size_t h = 0; h < heads; ++h) {
                const T gradient = weights(t, h) * (d_weights[t * heads + h] - inner[h]);
                to(t, h) = dx[1].add ? to(t, h) + gradient : gradient;
            }
    });
}

template class AveragePooling<float>;
template class AveragePooling<double>;
template class AttentiveStatisticsPooling<float>;
template class AttentiveStatisticsPooling<double>;

}  // namespace undertone::nn
