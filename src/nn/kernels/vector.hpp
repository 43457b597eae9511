#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

/// Vectors of the width that this build's processor has. Only for source files of the library: a program that
/// is compiled for another processor would bring its own width.
namespace undertone::nn {

#if defined(__AVX512F__)
inline constexpr std::size_t kVectorBytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t kVectorBytes = 32;
#else
inline constexpr std::size_t kVectorBytes = 16;
#endif

template <class T>
inline constexpr std::size_t kLanes = kVectorBytes / sizeof(T);

namespace detail {
template <class T, std::size_t Lanes>
struct VectorOf {
    typedef T type __attribute__((vector_size(Lanes * sizeof(T))));
};
template <class T>
struct VectorOf<T, 1> {
    using type = T;
};
}  // namespace detail

/// `Lanes` numbers (a power of two) that are added and multiplied together; one lane is a plain number.
template <class T, std::size_t Lanes>
using Vector = typename detail::VectorOf<T, Lanes>::type;

template <std::size_t Lanes, class T>
[[gnu::always_inline]] inline Vector<T, Lanes> load(const T* from) {
    Vector<T, Lanes> vector;
    std::memcpy(&vector, from, sizeof vector);
    return vector;
}

template <std::size_t Lanes, class T>
[[gnu::always_inline]] inline void store(T* to, const Vector<T, Lanes>& vector) {
    std::memcpy(to, &vector, sizeof vector);
}

/// The sum of the lanes, halves first. By value and by subscript: a vector whose address is taken would be
/// kept in memory by the loop that adds it up.
template <std::size_t Lanes, class T>
[[gnu::always_inline]] inline T sum_lanes(Vector<T, Lanes> vector) {
    std::array<T, Lanes> lanes;
    for (std::size_t i = 0; i < Lanes; ++i) lanes[i] = vector[i];
    for (std::size_t half = Lanes / 2; half > 0; half /= 2)
        for (std::size_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
    return lanes[0];
}

/// The square root of each lane.
template <std::size_t Lanes, class T>
[[gnu::always_inline]] inline Vector<T, Lanes> square_root(const Vector<T, Lanes>& vector) {
    constexpr std::size_t kBytes = Lanes * sizeof(T);
    [[maybe_unused]] constexpr bool kDouble = std::is_same_v<T, double>;
#if defined(__AVX512F__)
    // With a mask of all lanes: the plain ones make g++ 12 warn of its own header.
    if constexpr (kBytes == 64 && kDouble)
        return Vector<T, Lanes>(_mm512_maskz_sqrt_pd(0xff, __m512d(vector)));
    if constexpr (kBytes == 64 && !kDouble)
        return Vector<T, Lanes>(_mm512_maskz_sqrt_ps(0xffff, __m512(vector)));
#endif
#if defined(__AVX__)
    if constexpr (kBytes == 32 && kDouble) return Vector<T, Lanes>(_mm256_sqrt_pd(__m256d(vector)));
    if constexpr (kBytes == 32 && !kDouble) return Vector<T, Lanes>(_mm256_sqrt_ps(__m256(vector)));
#endif
#if defined(__SSE2__)
    if constexpr (kBytes == 16 && kDouble) return Vector<T, Lanes>(_mm_sqrt_pd(__m128d(vector)));
    if constexpr (kBytes == 16 && !kDouble) return Vector<T, Lanes>(_mm_sqrt_ps(__m128(vector)));
#endif
    std::array<T, Lanes> lanes;
    std::memcpy(lanes.data(), &vector, sizeof vector);
    for (T& lane : lanes) lane = std::sqrt(lane);
    return load<Lanes>(lanes.data());
}

/// a / b, each lane within one last place; b not 0, not infinite. Where the processor divides slowly it is
/// taken from an estimate of 1 / b, made exact to the last place by two of Newton's steps: Adam spends most
/// of its time here.
template <std::size_t Lanes, class T>
[[gnu::always_inline]] inline Vector<T, Lanes> quotient(const Vector<T, Lanes>& a,
                                                        const Vector<T, Lanes>& b) {
#if defined(__AVX512F__)
    if constexpr (Lanes == 16 && std::is_same_v<T, float>) {
        const Vector<T, Lanes> estimate(_mm512_maskz_rcp14_ps(0xffff, __m512(b)));
        const Vector<T, Lanes> inverse = estimate + estimate * (T{1} - b * estimate);
        const Vector<T, Lanes> near = a * inverse;
        return near + inverse * (a - b * near);
    }
    if constexpr (Lanes == 8 && std::is_same_v<T, double>) {
        Vector<T, Lanes> inverse(_mm512_maskz_rcp14_pd(0xff, __m512d(b)));
        inverse += inverse * (T{1} - b * inverse);
        inverse += inverse * (T{1} - b * inverse);
        const Vector<T, Lanes> near = a * inverse;
        return near + inverse * (a - b * near);
    }
#endif
    return a / b;
}

/// Calls `body(index)` for 0 ... N - 1 with the index known at compile time, so that arrays indexed by it can
/// live in registers at any level of optimisation.
template <std::size_t N, class Body>
[[gnu::always_inline]] inline void unrolled(Body&& body) {
    [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
        (body(std::integral_constant<std::size_t, I>{}), ...);
    }
    (std::make_index_sequence<N>{});
}

/// Calls `body(lanes, i)` for 0 ... n - 1 in whole vectors, then for single numbers.
template <class T, class Body>
[[gnu::always_inline]] inline void by_vectors(std::size_t n, Body&& body) {
    std::size_t i = 0;
    for (; i + kLanes<T> <= n; i += kLanes<T>) body(std::integral_constant<std::size_t, kLanes<T>>{}, i);
    for (; i < n; ++i) body(std::integral_constant<std::size_t, 1>{}, i);
}

}  // namespace undertone::nn
