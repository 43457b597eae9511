#include <algorithm>
#include <string>

#include "core/split_mix.hpp"
#include "nn/frames/layers.hpp"
#include "undertone/error.hpp"

namespace undertone::nn {
namespace {

void check_equal(std::string_view kind, std::span<const std::size_t> n_channels) {
    if (n_channels.size() == 2 && n_channels[0] == n_channels[1]) return;
    throw Error(Errc::shape_mismatch, std::string(kind) + ": needs two inputs of as many channels");
}

}  // namespace

template <class T>
std::size_t SequenceDropout<T>::build(std::span<const std::size_t> n_channels, RandomState&) {
    if (!(rate_ >= 0 && rate_ < 1))
        throw Error(Errc::invalid_argument, "dropout = " + std::to_string(rate_) + ": must be in [0, 1)");
    return n_channels[0];
}

template <class T>
void SequenceDropout<T>::forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const {
    const bool drops = pass.training && rate_ > 0;
    pass.kept.resize(y.n_clips());
    const auto threshold = static_cast<std::uint64_t>(rate_ * 0x1p32);
    const T kept = static_cast<T>(1 / (1 - rate_));
    const std::size_t channels = y.n_channels();
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i);
        const MatrixView<T> to = y.clip(i);
        if (!drops) {
            std::copy(from.values().begin(), from.values().end(), to.values().begin());
            return;
        }
        std::vector<T>& factors = pass.kept[i];
        factors.resize(spatial_ ? channels : to.size());
        const std::uint64_t clip_draw = drawn_at(pass.draw + i);
        for (std::size_t j = 0; j < factors.size(); ++j)
            factors[j] = (drawn_at(clip_draw + j) >> 32U) < threshold ? T{0} : kept;
        for (std::size_t t = 0; t < to.rows(); ++t) {
            const T* const factor = factors.data() + (spatial_ ? 0 : t * channels);
            for (std::size_t c = 0; c < channels; ++c) to(t, c) = from(t, c) * factor[c];
        }
    });
}

template <class T>
void SequenceDropout<T>::backward(typename SequenceLayer<T>::Inputs, const Sequences<T>& y, Sequences<T>& dy,
                                  std::span<const typename SequenceLayer<T>::InputGradient> dx,
                                  Pass<T>& pass) const {
    if (dx[0].values == nullptr) return;
    const bool drops = pass.training && rate_ > 0;
    const std::size_t channels = y.n_channels();
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> error = std::as_const(dy).clip(i);
        const MatrixView<T> to = dx[0].values->clip(i);
        for (std::size_t t = 0; t < to.rows(); ++t) {
            const T* const factor = drops ? pass.kept[i].data() + (spatial_ ? 0 : t * channels) : nullptr;
            for (std::size_t c = 0; c < channels; ++c)
                put(to(t, c), drops ? error(t, c) * factor[c] : error(t, c), dx[0].add);
        }
    });
}

template <class T>
std::size_t Add<T>::build(std::span<const std::size_t> n_channels, RandomState&) {
    check_equal(kind(), n_channels);
    return n_channels[0];
}

template <class T>
void Add<T>::forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const {
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const auto a = x[0]->clip(i).values(), b = x[1]->clip(i).values();
        const auto to = y.clip(i).values();
        for (std::size_t j = 0; j < to.size(); ++j) to[j] = a[j] + b[j];
    });
}

template <class T>
void Add<T>::backward(typename SequenceLayer<T>::Inputs, const Sequences<T>& y, Sequences<T>& dy,
                      std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const {
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const auto error = std::as_const(dy).clip(i).values();
        for (const auto& input : dx) {
            if (input.values == nullptr) continue;
            const auto to = input.values->clip(i).values();
            for (std::size_t j = 0; j < to.size(); ++j) put(to[j], error[j], input.add);
        }
    });
}

template <class T>
std::size_t Gate<T>::build(std::span<const std::size_t> n_channels, RandomState&) {
    check_equal(kind(), n_channels);
    return n_channels[0];
}

template <class T>
void Gate<T>::forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const {
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i);
        const auto gate = x[1]->clip(i).row(0);
        const MatrixView<T> to = y.clip(i);
        for (std::size_t t = 0; t < to.rows(); ++t)
            for (std::size_t c = 0; c < to.cols(); ++c) to(t, c) = from(t, c) * gate[c];
    });
}

template <class T>
void Gate<T>::backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                       std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const {
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i), error = std::as_const(dy).clip(i);
        const auto gate = x[1]->clip(i).row(0);
        if (dx[1].values != nullptr) {
            const auto to = dx[1].values->clip(i).row(0);
            if (!dx[1].add) std::fill(to.begin(), to.end(), T{0});
            for (std::size_t t = 0; t < error.rows(); ++t)
                for (std::size_t c = 0; c < error.cols(); ++c) to[c] += error(t, c) * from(t, c);
        }
        if (dx[0].values == nullptr) return;
        const MatrixView<T> to = dx[0].values->clip(i);
        for (std::size_t t = 0; t < error.rows(); ++t)
            for (std::size_t c = 0; c < error.cols(); ++c) put(to(t, c), error(t, c) * gate[c], dx[0].add);
    });
}

template <class T>
std::size_t Concatenate<T>::build(std::span<const std::size_t> n_channels, RandomState&) {
    if (n_channels.size() != 2) throw Error(Errc::shape_mismatch, "concatenate: needs two inputs");
    return n_channels[0] + n_channels[1];
}

template <class T>
void Concatenate<T>::forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const {
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> a = x[0]->clip(i), b = x[1]->clip(i);
        const MatrixView<T> to = y.clip(i);
        for (std::size_t t = 0; t < to.rows(); ++t) {
            std::copy(a.row(t).begin(), a.row(t).end(), to.row(t).begin());
            std::copy(b.row(t).begin(), b.row(t).end(),
                      to.row(t).begin() + static_cast<std::ptrdiff_t>(a.cols()));
        }
    });
}

template <class T>
void Concatenate<T>::backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                              std::span<const typename SequenceLayer<T>::InputGradient> dx,
                              Pass<T>& pass) const {
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> error = std::as_const(dy).clip(i);
        std::size_t first = 0;
        for (std::size_t input = 0; input < 2; first += x[input]->n_channels(), ++input) {
            if (dx[input].values == nullptr) continue;
            const MatrixView<T> to = dx[input].values->clip(i);
            for (std::size_t t = 0; t < to.rows(); ++t)
                for (std::size_t c = 0; c < to.cols(); ++c) put(to(t, c), error(t, first + c), dx[input].add);
        }
    });
}

template class SequenceDropout<float>;
template class SequenceDropout<double>;
template class Add<float>;
template class Add<double>;
template class Gate<float>;
template class Gate<double>;
template class Concatenate<float>;
template class Concatenate<double>;

}  // namespace undertone::nn
