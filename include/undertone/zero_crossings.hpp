#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace undertone::dsp {

/// How a zero crossing is told.
struct ZeroCrossingOptions {
    double threshold = 1e-10;  ///< values this small count as zero
    bool pad = true;           ///< the first sample counts as a crossing
    bool zero_pos = true;      ///< zero is positive; otherwise a sign of its own
};

/// Counts where the sign changes from one sample to the next.
/// @throws Error invalid_argument  no samples, or a threshold below zero
/// Matches: librosa 0.11.0 `sum(zero_crossings(y))`, equal.
[[nodiscard]] std::size_t zero_crossings(std::span<const float> samples,
                                         const ZeroCrossingOptions& options = {});

/// Marks them, sample by sample.
/// @return         `[n_samples]`, 1 where the sign is another than that of the sample before, else 0
/// @throws Error   as above
/// Matches: librosa 0.11.0 `zero_crossings(y)`, equal.
[[nodiscard]] std::vector<std::uint8_t> zero_crossing_marks(std::span<const float> samples,
                                                            const ZeroCrossingOptions& options = {});

}  // namespace undertone::dsp
