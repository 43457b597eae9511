#pragma once

#include <cstddef>
#include <vector>

#include "dsp/lanes.hpp"
#include "undertone/mel.hpp"

namespace undertone::dsp {

/// A mel filter bank without its zeros: each band is a run of bins.
class MelBank {
public:
    /// @param stretch  every edge is moved to this many times its frequency; what comes to lie above half the
    ///                 rate is cut off
    explicit MelBank(const MelOptions& options, double stretch = 1);
    [[nodiscard]] std::size_t n_mels() const noexcept { return bands_.size(); }
    [[nodiscard]] std::size_t n_bins() const noexcept { return n_bins_; }

    /// @param spectrogram  `[n_bins]` of a batch of frames
    /// @param mel          `[n_mels]`, written whole
    void apply(const Lanes* spectrogram, Lanes* mel) const;

private:
    struct Band {
        std::size_t first_bin, n_weights, first_weight;
    };
    std::size_t n_bins_;
    std::vector<Band> bands_;
    std::vector<float> weights_;
};

}  // namespace undertone::dsp
