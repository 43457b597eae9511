#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace undertone {

/// An owning row-major matrix, `[rows, cols]`. For frames: `[n_frames, n_coeffs]`, the transpose of
/// librosa's.
template <class T>
class Matrix {
public:
    Matrix() = default;
    Matrix(std::size_t rows, std::size_t cols, T value = T{})
        : rows_(rows), cols_(cols), values_(rows * cols, value) {}

    /// Takes another shape and keeps its memory where that is enough. What the values are then is not said.
    void resize(std::size_t rows, std::size_t cols) {
        values_.resize(rows * cols);
        rows_ = rows;
        cols_ = cols;
    }

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    [[nodiscard]] T* data() noexcept { return values_.data(); }
    [[nodiscard]] const T* data() const noexcept { return values_.data(); }
    [[nodiscard]] T& operator()(std::size_t row, std::size_t col) noexcept {
        return values_[row * cols_ + col];
    }
    [[nodiscard]] const T& operator()(std::size_t row, std::size_t col) const noexcept {
        return values_[row * cols_ + col];
    }
    [[nodiscard]] std::span<T> row(std::size_t index) noexcept { return {data() + index * cols_, cols_}; }
    [[nodiscard]] std::span<const T> row(std::size_t index) const noexcept {
        return {data() + index * cols_, cols_};
    }
    [[nodiscard]] std::span<T> values() noexcept { return values_; }
    [[nodiscard]] std::span<const T> values() const noexcept { return values_; }
    bool operator==(const Matrix&) const = default;

private:
    std::size_t rows_ = 0, cols_ = 0;
    std::vector<T> values_;
};

/// A view of contiguous row-major values that somebody else owns: `MatrixView<const T>` reads,
/// `MatrixView<T>` writes. Converts from a Matrix by itself.
template <class T>
class MatrixView {
public:
    MatrixView() = default;
    MatrixView(T* data, std::size_t rows, std::size_t cols) noexcept
        : data_(data), rows_(rows), cols_(cols) {}
    MatrixView(
        Matrix<std::remove_const_t<T>>& matrix) noexcept  // NOLINT(google-explicit-constructor): a view
        : MatrixView(matrix.data(), matrix.rows(), matrix.cols()) {}
    MatrixView(const Matrix<std::remove_const_t<T>>& matrix) noexcept  // NOLINT(google-explicit-constructor)
        requires std::is_const_v<T> : MatrixView(matrix.data(), matrix.rows(), matrix.cols()) {}

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
    [[nodiscard]] std::size_t size() const noexcept { return rows_ * cols_; }
    [[nodiscard]] T* data() const noexcept { return data_; }
    [[nodiscard]] T& operator()(std::size_t row, std::size_t col) const noexcept {
        return data_[row * cols_ + col];
    }
    [[nodiscard]] std::span<T> row(std::size_t index) const noexcept {
        return {data_ + index * cols_, cols_};
    }
    [[nodiscard]] std::span<T> values() const noexcept { return {data_, size()}; }

private:
    T* data_ = nullptr;
    std::size_t rows_ = 0, cols_ = 0;
};

}  // namespace undertone
