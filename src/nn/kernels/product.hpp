#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include "nn/kernels/aligned_vector.hpp"
#include "nn/kernels/vector.hpp"

/// Matrix products whose left side is read through a moving window: what convolutions over frames are made
/// of.
namespace undertone::nn {

/// Vectors of columns that go through a product together, and the columns in them.
inline constexpr std::size_t kPanelVectors = kVectorBytes == 64 ? 4 : 2;
template <class T>
inline constexpr std::size_t kPanel = kPanelVectors* kLanes<T>;

/// The right side of a product, `[depth, n]`, laid out in panels of kPanel columns. The last is filled up
/// with zeros.
template <class T>
class Panels {
public:
    /// Takes b(k, c) = values[k * row_step + c * column_step].
    void pack(const T* values, std::size_t depth, std::size_t n, std::size_t row_step,
              std::size_t column_step);
    /// The same for several matrices of `depth` rows, one below the other.
    void pack(std::span<const T* const> parts, std::size_t depth, std::size_t n, std::size_t row_step,
              std::size_t column_step);

    [[nodiscard]] const T* data() const noexcept { return values_.data(); }
    [[nodiscard]] std::size_t depth() const noexcept { return depth_; }
    [[nodiscard]] std::size_t n() const noexcept { return n_; }

private:
    AlignedVector<T> values_;
    std::size_t depth_ = 0, n_ = 0;
};

/// The left side: a(r, j, k) = values[r * row_step + taps[j] + k * depth_step], k = 0 ... depth - 1.
template <class T>
struct Windows {
    const T* values;
    std::size_t rows, row_step;
    std::span<const std::ptrdiff_t> taps;
    std::size_t depth, depth_step;
};

/// y(r, c) = start(c) + sum over j, k of a(r, j, k) b(j * depth + k, c). A row's result does not depend on
/// how many rows go through together.
/// @param b       `[n_taps * depth, n]`
/// @param start   `[n]`, or nullptr for zeros
/// @param y       row r begins at y + r * y_step; overwritten
template <class T>
void multiply(const Windows<T>& a, const Panels<T>& b, const std::type_identity_t<T>* start, T* y,
              std::size_t y_step);

/// The same, added to what y holds.
template <class T>
void multiply_add(const Windows<T>& a, const Panels<T>& b, T* y, std::size_t y_step);

/// y(r, c) += sum over k of a(r, 0, k) b(k, c), with b as it lies: `[depth, n]`, n a multiple of kPanel / 2.
template <class T>
void multiply_add(const Windows<T>& a, const T* b, std::size_t n, T* y, std::size_t y_step);

}  // namespace undertone::nn
