#include "nn/kernels/winograd.hpp"

#include <algorithm>
#include <array>

#include "nn/kernels/aligned_vector.hpp"
#include "nn/kernels/vector.hpp"

namespace undertone::nn::winograd {
namespace {

/// Calls `body(tile, first, begins)` for each tile with the first of its output frames; `begins` is true
/// where no tile before it shares input frames with it.
template <class Body>
void for_each_tile(const Frames& frames, Body&& body) {
    std::size_t tile = 0;
    for (std::size_t phase = 0; phase < std::min(frames.dilation_rate, frames.n_frames); ++phase)
        for (std::size_t first = phase; first < frames.n_frames; first += kOutputs * frames.dilation_rate)
            body(tile++, first, first == phase);
}

/// The rows of a tile's frames; `outside` stands for those that the clip has not.
/// @param values   `[n_frames, n_channels]` of the input
template <class Value>
std::array<Value*, kPoints> input_rows(const Frames& frames, std::size_t first, Value* values,
                                       std::size_t n_channels, Value* outside) {
    std::array<Value*, kPoints> rows;
    for (std::size_t j = 0; j < kPoints; ++j) {
        const std::size_t frame = first + j * frames.dilation_rate;  // pad_left too far
        const bool inside = frame >= frames.pad_left && frame - frames.pad_left < frames.n_frames;
        rows[j] = inside ? values + (frame - frames.pad_left) * n_channels : outside;
    }
    return rows;
}

/// The same of the output.
template <class Value>
std::array<Value*, kOutputs> output_rows(const Frames& frames, std::size_t first, Value* values,
                                         std::size_t n_channels, Value* outside) {
    std::array<Value*, kOutputs> rows;
    for (std::size_t j = 0; j < kOutputs; ++j) {
        const std::size_t frame = first + j * frames.dilation_rate;
        rows[j] = frame < frames.n_frames ? values + frame * n_channels : outside;
    }
    return rows;
}

}  // namespace

std::size_t Frames::n_tiles() const noexcept {
    std::size_t n = 0;
    for_each_tile(*this, [&](std::size_t, std::size_t, bool) { ++n; });
    return n;
}

template <class T>
void kernel_to_points(const T* kernel, std::size_t n, T* points) {
    for (std::size_t i = 0; i < n; ++i) {
        const T a = kernel[i], b = kernel[n + i], c = kernel[2 * n + i];
        points[i] = a / 4;
        points[n + i] = (a + b + c) / -6;
        points[2 * n + i] = (a - b + c) / -6;
        points[3 * n + i] = (a + 2 * b + 4 * c) / 24;
        points[4 * n + i] = (a - 2 * b + 4 * c) / 24;
        points[5 * n + i] = c;
    }
}

template <class T>
void kernel_gradient_of_points(const T* points, std::size_t n, T* kernel) {
    for (std::size_t i = 0; i < n; ++i) {
        const T ones = (points[n + i] + points[2 * n + i]) / -6;
        const T ones_off = (points[n + i] - points[2 * n + i]) / -6;
        const T twos = (points[3 * n + i] + points[4 * n + i]) / 24;
        const T twos_off = (points[3 * n + i] - points[4 * n + i]) / 24;
        kernel[i] = points[i] / 4 + ones + twos;
        kernel[n + i] = ones_off + 2 * twos_off;
        kernel[2 * n + i] = ones + 4 * twos + points[5 * n + i];
    }
}

template <class T>
void input_to_points(const Frames& frames, MatrixView<const T> x, T* points) {
    const std::size_t channels = x.cols(), step = frames.n_tiles() * channels;
    const AlignedVector<T> silence(channels, T{0});
    for_each_tile(frames, [&](std::size_t tile, std::size_t first, bool) {
        const auto row = input_rows(frames, first, x.data(), channels, silence.data());
        T* const to = points + tile * channels;
        by_vectors<T>(channels, [&](auto lanes, std::size_t c) {
            std::array<Vector<T, lanes>, kPoints> d;
            unrolled<kPoints>([&](auto j) { d[j] = load<lanes>(row[j] + c); });
            const auto put = [&](std::size_t k, const Vector<T, lanes>& value) {
                store<lanes, T>(to + k * step + c, value);
            };
            const Vector<T, lanes> even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1];
            const Vector<T, lanes> even_2 = d[4] - d[2], odd_2 = 2 * (d[3] - d[1]);
            put(0, 4 * d[0] - 5 * d[2] + d[4]);
            put(1, even + odd);
            put(2, even - odd);
            put(3, even_2 + odd_2);
            put(4, even_2 - odd_2);
            put(5, 4 * d[1] - 5 * d[3] + d[5]);
        });
    });
}

template <class T>
void input_gradient_of_points(const Frames& frames, const T* points, bool add, MatrixView<T> dx) {
    const std::size_t channels = dx.cols(), step = frames.n_tiles() * channels;
    // The last two of a tile's input frames are the next one's first.
    AlignedVector<T> shared(2 * channels);
    AlignedVector<T> outside(channels, T{0});
    for_each_tile(frames, [&](std::size_t tile, std::size_t first, bool begins) {
        const bool ends = first + kOutputs * frames.dilation_rate >= frames.n_frames;
        const auto row = input_rows(frames, first, dx.data(), channels, outside.data());
        const T* const from = points + tile * channels;
        by_vectors<T>(channels, [&](auto lanes, std::size_t c) {
            std::array<Vector<T, lanes>, kPoints> v, d;
            unrolled<kPoints>([&](auto k) { v[k] = load<lanes>(from + k * step + c); });
            const Vector<T, lanes> ones = v[1] + v[2], ones_off = v[1] - v[2];
            const Vector<T, lanes> twos = v[3] + v[4], twos_off = 2 * (v[3] - v[4]);
            d[0] = 4 * v[0];
            d[1] = 4 * v[5] - 4 * ones_off - twos_off;
            d[2] = -5 * v[0] - 4 * ones - twos;
            d[3] = ones_off + twos_off - 5 * v[5];
            d[4] = v[0] + ones + twos;
            d[5] = v[5];
            if (!begins) unrolled<2>([&](auto j) { d[j] += load<lanes>(shared.data() + j * channels + c); });
            const auto put = [&](std::size_t j, const Vector<T, lanes>& value) {
                store<lanes, T>(row[j] + c, add ? load<lanes>(row[j] + c) + value : value);
            };
            unrolled<kOutputs>([&](auto j) { put(j, d[j]); });
            if (ends)
                unrolled<2>([&](auto j) { put(kOutputs + j, d[kOutputs + j]); });
            else
                unrolled<2>(
                    [&](auto j) { store<lanes, T>(shared.data() + j * channels + c, d[kOutputs + j]); });
        });
    });
}

template <class T>
void output_of_points(const Frames& frames, const T* points, const T* start, MatrixView<T> y) {
    const std::size_t channels = y.cols(), step = frames.n_tiles() * channels;
    const AlignedVector<T> zero(channels, T{0});
    if (start == nullptr) start = zero.data();
    AlignedVector<T> outside(channels, T{0});
    for_each_tile(frames, [&](std::size_t tile, std::size_t first, bool) {
        const auto row = output_rows(frames, first, y.data(), channels, outside.data());
        const T* const from = points + tile * channels;
        by_vectors<T>(channels, [&](auto lanes, std::size_t c) {
            std::array<Vector<T, lanes>, kPoints> m;
            unrolled<kPoints>([&](auto k) { m[k] = load<lanes>(from + k * step + c); });
            const Vector<T, lanes> ones = m[1] + m[2], ones_off = m[1] - m[2], twos = m[3] + m[4],
                                   twos_off = m[3] - m[4], begin = load<lanes>(start + c);
            store<lanes, T>(row[0] + c, begin + m[0] + ones + twos);
            store<lanes, T>(row[1] + c, begin + ones_off + 2 * twos_off);
            store<lanes, T>(row[2] + c, begin + ones + 4 * twos);
            store<lanes, T>(row[3] + c, begin + ones_off + 8 * twos_off + m[5]);
        });
    });
}

template <class T>
void output_gradient_to_points(const Frames& frames, MatrixView<const T> dy, T* points) {
    const std::size_t channels = dy.cols(), step = frames.n_tiles() * channels;
    const AlignedVector<T> silence(channels, T{0});
    for_each_tile(frames, [&](std::size_t tile, std::size_t first, bool) {
        const auto row = output_rows(frames, first, dy.data(), channels, silence.data());
        T* const to = points + tile * channels;
        by_vectors<T>(channels, [&](auto lanes, std::size_t c) {
            std::array<Vector<T, lanes>, kOutputs> e;
            unrolled<kOutputs>([&](auto j) { e[j] = load<lanes>(row[j] + c); });
            const auto put = [&](std::size_t k, const Vector<T, lanes>& value) {
                store<lanes, T>(to + k * step + c, value);
            };
            const Vector<T, lanes> even = e[0] + e[2], odd = e[1] + e[3];
            const Vector<T, lanes> even_2 = e[0] + 4 * e[2], odd_2 = 2 * e[1] + 8 * e[3];
            put(0, e[0]);
            put(1, even + odd);
            put(2, even - odd);
            put(3, even_2 + odd_2);
            put(4, even_2 - odd_2);
            put(5, e[3]);
        });
    });
}

template void kernel_to_points<float>(const float*, std::size_t, float*);
template void input_to_points<float>(const Frames&, MatrixView<const float>, float*);
template void output_of_points<float>(const Frames&, const float*, const float*, MatrixView<float>);
template void output_gradient_to_points<float>(const Frames&, MatrixView<const float>, float*);
template void input_gradient_of_points<float>(const Frames&, const float*, bool, MatrixView<float>);
template void kernel_gradient_of_points<float>(const float*, std::size_t, float*);
template void kernel_to_points<double>(const double*, std::size_t, double*);
template void input_to_points<double>(const Frames&, MatrixView<const double>, double*);
template void output_of_points<double>(const Frames&, const double*, const double*, MatrixView<double>);
template void output_gradient_to_points<double>(const Frames&, MatrixView<const double>, double*);
template void input_gradient_of_points<double>(const Frames&, const double*, bool, MatrixView<double>);
template void kernel_gradient_of_points<double>(const double*, std::size_t, double*);

}  // namespace undertone::nn::winograd
