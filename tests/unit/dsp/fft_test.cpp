#include "dsp/fft.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "dsp/frame_fft.hpp"
#include "dsp/lanes.hpp"
#include "support/support.hpp"
#include "undertone/random.hpp"

namespace undertone::dsp {
namespace {

using Complex = std::complex<double>;

std::vector<Complex> noise(std::size_t n, std::uint32_t seed) {
    RandomState random(seed);
    std::vector<Complex> z(n);
    for (Complex& value : z) value = {random.uniform(-1, 1), random.uniform(-1, 1)};
    return z;
}

/// The transform as it is defined.
std::vector<Complex> naive_dft(const std::vector<Complex>& z) {
    std::vector<Complex> out(z.size());
    for (std::size_t k = 0; k < z.size(); ++k)
        for (std::size_t i = 0; i < z.size(); ++i)
            out[k] += z[i] * std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(i * k % z.size()) /
                                                 static_cast<double>(z.size()));
    return out;
}

double norm(const std::vector<Complex>& z) {
    double sum = 0;
    for (const Complex& value : z) sum += std::norm(value);
    return std::sqrt(sum);
}

TEST(ComplexFft, IsTheTransformAsDefinedInEverySizeOfTwo) {
    for (std::size_t n = 1; n <= 512; n *= 2) {
        const auto z = noise(n, 3);
        std::vector<double> re, im, spare_re(n), spare_im(n);
        for (const Complex& value : z) {
            re.push_back(value.real());
            im.push_back(value.imag());
        }
        const auto [a, b] = ComplexFft(n).transform(re.data(), im.data(), spare_re.data(), spare_im.data());
        const auto expected = naive_dft(z);
        for (std::size_t k = 0; k < n; ++k)
            EXPECT_LT(std::abs(Complex(a[k], b[k]) - expected[k]), 1e-14 * static_cast<double>(n))
                << n << ", " << k;
    }
}

TEST(FrameFft, IsTheTransformOfTheFrameInEachLane) {
    std::size_t n_sizes = 0;
    for (std::size_t n = 2; n <= 4096; n *= 2) {
        if (!FrameFft::fits(n)) continue;
        ++n_sizes;
        std::vector<Lanes> samples(n);
        std::vector<std::vector<Complex>> expected;
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const auto z = noise(n, static_cast<std::uint32_t>(lane));
            std::vector<double> re(n), im(n), spare_re(n), spare_im(n);
            for (std::size_t i = 0; i < n; ++i) {
                samples[i][lane] = static_cast<float>(z[i].real());
                re[i] = static_cast<double>(samples[i][lane]);
            }
            const auto [a, b] =
                ComplexFft(n).transform(re.data(), im.data(), spare_re.data(), spare_im.data());
            auto& spectrum = expected.emplace_back();
            for (std::size_t k = 0; k < n; ++k) spectrum.emplace_back(a[k], b[k]);
        }
        FrameFft::Workspace workspace;
        std::vector<int> taken(n / 2 + 1);
        const FrameFft fft(n);
        fft([&](std::size_t first, Lanes* run) { std::copy_n(samples.data() + first, kLanes, run); },
            workspace,
            [&](std::size_t k, const Lanes& re, const Lanes& im) {
                ++taken.at(k);
                for (std::size_t lane = 0; lane < kLanes; ++lane)
                    EXPECT_LT(std::abs(Complex(re[lane], im[lane]) - expected[lane][k]),
                              1e-6 * norm(expected[lane]))
                        << n << ", bin " << k << ", lane " << lane;
            });
        for (std::size_t k = 0; k <= n / 2; ++k)
            EXPECT_EQ(taken[k], k == n / 4 ? 2 : 1) << n << ", bin " << k;
    }
    EXPECT_GE(n_sizes, 7U);
}

TEST(AnyDft, IsTheTransformAsDefinedInOddSizes) {
    for (const std::size_t n : {3U, 5U, 6U, 100U, 257U, 400U}) {
        const auto z = noise(n, 5);
        std::vector<double> re, im;
        for (const Complex& value : z) {
            re.push_back(value.real());
            im.push_back(value.imag());
        }
        AnyDft(n).transform(re, im);
        const auto expected = naive_dft(z);
        for (std::size_t k = 0; k < n; ++k)
            EXPECT_LT(std::abs(Complex(re[k], im[k]) - expected[k]), 1e-13 * static_cast<double>(n))
                << n << ", " << k;
    }
}

}  // namespace
}  // namespace undertone::dsp
