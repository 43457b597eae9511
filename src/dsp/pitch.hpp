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
    // What was found, peak by peak, each kind of number in an array of its own: they are computed side by
    // side.
    struct Peaks {
        std::vector<std::uint32_t> frame, bin;
        std::vector<float> before, here, after;  // three magnitudes
        std::vector<float> largest;              // of the frame
        std::vector<float> pitch, magnitude;     // Hz; the height of the parabola
        std::vector<float> doubt;  // how far the pitch can have moved, as a share of it; 0: it is exact
        std::size_t count = 0;

        void make_room(std::size_t size);
        void remove(std::size_t i);  // the last one takes its place
    };

    // A peak a lane.
    struct Parabolas {
        Lanes pitch, magnitude, doubt;
    };
    // Through three magnitudes each, in the precision in which librosa takes them.
    [[nodiscard]] Parabolas fit(const IntLanes& bin, const Lanes& before, const Lanes& here,
                                const Lanes& after, const Lanes& largest) const;
    void fit_all();
    // Makes peaks exact, those of doubts_. False: some are none, and their doubt is negative now.
    bool refine(const ExactMagnitudes& exact);
    // Pitches that can lie anywhere, or may not be one.
    void refine_doubtful(const ExactMagnitudes& exact);
    // Magnitudes that may lie on the other side of the median; false: there are none.
    bool refine_near(float median, const ExactMagnitudes& exact);
    [[nodiscard]] float median();
    // Where pitches fall in the histogram, in cells, and how far that can be wrong.
    void place();
    [[nodiscard]] std::size_t n_cells() const noexcept { return edges_.size() - 1; }
    [[nodiscard]] float bins_of(float pitch) const;
    [[nodiscard]] std::size_t cell_of(float bins) const;
    [[nodiscard]] std::size_t cell_of_peak(std::size_t i) const { return cell_of(bins_of(peaks_.pitch[i])); }

    TuningOptions options_;
    float noise_;
    std::size_t first_bin_, last_bin_;  // half open
    std::vector<double> edges_;         // [n_cells + 1]: of the histogram's cells, in bins
    std::size_t n_frames_ = 0;
    Peaks peaks_;
    std::vector<std::size_t> doubts_;  // peaks that are to be made exact
    std::vector<float> sorted_;
    std::vector<float> places_, reach_;  // [peaks_.count]
};

}  // namespace undertone::dsp
