#pragma once

#include <cstddef>
#include <vector>

#include "dsp/lanes.hpp"
#include "undertone/chroma.hpp"

namespace undertone::dsp {

/// Collects the spectral peaks of a recording, batch by batch, and tells its tuning.
class TuningEstimator {
public:
    /// @throws Error invalid_argument
    explicit TuningEstimator(const TuningOptions& options);

    /// Peaks of a batch of frames: `magnitudes` is `[1 + n_fft / 2]`, `largest` the largest of each frame.
    /// The first n_frames lanes count.
    void add(const Lanes* magnitudes, const Lanes& largest, std::size_t n_frames);

    /// Forgets everything added.
    void forget();

    /// The tuning of everything added; forgets it.
    [[nodiscard]] double finish();

private:
    TuningOptions options_;
    std::size_t first_bin_, last_bin_;  // half open
    std::vector<float> pitches_, magnitudes_, sorted_;
    std::vector<std::size_t> counts_;
};

}  // namespace undertone::dsp
