#include "nn/kernels/dense.hpp"

#include <array>
#include <cassert>

#include "nn/kernels/vector.hpp"

namespace undertone::nn {
namespace {

/// A tile of y = start + a w: `Rows` rows, `Vectors * Lanes` columns, its sums kept in registers.
/// a(r, k) lies at a[r * row_step + k * depth_step]; w is `[depth, n]` and begins at the tile's first column.
template <class T, std::size_t Lanes, std::size_t Vectors, std::size_t Rows>
void product_tile(const T* a, std::size_t row_step, std::size_t depth_step, const T* w, std::size_t depth,
                  std::size_t n, const T* start, T* y) {
    std::array<std::array<Vector<T, Lanes>, Vectors>, Rows> sum{};
    if (start != nullptr)
        unrolled<Rows>(
            [&](auto r) { unrolled<Vectors>([&](auto v) { sum[r][v] = load<Lanes>(start + v * Lanes); }); });
    for (std::size_t k = 0; k < depth; ++k, a += depth_step, w += n) {
        std::array<Vector<T, Lanes>, Vectors> weights;
        unrolled<Vectors>([&](auto v) { weights[v] = load<Lanes>(w + v * Lanes); });
        unrolled<Rows>([&](auto r) {
            const T factor = a[r * row_step];
            unrolled<Vectors>([&](auto v) { sum[r][v] += factor * weights[v]; });
        });
    }
    unrolled<Rows>([&](auto r) {
        unrolled<Vectors>([&](auto v) { store<Lanes, T>(y + r * n + v * Lanes, sum[r][v]); });
    });
}

/// y = start + a w, for a whole matrix.
template <class T>
struct Product {
    const T* a;
    std::size_t row_step, depth_step;
    const T* w;
    std::size_t depth, n;
    const T* start;  // n values, or nullptr for zeros
    T* y;
    std::size_t rows;

    template <std::size_t Lanes, std::size_t Vectors, std::size_t Rows>
    void tile(std::size_t row, std::size_t column) const {
        product_tile<T, Lanes, Vectors, Rows>(a + row * row_step, row_step, depth_step, w + column, depth, n,
                                              start == nullptr ? nullptr : start + column,
                                              y + row * n + column);
    }

    template <std::size_t Lanes, std::size_t Vectors>
    void panel(std::size_t column) const {
        std::size_t row = 0;
        for (; row + 8 <= rows; row += 8) tile<Lanes, Vectors, 8>(row, column);
        for (; row + 4 <= rows; row += 4) tile<Lanes, Vectors, 4>(row, column);
        for (; row < rows; ++row) tile<Lanes, Vectors, 1>(row, column);
    }

    // What whole vectors do not cover goes to vectors of half the width, down to single numbers.
    template <std::size_t Lanes>
    void narrow_panels(std::size_t column) const {
        for (; column + Lanes <= n; column += Lanes) panel<Lanes, 1>(column);
        if constexpr (Lanes > 1) narrow_panels<Lanes / 2>(column);
    }

    void run() const {
        constexpr std::size_t kWide = kVectorBytes == 64 ? 2 : 1;  // 16 sums of 32 registers, 8 of 16
        std::size_t column = 0;
        for (; column + kWide * kLanes<T> <= n; column += kWide * kLanes<T>) panel<kLanes<T>, kWide>(column);
        narrow_panels<kLanes<T>>(column);
    }
};

template <class T>
void transpose(const T* from, std::size_t rows, std::size_t cols, T* to) {
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < cols; ++c) to[c * rows + r] = from[r * cols + c];
}

}  // namespace

template <class T>
void dense_forward(MatrixView<const std::type_identity_t<T>> x, MatrixView<const std::type_identity_t<T>> w,
                   std::span<const std::type_identity_t<T>> b, MatrixView<T> y) {
    assert(x.cols() == w.rows() && b.size() == w.cols() && y.rows() == x.rows() && y.cols() == w.cols());
    Product<T>{x.data(), x.cols(), 1, w.data(), w.rows(), w.cols(), b.data(), y.data(), x.rows()}.run();
}

template <class T>
void dense_backward_input(MatrixView<const std::type_identity_t<T>> dy,
                          MatrixView<const std::type_identity_t<T>> w, MatrixView<T> dx) {
    assert(dy.cols() == w.cols() && dx.rows() == dy.rows() && dx.cols() == w.rows());
    // One sample a lane, so that no vector has to be summed across: dxᵀ = w dyᵀ.
    const std::size_t n_samples = dy.rows(), n_in = w.rows(), n_out = w.cols();
    std::vector<T> scratch(n_samples * (n_in + n_out));
    T* const errors = scratch.data();
    T* const result = errors + n_samples * n_out;
    transpose(dy.data(), n_samples, n_out, errors);
    Product<T>{w.data(), n_out, 1, errors, n_out, n_samples, nullptr, result, n_in}.run();
    transpose<T>(result, n_in, n_samples, dx.data());
}

template <class T>
void dense_gradient_rows(MatrixView<const std::type_identity_t<T>> x,
                         MatrixView<const std::type_identity_t<T>> dy, std::size_t first,
                         MatrixView<T> rows) {
    assert(x.rows() == dy.rows() && rows.cols() == dy.cols() && first + rows.rows() <= x.cols());
    Product<T>{x.data() + first, 1,       x.cols(),    dy.data(),  dy.rows(),
               dy.cols(),        nullptr, rows.data(), rows.rows()}
        .run();
}

template void dense_forward<float>(MatrixView<const float>, MatrixView<const float>, std::span<const float>,
                                   MatrixView<float>);
template void dense_forward<double>(MatrixView<const double>, MatrixView<const double>,
                                    std::span<const double>, MatrixView<double>);
template void dense_backward_input<float>(MatrixView<const float>, MatrixView<const float>,
                                          MatrixView<float>);
template void dense_backward_input<double>(MatrixView<const double>, MatrixView<const double>,
                                           MatrixView<double>);
template void dense_gradient_rows<float>(MatrixView<const float>, MatrixView<const float>, std::size_t,
                                         MatrixView<float>);
template void dense_gradient_rows<double>(MatrixView<const double>, MatrixView<const double>, std::size_t,
                                          MatrixView<double>);

}  // namespace undertone::nn
