#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "undertone/matrix.hpp"

/// What can be told of a whole clip, whatever its length: statistics of its bands, of its cepstra and of how
/// they move.
namespace undertone {

/// How many functionals there are. The last kLevelFunctionals say how loud the clip is, all others do not
/// change with its level.
[[nodiscard]] std::size_t n_functionals(std::size_t n_bands) noexcept;
inline constexpr std::size_t kLevelFunctionals = 2;

/// What they are made of; see functionals().
namespace functional {
inline constexpr std::size_t kCepstra = 20, kCovaried = 13, kMoving = 8, kGroups = 8, kFineGroups = 16,
                             kThirds = 3, kAutocorrelations = 60;
inline constexpr std::array<std::size_t, 3> kLags{5, 10, 20};
inline constexpr std::array<std::size_t, 6> kRuns{1, 2, 4, 8, 16, 32};
inline constexpr double kLeastDeviation = 1e-2;  // what never moves must not be blown up
inline constexpr double kLeastPower = 1e-4, kLeastEnergy = 1e-9;

/// `[n_bands, kCepstra]`: the first of an orthonormal DCT-II of a frame; zeros behind the last that there is.
[[nodiscard]] Matrix<double> cepstral_basis(std::size_t n_bands);

/// One of several even parts of bands or frames, none of them empty.
struct Part {
    std::size_t first, end;
};
[[nodiscard]] Part part_of(std::size_t part, std::size_t n_parts, std::size_t n);
}  // namespace functional

/// With x the bands less the mean over all of them, c the cepstra of x (the first 20 of an orthonormal DCT-II
/// over the bands) and z the first 13 cepstra brought to mean 0 and deviation 1 over the clip, in this order:
/// - of each band: mean, deviation, skewness, slope (of a line, over the clip), deviation and mean magnitude
///   of x[t + 1] - x[t - 1];
/// - of each cepstrum: mean, deviation, skewness, deviation of c[t + 2] - c[t - 2] and of its change;
/// - covariances of z: the upper triangle, then z[t + lag] with z[t] for lags of 5, 10 and 20 frames;
/// - of 8 groups of bands, of their mean and of 8 cepstra: the logarithm of the mean square of what changes
///   from one to the next run of 1, 2, 4, 8, 16 and 32 frames;
/// - in each third of the clip: means of 16 groups of bands, and the mean;
/// - of the mean over the bands: autocorrelation at lags of 1 to 60 frames;
/// - the length in seconds of 100 frames, its logarithm in frames, and the deviation of the level;
/// - the mean level and the level of the loudest frame.
///
/// A clip too short for one of them gets what a clip without movement gets.
/// @param frames   `[n_frames, at least n_bands]`, n_frames at least 1; natural logarithms of power
/// @param out      `[n_functionals(n_bands)]`
void functionals(MatrixView<const float> frames, std::size_t n_bands, std::span<double> out);

/// How many numbers tell how a speaker sounds: of each functional the mean over clips, then the deviations.
[[nodiscard]] inline std::size_t voice_size(std::size_t n_bands) noexcept {
    return 2 * n_functionals(n_bands);
}

}  // namespace undertone
