#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "nn/frames/layers.hpp"
#include "nn/kernels/exponential.hpp"
#include "nn/kernels/product.hpp"
#include "undertone/error.hpp"

namespace undertone::nn {
namespace {

template <class T>
void activate(std::span<T> values, Activation activation) {
    switch (activation) {
        case Activation::linear:
            return;
        case Activation::relu:
            for (T& value : values) value = value > 0 ? value : T{0};
            return;
        case Activation::tanh:
            for (T& value : values) value = hyperbolic_tangent(value);
            return;
        case Activation::sigmoid:
            for (T& value : values) value = logistic(value);
            return;
    }
}

/// dy times the derivative at y.
template <class T>
void activate_back(std::span<const T> y, std::span<T> dy, Activation activation) {
    switch (activation) {
        case Activation::linear:
            return;
        case Activation::relu:
            for (std::size_t i = 0; i < y.size(); ++i) dy[i] = y[i] > 0 ? dy[i] : T{0};
            return;
        case Activation::tanh:
            for (std::size_t i = 0; i < y.size(); ++i) dy[i] *= T{1} - y[i] * y[i];
            return;
        case Activation::sigmoid:
            for (std::size_t i = 0; i < y.size(); ++i) dy[i] *= y[i] * (T{1} - y[i]);
            return;
    }
}

}  // namespace

template <class T>
Conv1D<T>::Conv1D(const Conv1DOptions& options) : options_(options) {
    const auto refuse = [](const std::string& reason) {
        throw Error(Errc::invalid_argument, "Conv1D: " + reason);
    };
    if (options.filters == 0) refuse("filters must be at least 1");
    if (options.kernel_size == 0) refuse("kernel_size must be at least 1");
    if (options.strides == 0 || options.dilation_rate == 0)
        refuse("strides and dilation_rate must be at least 1");
    if (options.strides > 1 && options.dilation_rate > 1)
        refuse("strides and dilation_rate are both above 1");
}

template <class T>
std::size_t Conv1D<T>::build(std::span<const std::size_t> n_channels, RandomState& random) {
    n_inputs_ = n_channels[0];
    const std::size_t k = options_.kernel_size, filters = options_.filters;
    this->parameters_.clear();
    this->parameters_.emplace_back("kernel", Shape{k, n_inputs_, filters}, T{0});
    const double limit = std::sqrt(6.0 / static_cast<double>(k * (n_inputs_ + filters)));
    for (T& value : this->parameters_[0].values) value = static_cast<T>(random.uniform(-limit, limit));
    if (options_.use_bias) this->parameters_.emplace_back("bias", Shape{filters}, T{0});
    return filters;
}

template <class T>
std::size_t Conv1D<T>::n_frames(std::size_t n_frames) const {
    return (n_frames + options_.strides - 1) / options_.strides;
}

template <class T>
std::size_t Conv1D<T>::margin() const {
    const std::size_t span = (options_.kernel_size - 1) * options_.dilation_rate;
    return options_.padding == Padding::causal ? span : (span + 1) / 2;
}

template <class T>
std::size_t Conv1D<T>::pad_left(std::size_t n_frames) const {
    const std::size_t span = (options_.kernel_size - 1) * options_.dilation_rate;
    if (options_.padding == Padding::causal) return span;
    const std::size_t n_out = (n_frames + options_.strides - 1) / options_.strides;
    const std::size_t reach = (n_out - 1) * options_.strides + span + 1;
    return reach > n_frames ? (reach - n_frames) / 2 : 0;
}

template <class T>
void Conv1D<T>::forward(typename SequenceLayer<T>::Inputs x, Sequences<T>& y, Pass<T>& pass) const {
    if (by_points(pass)) {
        forward_by_points(*x[0], y, pass);
        pass.pool.for_each(y.n_clips(),
                           [&](std::size_t i) { activate(y.clip(i).values(), options_.activation); });
        return;
    }
    const std::size_t n_out = options_.filters, k = options_.kernel_size;
    Panels<T> kernel;
    kernel.pack(this->parameters_[0].values.data(), k * n_inputs_, n_out, n_out, 1);
    const T* const bias = options_.use_bias ? this->parameters_[1].values.data() : nullptr;
    pass.pool.for_each(y.n_clips(), [&](std::size_t i) {
        const MatrixView<const T> from = x[0]->clip(i);
        const MatrixView<T> to = y.clip(i);
        std::vector<std::ptrdiff_t> taps(k);
        const auto left = static_cast<std::ptrdiff_t>(pad_left(from.rows()));
        for (std::size_t j = 0; j < k; ++j)
            taps[j] = (static_cast<std::ptrdiff_t>(j * options_.dilation_rate) - left) *
                      static_cast<std::ptrdiff_t>(n_inputs_);
        multiply(Windows<T>{from.data(), to.rows(), options_.strides * n_inputs_, taps, n_inputs_, 1}, kernel,
                 bias, to.data(), n_out);
        activate(to.values(), options_.activation);
    });
}

template <class T>
void Conv1D<T>::backward(typename SequenceLayer<T>::Inputs x, const Sequences<T>& y, Sequences<T>& dy,
                         std::span<const typename SequenceLayer<T>::InputGradient> dx, Pass<T>& pass) const {
    const std::size_t n_out = options_.filters, k = options_.kernel_size, step = options_.strides;
    const std::size_t n_clips = y.n_clips();
    if (options_.activation != Activation::linear)
        pass.pool.for_each(n_clips, [&](std::size_t i) {
            activate_back<T>(y.clip(i).values(), dy.clip(i).values(), options_.activation);
        });

    if (options_.use_bias) {
        constexpr std::size_t kColumns = 4 * kLanes<T>;
        pass.pool.for_each((n_out + kColumns - 1) / kColumns, [&](std::size_t task) {
            const std::size_t first = task * kColumns, columns = std::min(kColumns, n_out - first);
            std::array<T, kColumns> sum{};
            for (std::size_t i = 0; i < n_clips; ++i) {
                const MatrixView<const T> error = std::as_const(dy).clip(i);
                for (std::size_t t = 0; t < error.rows(); ++t)
                    for (std::size_t c = 0; c < columns; ++c) sum[c] += error(t, first + c);
            }
            std::copy_n(sum.begin(), columns, pass.gradients[1].begin() + static_cast<std::ptrdiff_t>(first));
        });
    }

    if (by_points(pass)) {
        backward_by_points(*x[0], dy, dx[0], pass);
        return;
    }

    // Each task has some rows of every tap's kernel to itself and walks through all clips in order, so that
    // the sum does not depend on who adds. All taps of a clip follow each other: it is then in the cache.
    const std::size_t n_rows =
        std::clamp((n_inputs_ + pass.pool.size() - 1) / pass.pool.size(), std::size_t{12}, std::size_t{96});
    const bool whole_panels = n_out % (kPanel<T> / 2) == 0;
    std::vector<T>& gradient = pass.gradients[0];
    std::fill(gradient.begin(), gradient.end(), T{0});
    pass.pool.for_each((n_inputs_ + n_rows - 1) / n_rows, [&](std::size_t task) {
        const std::size_t first = task * n_rows, rows = std::min(n_rows, n_inputs_ - first);
        Panels<T> panels;
        for (std::size_t i = 0; i < n_clips; ++i) {
            const MatrixView<const T> from = x[0]->clip(i), error = std::as_const(dy).clip(i);
            const auto left = static_cast<std::ptrdiff_t>(pad_left(from.rows()));
            if (!whole_panels) panels.pack(error.data(), error.rows(), n_out, n_out, 1);
            for (std::size_t j = 0; j < k; ++j) {
                T* const to = gradient.data() + (j * n_inputs_ + first) * n_out;
                const std::ptrdiff_t tap = (static_cast<std::ptrdiff_t>(j * options_.dilation_rate) - left) *
                                               static_cast<std::ptrdiff_t>(n_inputs_) +
                                           static_cast<std::ptrdiff_t>(first);
                const Windows<T> windows{from.data(), rows, 1, {&tap, 1}, error.rows(), step * n_inputs_};
                if (whole_panels)
                    multiply_add(windows, error.data(), n_out, to, n_out);
                else
                    multiply_add(windows, panels, to, n_out);
            }
        }
    });

    if (dx[0].values == nullptr) return;
    // Taps that meet at the same inputs: those whose offsets are equal modulo the stride.
    const T* const kernel = this->parameters_[0].values.data();
    std::vector<Panels<T>> transposed(step);
    std::vector<std::vector<std::size_t>> taps_of(step);
    for (std::size_t j = 0; j < k; ++j) taps_of[j * options_.dilation_rate % step].push_back(j);
    for (std::size_t group = 0; group < step; ++group) {
        std::vector<const T*> parts;
        for (const std::size_t j : taps_of[group]) parts.push_back(kernel + j * n_inputs_ * n_out);
        transposed[group].pack(parts, n_out, n_inputs_, 1, n_out);
    }
    pass.pool.for_each(n_clips, [&](std::size_t i) {
        const MatrixView<const T> error = std::as_const(dy).clip(i);
        const MatrixView<T> to = dx[0].values->clip(i);
        const std::size_t left = pad_left(to.rows());
        for (std::size_t phase = 0; phase < std::min(step, to.rows()); ++phase) {
            // x(step u + phase) went into y(u + (phase + left - tap) / step).
            const std::size_t group = (phase + left) % step;
            std::vector<std::ptrdiff_t> taps;
            for (const std::size_t j : taps_of[group])
                taps.push_back((static_cast<std::ptrdiff_t>(phase + left) -
                                static_cast<std::ptrdiff_t>(j * options_.dilation_rate)) /
                               static_cast<std::ptrdiff_t>(step) * static_cast<std::ptrdiff_t>(n_out));
            const std::size_t rows = (to.rows() - phase + step - 1) / step;
            const Windows<T> windows{error.data(), rows, n_out, taps, n_out, 1};
            T* const first = to.data() + phase * n_inputs_;
            if (dx[0].add)
                multiply_add(windows, transposed[group], first, step * n_inputs_);
            else
                multiply(windows, transposed[group], nullptr, first, step * n_inputs_);
        }
    });
}

template class Conv1D<float>;
template class Conv1D<double>;

}  // namespace undertone::nn
