#pragma once

#include <bit>
#include <cstdint>

#include "undertone/audio.hpp"

namespace undertone {

/// A number that identical recordings share: of the samples, their count and their rate. Two that differ
/// share it with a chance of 1 in 2^64. It finds copies, it guards against nobody. Source: the mixing step of
/// MurmurHash3's 64-bit finaliser, per sample.
[[nodiscard]] inline std::uint64_t sample_hash(const Clip& clip) {
    std::uint64_t hash =
        clip.samples.size() * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(clip.sample_rate);
    for (const float sample : clip.samples) {
        hash = (hash ^ std::bit_cast<std::uint32_t>(sample)) * 0xff51afd7ed558ccdU;
        hash ^= hash >> 33;
    }
    return hash;
}

}  // namespace undertone
