#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

/// exp and what is made of it, written without branches so that loops over them become vectors.
namespace undertone::nn {

/// e to the x, within 2 last places of float from -87 to 88; what lies beyond counts as these ends.
inline float exponential(float x) {
    // x = n ln 2 + r; n ln 2 in two pieces, the first with so few digits that n times it is exact.
    const float clamped = x < -87.0F ? -87.0F : (x > 88.0F ? 88.0F : x);  // NaN stays NaN
    const float number = x > -87.0F ? (x > 88.0F ? 88.0F : x) : -87.0F;   // and here it is none
    const float shifted = number * 1.44269504F + 12582912.0F;  // 1.5 * 2^23: rounds to a whole number
    const float n = shifted - 12582912.0F;
    const float r = (clamped - n * 0.693359375F) - n * -2.12194440e-4F;
    // The Taylor polynomial; the remainder for |r| <= ln 2 / 2 is below 1e-8.
    float p = 1.0F / 5040.0F;
    p = p * r + 1.0F / 720.0F;
    p = p * r + 1.0F / 120.0F;
    p = p * r + 1.0F / 24.0F;
    p = p * r + 1.0F / 6.0F;
    p = p * r + 0.5F;
    p = p * r + 1.0F;
    p = p * r + 1.0F;
    const auto exponent = static_cast<std::uint32_t>(static_cast<std::int32_t>(n) + 127) << 23U;
    return p * std::bit_cast<float>(exponent);
}
inline double exponential(double x) { return std::exp(x); }

/// 1 / (1 + e to the -x).
template <class T>
T logistic(T x) {
    return T{1} / (T{1} + exponential(-x));
}

/// The hyperbolic tangent; absolute error below 3e-7 in float.
inline float hyperbolic_tangent(float x) { return 2.0F * logistic(2.0F * x) - 1.0F; }
inline double hyperbolic_tangent(double x) { return std::tanh(x); }

}  // namespace undertone::nn
