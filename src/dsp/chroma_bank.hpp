#pragma once

#include <cstddef>
#include <vector>

#include "dsp/lanes.hpp"
#include "undertone/chroma.hpp"

namespace undertone::dsp {

/// A chroma filter bank that is made again for each tuning: what does not depend on the tuning is computed
/// once.
class ChromaBank {
public:
    /// @throws Error invalid_argument
    explicit ChromaBank(const ChromaOptions& options);

    [[nodiscard]] std::size_t n_chroma() const noexcept { return n_chroma_; }
    [[nodiscard]] std::size_t n_bins() const noexcept { return n_bins_; }

    /// The weights for one tuning, bins-major: `[n_bins, n_chroma]`.
    void weights(double tuning, std::vector<float>& out) const;

    /// @param weights      as weights() gives them
    /// @param spectrogram  `[n_bins]` of a batch of frames
    /// @param chroma       `[n_chroma]`, written whole, not normalised
    void apply(const std::vector<float>& weights, const Lanes* spectrogram, Lanes* chroma) const;

private:
    std::size_t n_chroma_, n_bins_;
    ChromaOptions options_;
    std::vector<double>
        octaves_;  // [n_bins + 1]: log2 of each bin's frequency over 27.5 Hz; bin 0 is made up later
};

/// Scales each lane (each frame) of `[n_chroma]` values, as librosa's util.normalize does.
void normalise(Lanes* chroma, std::size_t n_chroma, ChromaNorm norm);

}  // namespace undertone::dsp
