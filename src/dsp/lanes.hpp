#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

/// Frames side by side: one frame a lane, so that every step of a batch of frames is plain vector arithmetic.
namespace undertone::dsp {

#if defined(__AVX512F__)
inline constexpr std::size_t kLanes = 16;
#elif defined(__AVX2__)
inline constexpr std::size_t kLanes = 8;
#else
inline constexpr std::size_t kLanes = 4;
#endif

typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));
typedef std::int32_t IntLanes __attribute__((vector_size(kLanes * sizeof(std::int32_t))));

[[gnu::always_inline]] inline Lanes max(const Lanes& a, const Lanes& b) { return a > b ? a : b; }

/// Bit i is set where lane i of a comparison is true.
[[gnu::always_inline]] inline std::uint32_t mask_of(const IntLanes& truth) {
#if defined(__AVX512DQ__)
    return _mm512_movepi32_mask(reinterpret_cast<const __m512i&>(truth));
#elif defined(__AVX2__) && !defined(__AVX512F__)
    return static_cast<std::uint32_t>(_mm256_movemask_ps(reinterpret_cast<const __m256&>(truth)));
#else
    std::uint32_t mask = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) mask |= (truth[lane] != 0 ? 1U : 0U) << lane;
    return mask;
#endif
}

[[gnu::always_inline]] inline Lanes sqrt(const Lanes& v) {
#if defined(__AVX512F__)
    return _mm512_sqrt_ps(v);
#elif defined(__AVX2__)
    return _mm256_sqrt_ps(v);
#elif defined(__SSE2__)
    return _mm_sqrt_ps(v);
#else
    Lanes root;
    for (std::size_t lane = 0; lane < kLanes; ++lane) root[lane] = __builtin_sqrtf(v[lane]);
    return root;
#endif
}

/// Lanes chosen from two vectors; 0 ... kLanes - 1 are a's, the next ones b's.
template <std::size_t... index>
[[gnu::always_inline]] inline Lanes chosen(const Lanes& a, const Lanes& b, std::index_sequence<index...>) {
    return __builtin_shufflevector(a, b, index...);
}

/// Exchanges the upper half of each run of 2 * run lanes in `a` with the lower half of the same run in `b`.
template <std::size_t run, std::size_t... lane>
[[gnu::always_inline]] inline void exchange(Lanes& a, Lanes& b, std::index_sequence<lane...>) {
    const Lanes low = chosen(a, b, std::index_sequence<(lane & run ? lane - run + kLanes : lane)...>{});
    b = chosen(a, b, std::index_sequence<(lane & run ? lane + kLanes : lane + run)...>{});
    a = low;
}

/// Transposes a square: lane j of rows[i] and lane i of rows[j] change places.
template <std::size_t run = kLanes / 2>
[[gnu::always_inline]] inline void transpose(Lanes* rows) {
    if constexpr (run > 0) {
        for (std::size_t i = 0; i < kLanes; ++i)
            if (!(i & run)) exchange<run>(rows[i], rows[i + run], std::make_index_sequence<kLanes>{});
        transpose<run / 2>(rows);
    }
}

/// log2 of positive normal numbers, to 1e-7 of max(1, |result|).
///
/// The exponent is taken from the bits; the mantissa m in [sqrt(1/2), sqrt(2)) gives
/// log2(m) = 2 / ln(2) * atanh((m - 1) / (m + 1)), whose series is cut behind s^11.
[[gnu::always_inline]] inline Lanes log2(const Lanes& v) {
    constexpr std::int32_t kSqrtHalfBits = 0x3f3504f3;
    IntLanes bits;
    std::memcpy(&bits, &v, sizeof bits);
    const IntLanes exponent = (bits - kSqrtHalfBits) >> 23;
    bits -= exponent << 23;
    Lanes m;
    std::memcpy(&m, &bits, sizeof m);
    const Lanes s = (m - 1.0F) / (m + 1.0F);
    const Lanes s2 = s * s;
    constexpr float kScale = 2.885390081777927F;  // 2 / ln 2
    Lanes series = s2 * (kScale / 11) + kScale / 9;
    series = series * s2 + kScale / 7;
    series = series * s2 + kScale / 5;
    series = series * s2 + kScale / 3;
    series = series * s2 + kScale;
    return __builtin_convertvector(exponent, Lanes) + series * s;
}

/// 2^v for v in [-126, 127], to 2e-7 relative; beyond, what stands at that end.
///
/// The whole part goes into the exponent; the rest r in [-1/2, 1/2] is the series of e^(r ln 2), cut behind
/// r^7.
[[gnu::always_inline]] inline Lanes exp2(const Lanes& v) {
    const Lanes low = Lanes{} - 126.0F, high = Lanes{} + 127.0F;
    const Lanes held = max(v < high ? v : high, low);
    constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: added and taken away, it leaves a whole number
    const Lanes shifted = held + kRound;
    const Lanes r = held - (shifted - kRound);
    Lanes series = r * 1.5252733804e-5F + 1.5403530393e-4F;  // ln(2)^k / k!
    series = series * r + 1.3333558146e-3F;
    series = series * r + 9.6181291076e-3F;
    series = series * r + 5.5504108665e-2F;
    series = series * r + 2.4022650696e-1F;
    series = series * r + 6.9314718056e-1F;
    series = series * r + 1.0F;
    IntLanes whole, bits;
    std::memcpy(&whole, &shifted, sizeof whole);
    std::memcpy(&bits, &series, sizeof bits);
    bits += (whole - std::bit_cast<std::int32_t>(kRound)) << 23;
    Lanes power;
    std::memcpy(&power, &bits, sizeof power);
    return power;
}

}  // namespace undertone::dsp
