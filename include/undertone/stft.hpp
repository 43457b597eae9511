#pragma once

#include <array>
#include <complex>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <tuple>

#include "undertone/fields.hpp"
#include "undertone/matrix.hpp"
#include "undertone/workspace.hpp"

namespace undertone::dsp {

/// The window that a frame is weighted with, periodic as scipy's `get_window(name, fftbins=True)`.
enum class Window { hann, hamming, blackman, bartlett, boxcar };
inline constexpr std::array kWindows{
    Choice<Window>{"hann", Window::hann}, Choice<Window>{"hamming", Window::hamming},
    Choice<Window>{"blackman", Window::blackman}, Choice<Window>{"bartlett", Window::bartlett},
    Choice<Window>{"boxcar", Window::boxcar}};

/// What stands before the first and behind the last sample when frames are centred, as numpy.pad names it.
enum class PadMode { constant, edge, reflect, symmetric };
inline constexpr std::array kPadModes{
    Choice<PadMode>{"constant", PadMode::constant}, Choice<PadMode>{"edge", PadMode::edge},
    Choice<PadMode>{"reflect", PadMode::reflect}, Choice<PadMode>{"symmetric", PadMode::symmetric}};

namespace detail {
/// The fields that everything built on an STFT has.
template <class O>
constexpr auto stft_fields() {
    return std::tuple{
        Field{"n_fft", &O::n_fft, "samples", {2, 1 << 20}, "length of the FFT; bins are 0 ... n_fft / 2"},
        Field{"hop_length",
              &O::hop_length,
              "samples",
              {1, 1 << 24},
              "from one frame to the next; none: win_length / 4"},
        Field{"win_length", &O::win_length, "samples", {1, 1 << 20}, "length of the window; none: n_fft"},
        Field{"window", &O::window, "", kWindows, "shape of the window"},
        Field{"center", &O::center, "", {}, "frame t is centred on sample t * hop_length"},
        Field{"pad_mode", &O::pad_mode, "", kPadModes, "what stands outside the signal when center is true"},
    };
}
}  // namespace detail

/// How a signal is cut into frames.
struct StftOptions {
    int n_fft = 2048;
    std::optional<int> hop_length = std::nullopt;
    std::optional<int> win_length = std::nullopt;
    Window window = Window::hann;
    bool center = true;
    PadMode pad_mode = PadMode::constant;

    static constexpr auto fields() { return detail::stft_fields<StftOptions>(); }
};

/// Window and Fourier transform of frames: computed once, used again. Const, so that threads share it; each
/// brings a Workspace of its own.
class Stft {
public:
    /// @throws Error invalid_argument
    explicit Stft(const StftOptions& options = {});

    /// As stft().
    [[nodiscard]] Matrix<std::complex<float>> operator()(std::span<const float> samples,
                                                         Workspace& workspace) const;

private:
    struct Plan;
    std::shared_ptr<const Plan> plan_;
};

/// Short-time Fourier transform.
///
/// @param samples  `[n_samples]`, at least one
/// @return         `[n_frames, 1 + n_fft / 2]`, the transpose of librosa's; n_frames = 1 + n_samples /
/// hop_length
///                 when centred and n_fft is even
/// @throws Error invalid_argument  no samples, a field out of its range, win_length above n_fft, fewer
/// samples
///         than n_fft when not centred; numerical: a NaN or infinite sample
/// Matches: librosa 0.11.0 `stft`, to 1e-6 of the largest magnitude; librosa also takes other windows and
/// complex dtypes. A size that is no power of two takes longer.
[[nodiscard]] Matrix<std::complex<float>> stft(std::span<const float> samples,
                                               const StftOptions& options = {});

}  // namespace undertone::dsp
