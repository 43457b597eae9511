#include "nn/kernels/product.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace undertone::nn {
namespace {

// With a whole panel: sums that fit the registers, 24 of 32 with AVX-512, 12 of 16 below. Of tiles with so
// many sums the squarest reads least.
constexpr std::size_t kTileRows = 6;

/// `Rows` rows of a panel of columns, or of its first ones.
/// @param b        first row of the panel
/// @param b_step   from one row of b to the next
template <class T, std::size_t Vectors, std::size_t Rows>
void tile(const Windows<T>& a, std::size_t row, const T* b, std::size_t b_step, const T* start, bool add,
          T* y, std::size_t y_step) {
    constexpr std::size_t kLane = kLanes<T>;
    std::array<std::array<Vector<T, kLane>, Vectors>, Rows> sum{};
    if (start != nullptr)
        unrolled<Rows>(
            [&](auto r) { unrolled<Vectors>([&](auto v) { sum[r][v] = load<kLane>(start + v * kLane); }); });
    for (const std::ptrdiff_t tap : a.taps) {
        const T* from = a.values + static_cast<std::ptrdiff_t>(row * a.row_step) + tap;
        for (std::size_t k = 0; k < a.depth; ++k, from += a.depth_step, b += b_step) {
            std::array<Vector<T, kLane>, Vectors> weights;
            unrolled<Vectors>([&](auto v) { weights[v] = load<kLane>(b + v * kLane); });
            unrolled<Rows>([&](auto r) {
                const T factor = from[r * a.row_step];
                unrolled<Vectors>([&](auto v) { sum[r][v] += factor * weights[v]; });
            });
        }
    }
    unrolled<Rows>([&](auto r) {
        unrolled<Vectors>([&](auto v) {
            T* const to = y + r * y_step + v * kLane;
            store<kLane, T>(to, add ? load<kLane>(to) + sum[r][v] : sum[r][v]);
        });
    });
}

template <class T>
struct Target {
    T* values;
    std::size_t step, n;
    const T* start;
    bool add;
};

/// A tile that reaches past the last column goes through a buffer.
template <class T, std::size_t Vectors, std::size_t Rows>
void tile(const Windows<T>& a, std::size_t row, const T* b, std::size_t b_step, const Target<T>& y,
          std::size_t column) {
    constexpr std::size_t kWide = Vectors * kLanes<T>;
    T* const to = y.values + row * y.step + column;
    const T* const start = y.start == nullptr ? nullptr : y.start + column;
    const std::size_t width = y.n - column;
    if (width >= kWide) {
        tile<T, Vectors, Rows>(a, row, b, b_step, start, y.add, to, y.step);
        return;
    }
    std::array<T, kWide> begin{};
    if (start != nullptr) std::copy_n(start, width, begin.begin());
    std::array<T, Rows * kWide> buffer;
    tile<T, Vectors, Rows>(a, row, b, b_step, begin.data(), false, buffer.data(), kWide);
    for (std::size_t r = 0; r < Rows; ++r)
        for (std::size_t c = 0; c < width; ++c) {
            T& value = to[r * y.step + c];
            value = y.add ? value + buffer[r * kWide + c] : buffer[r * kWide + c];
        }
}

template <class T, std::size_t Vectors>
void all_rows(const Windows<T>& a, const T* b, std::size_t b_step, const Target<T>& y, std::size_t column) {
    std::size_t row = 0;
    for (; row + kTileRows <= a.rows; row += kTileRows)
        tile<T, Vectors, kTileRows>(a, row, b, b_step, y, column);
    for (; row + 4 <= a.rows; row += 4) tile<T, Vectors, 4>(a, row, b, b_step, y, column);
    for (; row < a.rows; ++row) tile<T, Vectors, 1>(a, row, b, b_step, y, column);
}

template <class T>
void all_tiles(const Windows<T>& a, const T* b, std::size_t b_step, std::size_t panel_step,
               const Target<T>& y) {
    for (std::size_t column = 0; column < y.n; column += kPanel<T>, b += panel_step)
        if (y.n - column > kPanel<T> / 2)
            all_rows<T, kPanelVectors>(a, b, b_step, y, column);
        else
            all_rows<T, kPanelVectors / 2>(a, b, b_step, y, column);
}

}  // namespace

template <class T>
void Panels<T>::pack(const T* values, std::size_t depth, std::size_t n, std::size_t row_step,
                     std::size_t column_step) {
    pack(std::array{values}, depth, n, row_step, column_step);
}

template <class T>
void Panels<T>::pack(std::span<const T* const> parts, std::size_t depth, std::size_t n, std::size_t row_step,
                     std::size_t column_step) {
    depth_ = depth * parts.size();
    n_ = n;
    const std::size_t n_panels = (n + kPanel<T> - 1) / kPanel<T>;
    values_.resize(n_panels * depth_ * kPanel<T>);
    T* to = values_.data();
    for (std::size_t column = 0; column < n; column += kPanel<T>) {
        const std::size_t width = std::min(kPanel<T>, n - column);
        for (const T* part : parts)
            for (std::size_t k = 0; k < depth; ++k, to += kPanel<T>) {
                const T* const from = part + k * row_step + column * column_step;
                for (std::size_t c = 0; c < width; ++c) to[c] = from[c * column_step];
                std::fill(to + width, to + kPanel<T>, T{0});
            }
    }
}

template <class T>
void multiply(const Windows<T>& a, const Panels<T>& b, const std::type_identity_t<T>* start, T* y,
              std::size_t y_step) {
    assert(a.taps.size() * a.depth == b.depth());
    all_tiles(a, b.data(), kPanel<T>, b.depth() * kPanel<T>, Target<T>{y, y_step, b.n(), start, false});
}

template <class T>
void multiply_add(const Windows<T>& a, const Panels<T>& b, T* y, std::size_t y_step) {
    assert(a.taps.size() * a.depth == b.depth());
    all_tiles(a, b.data(), kPanel<T>, b.depth() * kPanel<T>, Target<T>{y, y_step, b.n(), nullptr, true});
}

template <class T>
void multiply_add(const Windows<T>& a, const T* b, std::size_t n, T* y, std::size_t y_step) {
    assert(n % (kPanel<T> / 2) == 0 && a.taps.size() == 1);
    all_tiles(a, b, n, kPanel<T>, Target<T>{y, y_step, n, nullptr, true});
}

template class Panels<float>;
template class Panels<double>;
template void multiply<float>(const Windows<float>&, const Panels<float>&, const float*, float*, std::size_t);
template void multiply<double>(const Windows<double>&, const Panels<double>&, const double*, double*,
                               std::size_t);
template void multiply_add<float>(const Windows<float>&, const Panels<float>&, float*, std::size_t);
template void multiply_add<double>(const Windows<double>&, const Panels<double>&, double*, std::size_t);
template void multiply_add<float>(const Windows<float>&, const float*, std::size_t, float*, std::size_t);
template void multiply_add<double>(const Windows<double>&, const double*, std::size_t, double*, std::size_t);

}  // namespace undertone::nn
