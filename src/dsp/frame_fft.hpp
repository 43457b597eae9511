#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "dsp/lanes.hpp"

namespace undertone::dsp {

/// The real FFT of a batch of frames, one frame a lane.
///
/// A frame of n_fft samples is taken as n_fft / 2 complex numbers, even samples real, odd ones imaginary.
/// They are transformed in place, radix 4, each quarter to its end before the next one, so that after the
/// first two steps all work is done in the first cache. The samples are read by the first step, and the bins
/// given away from where they come to lie: neither is ever put in order.
///
/// Source: Gentleman and Sande, "Fast Fourier transforms for fun and profit" (1966), for the steps; Sorensen
/// and others, "Real-valued fast Fourier transform algorithms" (1987), for taking even and odd samples apart.
class FrameFft {
public:
    using Workspace = std::vector<Lanes>;

    /// Powers of two that are not very small.
    [[nodiscard]] static bool fits(std::size_t n_fft) {
        return n_fft >= 4 * kLanes && std::has_single_bit(n_fft);
    }

    /// @param n_fft  one that fits()
    explicit FrameFft(std::size_t n_fft) : size_(n_fft / 2) {
        const auto turn = [](std::size_t k, std::size_t n, std::vector<float>& out) {
            const double angle = -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
            out.push_back(static_cast<float>(std::cos(angle)));
            out.push_back(static_cast<float>(std::sin(angle)));
        };
        for (std::size_t n = size_; n > 4; n /= 4)
            for (std::size_t p = 0; p < n / 4; ++p)
                for (const std::size_t power : {1U, 2U, 3U}) turn(power * p, n, twiddles_);
        for (std::size_t k = 0; k <= size_ / 2; ++k) turn(k, n_fft, halves_);
        for (std::size_t k = 0; k < size_; ++k) places_.push_back(2 * place_of(k, size_));
    }

    /// @param load  load(first, run): kLanes windowed samples of each frame from `first` on, a sample a
    /// vector
    /// @param take  take(bin, real, imaginary): called for each bin, in no order; for bin n_fft / 4 twice
    template <class Load, class Take>
    void operator()(Load load, Workspace& workspace, Take take) const {
        workspace.resize(2 * size_);
        Lanes* const z = workspace.data();
        const std::size_t quarter = size_ / 4;
        for (std::size_t first = 0; first < quarter; first += kLanes / 2) {
            Lanes runs[4][kLanes];
            for (std::size_t q = 0; q < 4; ++q) load(2 * (first + q * quarter), runs[q]);
            for (std::size_t i = 0; i < kLanes / 2; ++i)
                butterfly({runs[0][2 * i], runs[0][2 * i + 1], runs[1][2 * i], runs[1][2 * i + 1],
                           runs[2][2 * i], runs[2][2 * i + 1], runs[3][2 * i], runs[3][2 * i + 1]},
                          twiddles_.data() + 6 * (first + i), z + 2 * (first + i), quarter);
        }
        for (std::size_t q = 0; q < 4; ++q)
            transform(z + 2 * q * quarter, quarter, twiddles_.data() + 6 * quarter);

        for (std::size_t k = 0; k <= size_ / 2; ++k) {
            const Lanes* const a = z + places_[k];
            const Lanes* const b = z + places_[(size_ - k) & (size_ - 1)];
            const float w_re = halves_[2 * k], w_im = halves_[2 * k + 1];
            const Lanes even_re = (a[0] + b[0]) * 0.5F, even_im = (a[1] - b[1]) * 0.5F;
            const Lanes odd_re = (a[1] + b[1]) * 0.5F, odd_im = (b[0] - a[0]) * 0.5F;
            const Lanes turned_re = odd_re * w_re - odd_im * w_im, turned_im = odd_re * w_im + odd_im * w_re;
            take(k, even_re + turned_re, even_im + turned_im);
            take(size_ - k, even_re - turned_re, turned_im - even_im);
        }
    }

private:
    // Four complex numbers: real, imaginary, real ...
    struct Four {
        Lanes a_re, a_im, b_re, b_im, c_re, c_im, d_re, d_im;
    };

    /// One step of four numbers, which are put `apart`.
    /// @param w  the twiddle factors of the second, third and fourth; null: all are 1
    [[gnu::always_inline]] static void butterfly(const Four& v, const float* w, Lanes* out,
                                                 std::size_t apart) {
        const Lanes sum_re = v.a_re + v.c_re, sum_im = v.a_im + v.c_im;
        const Lanes dif_re = v.a_re - v.c_re, dif_im = v.a_im - v.c_im;
        const Lanes odd_re = v.b_re + v.d_re, odd_im = v.b_im + v.d_im;
        const Lanes rot_re = v.b_im - v.d_im, rot_im = v.d_re - v.b_re;  // -j (b - d)
        const Lanes x_re[3] = {dif_re + rot_re, sum_re - odd_re, dif_re - rot_re};
        const Lanes x_im[3] = {dif_im + rot_im, sum_im - odd_im, dif_im - rot_im};
        out[0] = sum_re + odd_re;
        out[1] = sum_im + odd_im;
        for (std::size_t i = 0; i < 3; ++i) {
            Lanes* const to = out + 2 * (i + 1) * apart;
            to[0] = w ? x_re[i] * w[2 * i] - x_im[i] * w[2 * i + 1] : x_re[i];
            to[1] = w ? x_re[i] * w[2 * i + 1] + x_im[i] * w[2 * i] : x_im[i];
        }
    }

    static Four four_at(const Lanes* z, std::size_t apart) {
        const Lanes *b = z + 2 * apart, *c = b + 2 * apart, *d = c + 2 * apart;
        return {z[0], z[1], b[0], b[1], c[0], c[1], d[0], d[1]};
    }

    /// Transforms n numbers in place; bin k comes to lie at place_of(k, n).
    static void transform(Lanes* z, std::size_t n, const float* w) {
        if (n == 1) return;
        if (n == 2) {
            const Lanes re = z[2], im = z[3];
            z[2] = z[0] - re;
            z[3] = z[1] - im;
            z[0] += re;
            z[1] += im;
            return;
        }
        if (n == 4) return butterfly(four_at(z, 1), nullptr, z, 1);
        const std::size_t quarter = n / 4;
        for (std::size_t p = 0; p < quarter; ++p)
            butterfly(four_at(z + 2 * p, quarter), w + 6 * p, z + 2 * p, quarter);
        for (std::size_t q = 0; q < 4; ++q) transform(z + 2 * q * quarter, quarter, w + 6 * quarter);
    }

    static std::size_t place_of(std::size_t k, std::size_t n) {
        return n <= 2 ? k : (k % 4) * (n / 4) + place_of(k / 4, n / 4);
    }

    std::size_t size_;
    std::vector<float> twiddles_, halves_;
    std::vector<std::size_t> places_;
};

}  // namespace undertone::dsp
