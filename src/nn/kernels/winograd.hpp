#pragma once

#include <cstddef>

#include "undertone/matrix.hpp"

/// Convolution with kernels of three frames in half the multiplications: four frames of output come of six of
/// input by six products, where the definition needs twelve. Input, kernel and products are polynomials'
/// values at six points; a product of polynomials is one of values. Source: Winograd, Arithmetic Complexity
/// of Computations, 1980; with these points Lavin and Gray, Fast Algorithms for Convolutional Neural
/// Networks, CVPR 2016, F(4, 3). Sums differ from the definition's in the last digits, so that only training
/// goes this way.
namespace undertone::nn::winograd {

inline constexpr std::size_t kTaps = 3, kOutputs = 4, kPoints = kOutputs + kTaps - 1;

/// How the frames of a clip go through: output frame t is made of input frames t - pad_left + j
/// dilation_rate.
struct Frames {
    std::size_t n_frames, dilation_rate, pad_left;

    /// Fours of output frames, dilation_rate apart, that cover the clip.
    [[nodiscard]] std::size_t n_tiles() const noexcept;
};

/// @param kernel   `[kTaps, n]`
/// @param points   `[kPoints, n]`
template <class T>
void kernel_to_points(const T* kernel, std::size_t n, T* points);

/// @param x        `[n_frames, n_channels]`
/// @param points   `[kPoints, n_tiles, n_channels]`
template <class T>
void input_to_points(const Frames& frames, MatrixView<const T> x, T* points);

/// @param points   `[kPoints, n_tiles, n_channels]`, products of the points of input and kernel
/// @param start    `[n_channels]`, added to each frame; nullptr for nothing
template <class T>
void output_of_points(const Frames& frames, const T* points, const T* start, MatrixView<T> y);

// Gradients of these go the same ways back.

template <class T>
void output_gradient_to_points(const Frames& frames, MatrixView<const T> dy, T* points);

/// @param add   to what is there; else it is overwritten
template <class T>
void input_gradient_of_points(const Frames& frames, const T* points, bool add, MatrixView<T> dx);

/// @param points   value j of point k at points[k * n + j]
/// @param kernel   `[kTaps, n]`
template <class T>
void kernel_gradient_of_points(const T* points, std::size_t n, T* kernel);

}  // namespace undertone::nn::winograd
