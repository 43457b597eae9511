#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include "undertone/matrix.hpp"

/// The three products of a fully connected layer, for float and double. Weights are `[n_in, n_out]`. Sizes
/// that do not fit together are the caller's mistake and are only asserted. The result for one row does not
/// depend on how many rows go through together.
namespace undertone::nn {

/// y = x w + b.
/// @param x   `[n_samples, n_in]`
/// @param b   `[n_out]`
/// @param y   `[n_samples, n_out]`, overwritten
template <class T>
void dense_forward(MatrixView<const std::type_identity_t<T>> x, MatrixView<const std::type_identity_t<T>> w,
                   std::span<const std::type_identity_t<T>> b, MatrixView<T> y);

/// dx = dy wᵀ.
/// @param dy   `[n_samples, n_out]`
/// @param dx   `[n_samples, n_in]`, overwritten
template <class T>
void dense_backward_input(MatrixView<const std::type_identity_t<T>> dy,
                          MatrixView<const std::type_identity_t<T>> w, MatrixView<T> dx);

/// Some rows of dw = xᵀ dy.
/// @param first   the first of them, of n_in
/// @param rows    `[n_rows, n_out]`, overwritten
template <class T>
void dense_gradient_rows(MatrixView<const std::type_identity_t<T>> x,
                         MatrixView<const std::type_identity_t<T>> dy, std::size_t first, MatrixView<T> rows);

/// Computes dw = xᵀ dy and hands it out row by row, so that the weights can be updated while a row is in the
/// nearest cache and no gradient is ever stored.
/// @param visit   `(std::size_t i, std::span<T> gradient_row)`, i = 0 ... n_in - 1 in order; `[n_out]`, may
///                be altered
template <class T, class Visit>
void dense_backward_weights(MatrixView<const T> x, MatrixView<const T> dy, Visit&& visit) {
    constexpr std::size_t kBlock = 4;  // rows that share one pass over dy
    std::vector<T> block(kBlock * dy.cols());
    for (std::size_t first = 0; first < x.cols(); first += kBlock) {
        const MatrixView<T> rows(block.data(), std::min(kBlock, x.cols() - first), dy.cols());
        dense_gradient_rows(x, dy, first, rows);
        for (std::size_t i = 0; i < rows.rows(); ++i) visit(first + i, rows.row(i));
    }
}

}  // namespace undertone::nn
