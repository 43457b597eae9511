#pragma once

#include "undertone/matrix.hpp"
#include "undertone/mfcc.hpp"

namespace undertone::dsp {

inline constexpr float kDbPerOctave = 3.010299956639812F;  ///< 10 log10(2)

/// The first n_mfcc rows of a cosine transform of n_in numbers, lifter included: `[n_mfcc, n_in]`.
/// @throws Error invalid_argument  n_mfcc above n_in
/// Matches: scipy.fft.dct of types 1 to 3.
[[nodiscard]] Matrix<float> dct_rows(std::size_t n_in, const MfccOptions& options);

}  // namespace undertone::dsp
