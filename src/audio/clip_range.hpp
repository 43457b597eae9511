#pragma once

#include <cstdint>
#include <string>

#include "undertone/audio.hpp"

namespace undertone::audio {

/// Samples of a recording, first and one past the last; `end` is the greatest number where no end is asked.
struct ClipRange {
    std::uint64_t begin = 0, end = UINT64_MAX;

    [[nodiscard]] bool whole() const noexcept { return begin == 0 && end == UINT64_MAX; }
    /// How many there are of a recording of `n_samples`.
    [[nodiscard]] std::uint64_t of(std::uint64_t n_samples) const noexcept {
        const auto least = [](std::uint64_t a, std::uint64_t b) { return a < b ? a : b; };
        return least(n_samples, end) - least(n_samples, begin);
    }
};

/// @throws Error invalid_argument  a negative time, or an end before the start
[[nodiscard]] ClipRange range_of(const Segment& segment, int rate, const std::string& origin);

/// @throws Error invalid_argument  it reaches past the end, or no sample lies in it
void check_range(const Segment& segment, const ClipRange& range, std::uint64_t n_samples, int rate,
                 const std::string& origin);

}  // namespace undertone::audio
