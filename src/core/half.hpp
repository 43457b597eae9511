#pragma once

#include <bit>
#include <cstdint>

namespace undertone {

/// The value of an IEEE 754 binary16; exact. A NaN keeps its bits.
[[nodiscard]] constexpr float half_to_float(std::uint16_t half) noexcept {
    const std::uint32_t sign = std::uint32_t{half & 0x8000U} << 16U;
    const std::uint32_t exponent = (half >> 10U) & 31U;
    const std::uint32_t mantissa = half & 1023U;
    if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000U | mantissa << 13U);
    if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23U | mantissa << 13U);
    // Zero or subnormal: a whole number of 2^-24, which float has exactly.
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
}

/// The nearest IEEE 754 binary16, of two that are as near the even one. From 65520 on that is infinity. A NaN
/// stays one, with the upper bits of its payload.
[[nodiscard]] constexpr std::uint16_t float_to_half(float value) noexcept {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = bits >> 16U & 0x8000U;
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    std::uint32_t half = 0;
    if (magnitude > 0x7F800000U) {  // NaN: one whose payload lies in the lower bits must not become infinity
        const std::uint32_t payload = magnitude >> 13U & 1023U;
        half = 0x7C00U | (payload != 0 ? payload : 0x200U);
    } else if (magnitude >= 0x477FF000U) {  // 65520
        half = 0x7C00U;
    } else {
        // The float's 24 bits of mantissa as a whole number of its last place, then a shift to binary16's
        // last place: 2^-24 below 2^-14, else 2^-10 of the leading bit.
        const std::uint32_t exponent = magnitude >> 23U;
        const std::uint32_t shift = exponent >= 113 ? 13U : 126U - exponent;
        if (shift <= 24) {  // smaller ones, below 2^-25, are nearest to 0
            const std::uint32_t mantissa =
                exponent >= 113 ? magnitude - (112U << 23U) : (magnitude & 0x7FFFFFU) | 0x800000U;
            const std::uint32_t rest = mantissa & ((1U << shift) - 1U), middle = 1U << (shift - 1U);
            half = mantissa >> shift;
            // A carry out of the mantissa goes on into the exponent, as it should.
            if (rest > middle || (rest == middle && (half & 1U) != 0)) ++half;
        }
    }
    return static_cast<std::uint16_t>(sign | half);
}

}  // namespace undertone
