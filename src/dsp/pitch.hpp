#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "dsp/lanes.hpp"
#include "undertone/chroma.hpp"

namespace undertone::dsp {

/// The magnitudes of bins `bin - 1`, `bin`, `bin + 1` of a frame, rounded once from double.
using ExactMagnitudes = std::function<std::array<float, 3>(std::size_t frame, std::size_t bin)>;

/// Collects the spectral peaks of a recording, batch by batch, and tells its tuning.
///
/// The tuning is the fullest cell of a histogram of some thousand pitches in a hundred cells, and often wins
/// by one pitch alone. The rounding of a float FFT moves pitches that lie near the border of a cell, and with
/// them the tuning by up to half a bin. So each pitch knows how far rounding can have moved it, and those
/// that can decide the vote are computed once more, from exact magnitudes.
class TuningEstimator {
public:
    /// @param noise  how far rounding can have moved a magnitude, as a share of the largest one of its frame;
    ///               0: not at all
    /// @throws Error invalid_argument
    explicit TuningEstimator(const TuningOptions& options, float noise = 0);

    /// Peaks of the next batch of frames: `magnitudes` is `[1 + n_fft / 2]`, `largest` the largest of each
    /// frame. The first n_frames lanes count.
    void add(const Lanes* magnitudes, const Lanes& largest, std::size_t n_frames);

    /// Forgets everything added.
    void forget();

    /// The tuning of everything added; forgets it.
    /// @param exact  asked for the peaks that rounding may have moved; never called when noise is 0
    [[nodiscard]] double finish(const ExactMagnitudes& exact = {});

private:
    struct Peak {
        std::uint32_t frame, bin;
        float pitch, magnitude;  // Hz; the height of the parabola
        float noise;             // of a magnitude, in its unit
        float least;             // what a magnitude of this frame must exceed
        float doubt;             // how far the pitch can have moved, as a share of it
    };

    // The parabola through three magnitudes, in the precision in which librosa takes it.
    void fit(Peak& peak, const std::array<float, 3>& magnitudes) const;
    struct Doubt {
        std::uint32_t frame;
        std::size_t peak;
    };
    // Makes peaks exact. False: some are none, and their doubt is negative now.
    bool refine(std::vector<Doubt>& doubts, const ExactMagnitudes& exact);
    // Pitches that can lie anywhere, or may not be one.
    void refine_doubtful(const ExactMagnitudes& exact);
    // Magnitudes that may lie on the other side of the median; false: there are none.
    bool refine_near(float median, const ExactMagnitudes& exact);
    [[nodiscard]] float median();
    [[nodiscard]] float bins_of(float pitch) const;
    [[nodiscard]] std::size_t n_cells() const noexcept { return edges_.size() - 1; }
    [[nodiscard]] std::size_t cell_of(float bins) const;

    TuningOptions options_;
    float noise_;
    std::size_t first_bin_, last_bin_;  // half open
    std::vector<double> edges_;         // [n_cells + 1]: of the histogram's cells, in bins
    std::size_t n_frames_ = 0;
    std::vector<Peak> peaks_;
    std::vector<Doubt> doubts_;
    std::vector<float> sorted_;
};

}  // namespace undertone::dsp
