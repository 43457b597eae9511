#include "undertone/chroma.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "dsp/fft.hpp"
#include "support/support.hpp"
#include "undertone/random.hpp"

namespace undertone::dsp {
namespace {

constexpr std::size_t kFft = 2048, kHop = 512;

/// A voice without words: harmonics of a gliding pitch, and some noise.
std::vector<float> voice(std::uint32_t seed, std::size_t n = 8000) {
    RandomState random(seed);
    const double start = random.uniform(80, 300), glide = random.uniform(-0.3, 0.3);
    std::vector<float> samples(n);
    double phase = 0;
    for (std::size_t i = 0; i < n; ++i) {
        phase += 2 * std::numbers::pi / 16000 * start *
                 (1 + glide * static_cast<double>(i) / static_cast<double>(n));
        double value = random.uniform(-0.02, 0.02);
        for (int harmonic = 1; harmonic <= 12; ++harmonic)
            value += 0.2 / harmonic * std::sin(harmonic * phase);
        samples[i] = static_cast<float>(value);
    }
    return samples;
}

/// Powers from a transform in double, each rounded once.
Matrix<float> exact_powers(const std::vector<float>& samples) {
    const ComplexFft fft(kFft);
    Matrix<float> out(1 + samples.size() / kHop, kFft / 2 + 1);
    for (std::size_t frame = 0; frame < out.rows(); ++frame) {
        std::vector<double> re(kFft), im(kFft), spare_re(kFft), spare_im(kFft);
        for (std::size_t i = 0; i < kFft; ++i) {
            const std::size_t at = frame * kHop + i;
            if (at < kFft / 2 || at - kFft / 2 >= samples.size()) continue;
            re[i] = (0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / kFft)) *
                    static_cast<double>(samples[at - kFft / 2]);
        }
        const auto [a, b] = fft.transform(re.data(), im.data(), spare_re.data(), spare_im.data());
        for (std::size_t k = 0; k < out.cols(); ++k)
            out(frame, k) = static_cast<float>(a[k] * a[k] + b[k] * b[k]);
    }
    return out;
}

TEST(ChromaStft, RoundingInTheTransformDoesNotMoveTheTuning) {
    // The tuning is decided by single pitches near the border of a cell: one that falls to the other side
    // moves chroma values by hundredths. Powers that are rounded once leave nothing to such chance.
    for (std::uint32_t seed = 0; seed < 150; ++seed) {
        const auto samples = voice(seed);
        const auto from_samples = chroma_stft(samples, {.sample_rate = 16000, .n_chroma = 24});
        const auto from_powers = chroma_stft(exact_powers(samples), {.sample_rate = 16000, .n_chroma = 24});
        ASSERT_EQ(from_samples.size(), from_powers.size());
        double worst = 0;
        for (std::size_t i = 0; i < from_samples.size(); ++i)
            worst = std::max(
                worst, static_cast<double>(std::abs(from_samples.values()[i] - from_powers.values()[i])));
        EXPECT_LT(worst, 2e-5) << "seed " << seed;
    }
}

TEST(ChromaStft, SilenceStaysSilence) {
    const auto chroma = chroma_stft(std::vector<float>(5000, 0.0F), {.sample_rate = 16000});
    for (const float value : chroma.values()) EXPECT_EQ(value, 0.0F);
}

TEST(ChromaStft, NoWeightIsTooSmallForANormalFloat) {
    const auto bank = chroma({.sample_rate = 16000, .n_chroma = 24});
    for (const float weight : bank.values()) EXPECT_TRUE(weight == 0 || weight >= 1.17549435e-38F) << weight;
}

}  // namespace
}  // namespace undertone::dsp
