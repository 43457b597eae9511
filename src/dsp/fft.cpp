#include "dsp/fft.hpp"

#include <bit>

namespace undertone::dsp {

AnyDft::AnyDft(std::size_t size) : size_(size), fft_(std::bit_ceil(2 * size)) {
    const std::size_t n = fft_.size();
    chirp_re_.resize(size);
    chirp_im_.resize(size);
    std::vector<double> re(n), im(n), spare_re(n), spare_im(n);
    for (std::size_t i = 0; i < size; ++i) {
        // i^2 modulo 2 size: the angle stays small and so exact
        const double angle =
            -std::numbers::pi * static_cast<double>(i * i % (2 * size)) / static_cast<double>(size);
        chirp_re_[i] = std::cos(angle);
        chirp_im_[i] = std::sin(angle);
        re[i] = chirp_re_[i];
        im[i] = -chirp_im_[i];
        if (i > 0) {
            re[n - i] = re[i];
            im[n - i] = im[i];
        }
    }
    const auto [out_re, out_im] = fft_.transform(re.data(), im.data(), spare_re.data(), spare_im.data());
    filter_re_.assign(out_re, out_re + n);
    filter_im_.assign(out_im, out_im + n);
}

void AnyDft::transform(std::vector<double>& re, std::vector<double>& im) const {
    const std::size_t n = fft_.size();
    std::vector<double> a_re(n), a_im(n), spare_re(n), spare_im(n);
    for (std::size_t i = 0; i < size_; ++i) {
        a_re[i] = re[i] * chirp_re_[i] - im[i] * chirp_im_[i];
        a_im[i] = re[i] * chirp_im_[i] + im[i] * chirp_re_[i];
    }
    auto [f_re, f_im] = fft_.transform(a_re.data(), a_im.data(), spare_re.data(), spare_im.data());
    // The inverse transform is the forward one with real and imaginary parts exchanged before and after.
    std::vector<double> b_re(n), b_im(n), spare2_re(n), spare2_im(n);
    for (std::size_t i = 0; i < n; ++i) {
        b_im[i] = f_re[i] * filter_re_[i] - f_im[i] * filter_im_[i];
        b_re[i] = f_re[i] * filter_im_[i] + f_im[i] * filter_re_[i];
    }
    const auto [g_re, g_im] = fft_.transform(b_re.data(), b_im.data(), spare2_re.data(), spare2_im.data());
    for (std::size_t i = 0; i < size_; ++i) {
        const double y_re = g_im[i] / static_cast<double>(n), y_im = g_re[i] / static_cast<double>(n);
        re[i] = y_re * chirp_re_[i] - y_im * chirp_im_[i];
        im[i] = y_re * chirp_im_[i] + y_im * chirp_re_[i];
    }
}

}  // namespace undertone::dsp
