#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>
#include <vector>

namespace undertone::dsp {

/// Complex FFT of a power of two, radix 4 with one radix-2 step where the logarithm is odd.
///
/// Source: Stockham's self-sorting form (decimation in frequency), so no bit reversal.
class ComplexFft {
public:
    explicit ComplexFft(std::size_t size) : size_(size) {
        for (std::size_t n = size; n >= 4; n /= 4)
            for (std::size_t p = 0; p < n / 4; ++p)
                for (const std::size_t power : {1U, 2U, 3U}) {
                    const double angle =
                        -2 * std::numbers::pi * static_cast<double>(power * p % n) / static_cast<double>(n);
                    twiddles_.push_back(std::cos(angle));
                    twiddles_.push_back(std::sin(angle));
                }
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Transforms `re`, `im`; the spare arrays are as long.
    /// @return  where the result lies: (re, im) or the spare arrays
    std::pair<double*, double*> transform(double* re, double* im, double* spare_re, double* spare_im) const {
        const double* w = twiddles_.data();
        std::size_t n = size_, stride = 1;
        for (; n >= 4; n /= 4, stride *= 4) {
            step4(n, stride, w, re, im, spare_re, spare_im);
            w += 6 * (n / 4);
            std::swap(re, spare_re);
            std::swap(im, spare_im);
        }
        if (n == 2) {
            for (std::size_t q = 0; q < stride; ++q) {
                const double ar = re[q], ai = im[q], br = re[q + stride], bi = im[q + stride];
                spare_re[q] = ar + br;
                spare_im[q] = ai + bi;
                spare_re[q + stride] = ar - br;
                spare_im[q + stride] = ai - bi;
            }
            return {spare_re, spare_im};
        }
        return {re, im};
    }

private:
    static void step4(std::size_t n, std::size_t stride, const double* w, const double* re, const double* im,
                      double* out_re, double* out_im) {
        const std::size_t quarter = n / 4, hop = stride * quarter;
        for (std::size_t p = 0; p < quarter; ++p, w += 6) {
            const double w1r = w[0], w1i = w[1], w2r = w[2], w2i = w[3], w3r = w[4], w3i = w[5];
            const double* r = re + stride * p;
            const double* i = im + stride * p;
            double* out_r = out_re + 4 * stride * p;
            double* out_i = out_im + 4 * stride * p;
            for (std::size_t q = 0; q < stride; ++q) {
                const double sum_r = r[q] + r[q + 2 * hop], sum_i = i[q] + i[q + 2 * hop];
                const double dif_r = r[q] - r[q + 2 * hop], dif_i = i[q] - i[q + 2 * hop];
                const double odd_r = r[q + hop] + r[q + 3 * hop], odd_i = i[q + hop] + i[q + 3 * hop];
                const double rot_r = i[q + hop] - i[q + 3 * hop],
                             rot_i = r[q + 3 * hop] - r[q + hop];  // -j (b - d)
                const double ar = dif_r + rot_r, ai = dif_i + rot_i;
                const double br = sum_r - odd_r, bi = sum_i - odd_i;
                const double cr = dif_r - rot_r, ci = dif_i - rot_i;
                out_r[q] = sum_r + odd_r;
                out_i[q] = sum_i + odd_i;
                out_r[q + stride] = ar * w1r - ai * w1i;
                out_i[q + stride] = ar * w1i + ai * w1r;
                out_r[q + 2 * stride] = br * w2r - bi * w2i;
                out_i[q + 2 * stride] = br * w2i + bi * w2r;
                out_r[q + 3 * stride] = cr * w3r - ci * w3i;
                out_i[q + 3 * stride] = cr * w3i + ci * w3r;
            }
        }
    }

    std::size_t size_;
    std::vector<double> twiddles_;
};

/// DFT of any size by Bluestein's chirp: a convolution done with power-of-two FFTs, in double.
class AnyDft {
public:
    explicit AnyDft(std::size_t size);
    /// Replaces `re`, `im` (`[size]`) by their transform.
    void transform(std::vector<double>& re, std::vector<double>& im) const;

private:
    std::size_t size_;
    ComplexFft fft_;
    std::vector<double> chirp_re_, chirp_im_, filter_re_, filter_im_;
};

}  // namespace undertone::dsp
