#pragma once

#include <cstdint>

namespace undertone {

/// A number as random as its argument is different: draws that follow from a place (seed, epoch, clip)
/// instead of from what was drawn before, so that threads need not wait for each other.
/// Source: Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, 2014 (SplitMix64).
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t value) noexcept {
    value += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

}  // namespace undertone
