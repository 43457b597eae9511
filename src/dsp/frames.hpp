#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "dsp/fft.hpp"
#include "dsp/lanes.hpp"
#include "undertone/stft.hpp"

namespace undertone::dsp {

/// The plan behind everything built on an STFT: window and twiddle factors, computed once. Works on batches
/// of kLanes frames, one frame a lane. Const; what changes lies in a Workspace.
class FramePlan {
public:
    struct Workspace {
        std::vector<float> head;  ///< one frame that reaches over an edge
        std::vector<Lanes> buffers[4];
        std::vector<Lanes> re, im;  ///< `[n_bins]`: the spectrum of the last batch
        std::vector<double> dft_re, dft_im;
    };

    /// @throws Error invalid_argument
    explicit FramePlan(const StftOptions& options);

    [[nodiscard]] std::size_t n_fft() const noexcept { return n_fft_; }
    [[nodiscard]] std::size_t n_bins() const noexcept { return n_fft_ / 2 + 1; }
    [[nodiscard]] std::size_t hop_length() const noexcept { return hop_length_; }

    /// @throws Error invalid_argument  no samples, or too few; numerical: a NaN or infinity
    [[nodiscard]] std::size_t n_frames(std::span<const float> samples) const;

    /// The spectrum of frames first_frame ... first_frame + kLanes - 1, into workspace.re and .im. Lanes
    /// behind the last frame hold zeros.
    void spectrum(std::span<const float> samples, std::size_t first_frame, std::size_t n_frames,
                  Workspace& workspace) const;

private:
    void gather(std::span<const float> samples, std::size_t frame, std::size_t lane,
                Workspace& workspace) const;

    std::size_t n_fft_, hop_length_;
    bool center_;
    PadMode pad_mode_;
    std::vector<float> window_;                     // [n_fft], the window in the middle of zeros
    std::optional<ComplexFft<Lanes, float>> half_;  // of n_fft / 2, where n_fft is a power of two from 4 on
    std::vector<float> split_re_, split_im_;        // e^(-2 pi i k / n_fft)
    std::optional<AnyDft> any_;                     // for every other size
};

/// @throws Error numerical  naming the first sample that is not finite
void require_finite(std::span<const float> samples);

}  // namespace undertone::dsp
