#include <algorithm>
#include <array>
#include <vector>

#include "nn/frames/layers.hpp"
#include "nn/kernels/aligned_vector.hpp"
#include "nn/kernels/product.hpp"
#include "nn/kernels/winograd.hpp"

namespace undertone::nn {
namespace {

using winograd::kPoints;

/// Clips go through in so many groups, whatever the number of threads: sums over clips are then the same.
constexpr std::size_t kGroups = 8;

/// Calls `body(group, first, end)` for groups of clips that follow each other.
template <class Body>
void for_each_group(ThreadPool& pool, std::size_t n_clips, Body&& body) {
    const std::size_t n_groups = std::min(kGroups, n_clips);
    pool.for_each(n_groups, [&](std::size_t group) {
        body(group, group * n_clips / n_groups, (group + 1) * n_clips / n_groups);
    });
}

/// The points of a kernel `[3, n_inputs, n_outputs]`, or of its transpose, as right sides of products.
template <class T>
std::array<Panels<T>, kPoints> kernel_panels(const std::vector<T>& kernel, std::size_t n_inputs,
                                             std::size_t n_outputs, bool transposed) {
    const std::size_t n = n_inputs * n_outputs;
    std::vector<T> points(kPoints * n);
    winograd::kernel_to_points(kernel.data(), n, points.data());
    std::array<Panels<T>, kPoints> panels;
    for (std::size_t k = 0; k < kPoints; ++k)
        if (transposed)
            panels[k].pack(points.data() + k * n, n_outputs, n_inputs, 1, n_outputs);
        else
            panels[k].pack(points.data() + k * n, n_inputs, n_outputs, n_outputs, 1);
    return panels;
}

constexpr std::array<std::ptrdiff_t, 1> kNoTap{0};

/// The products of a clip's points and a kernel's.
/// @param a   `[kPoints, n_tiles, n_channels]`
/// @param y   `[kPoints, n_tiles, n of the panels]`
template <class T>
void multiply_points(const T* a, std::size_t n_tiles, std::size_t n_channels,
                     const std::array<Panels<T>, kPoints>& kernel, T* y) {
    for (std::size_t k = 0; k < kPoints; ++k)
        multiply(Windows<T>{a + k * n_tiles * n_channels, n_tiles, n_channels, kNoTap, n_channels, 1},
                 kernel[k], nullptr, y + k * n_tiles * kernel[k].n(), kernel[k].n());
}

template <class T>
T* room(AlignedVector<T>& values, std::size_t n) {
    if (values.size() < n) values.resize(n);
    return values.data();
}

}  // namespace

template <class T>
bool Conv1D<T>::by_points(const Pass<T>& pass) const noexcept {
    return pass.training && options_.kernel_size == winograd::kTaps && options_.strides == 1;
}

template <class T>
void Conv1D<T>::forward_by_points(const Sequences<T>& x, Sequences<T>& y, Pass<T>& pass) const {
    const std::size_t n_out = options_.filters;
    const auto kernel = kernel_panels(this->parameters_[0].values, n_inputs_, n_out, false);
    const T* const bias = options_.use_bias ? this->parameters_[1].values.data() : nullptr;
    for_each_group(pass.pool, y.n_clips(), [&](std::size_t, std::size_t first, std::size_t end) {
        AlignedVector<T> of_input, of_output;
        for (std::size_t i = first; i < end; ++i) {
            const std::size_t n_frames = x.n_frames(i);
            const winograd::Frames frames{n_frames, options_.dilation_rate, pad_left(n_frames)};
            const std::size_t n_tiles = frames.n_tiles();
            T* const from = room(of_input, kPoints * n_tiles * n_inputs_);
            T* const to = room(of_output, kPoints * n_tiles * n_out);
            winograd::input_to_points(frames, x.clip(i), from);
            multiply_points(from, n_tiles, n_inputs_, kernel, to);
            winograd::output_of_points(frames, to, bias, y.clip(i));
        }
    });
}

template <class T>
void Conv1D<T>::backward_by_points(const Sequences<T>& x, const Sequences<T>& dy,
                                   typename SequenceLayer<T>::InputGradient dx, Pass<T>& pass) const {
    const std::size_t n_out = options_.filters, n_kernel = n_inputs_ * n_out;
    const auto kernel = kernel_panels(this->parameters_[0].values, n_inputs_, n_out, true);
    const bool whole_panels = n_out % (kPanel<T> / 2) == 0;
    // Of each group, `[kPoints, n_inputs, n_out]`.
    std::array<AlignedVector<T>, kGroups> sums;
    for_each_group(pass.pool, dy.n_clips(), [&](std::size_t group, std::size_t first, std::size_t end) {
        AlignedVector<T> of_input, of_error;
        Panels<T> panels;
        sums[group].assign(kPoints * n_kernel, T{0});
        for (std::size_t i = first; i < end; ++i) {
            const std::size_t n_frames = x.n_frames(i);
            const winograd::Frames frames{n_frames, options_.dilation_rate, pad_left(n_frames)};
            const std::size_t n_tiles = frames.n_tiles();
            T* const error = room(of_error, kPoints * n_tiles * n_out);
            T* const input = room(of_input, kPoints * n_tiles * n_inputs_);
            winograd::output_gradient_to_points(frames, dy.clip(i), error);
            if (dx.values != nullptr) {
                multiply_points(error, n_tiles, n_out, kernel, input);
                winograd::input_gradient_of_points(frames, input, dx.add, dx.values->clip(i));
            }
            winograd::input_to_points(frames, x.clip(i), input);
            for (std::size_t k = 0; k < kPoints; ++k) {
                const T* const of_point = error + k * n_tiles * n_out;
                T* const sum = sums[group].data() + k * n_kernel;
                const Windows<T> windows{
                    input + k * n_tiles * n_inputs_, n_inputs_, 1, kNoTap, n_tiles, n_inputs_};
                if (whole_panels) {
                    multiply_add(windows, of_point, n_out, sum, n_out);
                } else {
                    panels.pack(of_point, n_tiles, n_out, n_out, 1);
                    multiply_add(windows, panels, sum, n_out);
                }
            }
        }
    });
    AlignedVector<T>& total = sums[0];
    pass.pool.for_each(kPoints, [&](std::size_t k) {
        for (std::size_t group = 1; group < kGroups; ++group)
            for (std::size_t j = k * n_kernel; j < (k + 1) * n_kernel && !sums[group].empty(); ++j)
                total[j] += sums[group][j];
    });
    winograd::kernel_gradient_of_points(total.data(), n_kernel, pass.gradients[0].data());
}

template class Conv1D<float>;
template class Conv1D<double>;

}  // namespace undertone::nn
