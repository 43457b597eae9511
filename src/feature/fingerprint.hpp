#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "dsp/fft.hpp"
#include "undertone/audio.hpp"

namespace undertone::corpus {

/// What a clip sounds like, coarsely: bits that survive encoding, resampling, a change of loudness and a cut.
///
/// Source: Haitsma & Kalker 2002, "A highly robust audio fingerprinting system". The energies of 17 bands
/// from 300 to 2000 Hz, spaced as the logarithm, in windows of 128 ms every 16 ms; a bit says whether the
/// difference of two neighbouring bands grew since 64 ms ago. The windows are shorter than the paper's
/// 370 ms, since clips are.
struct Fingerprint {
    std::vector<std::uint16_t> bits;  ///< one a frame
    std::vector<bool> active;         ///< frames within 40 dB of the loudest: bits of silence are noise
};

/// The memory that a clip and the making of its fingerprint take.
[[nodiscard]] std::uint64_t bytes_of_print(std::uint64_t n_samples, int sample_rate);

/// Buffers of a clip with more samples are not worth keeping.
inline constexpr std::size_t kManySamples = std::size_t{1} << 22;

/// Makes fingerprints; keeps its buffers, so one a thread.
class Fingerprinter {
public:
    [[nodiscard]] Fingerprint of(const Clip& clip);

private:
    void transform(std::span<const float> sound, double rate, std::size_t frame, std::size_t n_frames);

    std::vector<float> sound_;
    std::vector<double> window_, re_, im_, spare_re_, spare_im_;
    std::vector<dsp::ComplexFft> transforms_;
    std::vector<double> energies_;  // [n_frames, bands]
};

/// Two clips that are one recording.
struct Alike {
    std::size_t first = 0, second = 0;  ///< first < second
    double bit_error = 0;               ///< share of differing bits
};

/// Finds the pairs that differ in at most a share of their bits, over at least 60 % of the shorter one's
/// active frames and half a second; sorted.
[[nodiscard]] std::vector<Alike> find_alike(std::span<const Fingerprint> fingerprints, double max_bit_error);

}  // namespace undertone::corpus
