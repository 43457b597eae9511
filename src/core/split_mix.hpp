#pragma once

#include <cstddef>
#include <cstdint>

namespace undertone {

/// A hash of 64 bits; each bit of the result hangs on each of `x`.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

/// A generator of one word, for work where each item has a seed of its own; NumPy's RandomState takes longer
/// to seed than such an item to compute. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014 (SplitMix64).
class SplitMix64 {
public:
    explicit constexpr SplitMix64(std::uint64_t seed) noexcept : state_(seed) {}

    [[nodiscard]] constexpr std::uint64_t next() noexcept { return mixed(state_ += 0x9e3779b97f4a7c15U); }
    /// @return   in [0, 1)
    [[nodiscard]] constexpr double uniform() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }
    /// @return   in [low, high)
    [[nodiscard]] constexpr double uniform(double low, double high) noexcept {
        return low + (high - low) * uniform();
    }
    /// @return   a whole number in [0, max]; `max` far below 2^53
    [[nodiscard]] constexpr std::size_t up_to(std::size_t max) noexcept {
        return static_cast<std::size_t>(uniform() * static_cast<double>(max + 1));
    }

private:
    std::uint64_t state_;
};

/// What a generator seeded with `place` gives first: a draw that follows from a place (seed, epoch, clip) and
/// not from what was drawn before, so that threads need not wait for each other.
[[nodiscard]] constexpr std::uint64_t drawn_at(std::uint64_t place) noexcept {
    return SplitMix64(place).next();
}

}  // namespace undertone
