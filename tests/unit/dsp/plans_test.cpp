// Optimised frames, banks and transforms beside the few lines that say what they compute.
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <utility>

#include "support/support.hpp"
#include "undertone/mfcc.hpp"
#include "undertone/random.hpp"

namespace undertone::dsp {
namespace {

std::vector<float> noise(std::size_t n, std::uint32_t seed = 1) {
    RandomState random(seed);
    std::vector<float> samples(n);
    for (float& sample : samples) sample = static_cast<float>(random.uniform(-0.5, 0.5));
    return samples;
}

template <class T>
std::vector<T> values(const Matrix<T>& matrix) {
    return {matrix.values().begin(), matrix.values().end()};
}

/// Centred frames of a Hann window between zeros, each bin as it is defined.
Matrix<std::complex<float>> naive_stft(const std::vector<float>& samples, std::size_t n_fft,
                                       std::size_t hop) {
    Matrix<std::complex<float>> out(1 + samples.size() / hop, n_fft / 2 + 1);
    for (std::size_t frame = 0; frame < out.rows(); ++frame)
        for (std::size_t k = 0; k < out.cols(); ++k) {
            std::complex<double> sum;
            for (std::size_t i = 0; i < n_fft; ++i) {
                const std::size_t at = frame * hop + i;  // in the padded signal
                if (at < n_fft / 2 || at - n_fft / 2 >= samples.size()) continue;
                const double phase = 2 * std::numbers::pi / static_cast<double>(n_fft);
                const double window = 0.5 - 0.5 * std::cos(phase * static_cast<double>(i));
                sum += window * static_cast<double>(samples[at - n_fft / 2]) *
                       std::polar(1.0, -phase * static_cast<double>(i * k));
            }
            out(frame, k) = std::complex<float>(sum);
        }
    return out;
}

TEST(Stft, IsTheTransformOfEachFrame) {
    // More frames than lanes, and a last batch that is not full.
    for (const std::size_t n_fft : {4U, 16U, 64U, 60U}) {
        const auto samples = noise(40 * 8 + 3);
        const auto got = stft(samples, {.n_fft = static_cast<int>(n_fft), .hop_length = 8});
        const auto expected = naive_stft(samples, n_fft, 8);
        ASSERT_EQ(got.rows(), expected.rows());
        ASSERT_EQ(got.cols(), expected.cols());
        for (std::size_t frame = 0; frame < got.rows(); ++frame)
            for (std::size_t k = 0; k < got.cols(); ++k)
                EXPECT_LT(std::abs(got(frame, k) - expected(frame, k)), 3e-6F)
                    << n_fft << ": " << frame << ", " << k;
    }
}

TEST(Stft, KeepsTheEnergyOfAFrame) {  // Parseval
    constexpr std::size_t n = 512;
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
        const auto samples = noise(n, seed);
        const auto spectrum =
            stft(samples, {.n_fft = static_cast<int>(n), .window = Window::boxcar, .center = false});
        double time = 0, frequency = 0;
        for (const float sample : samples) time += std::pow(static_cast<double>(sample), 2);
        for (std::size_t k = 0; k <= n / 2; ++k)  // all but the ends stand for two bins
            frequency += (k == 0 || k == n / 2 ? 1 : 2) * static_cast<double>(std::norm(spectrum(0, k)));
        EXPECT_NEAR(frequency / static_cast<double>(n), time, 1e-6 * time);
    }
}

TEST(Stft, NamesTheFirstSampleThatIsNoNumber) {
    auto samples = noise(3000);
    samples[1234] = -std::numeric_limits<float>::infinity();
    EXPECT_ERROR(stft(samples), Errc::numerical, "sample 1234 is infinite");
    samples[77] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_ERROR(stft(samples), Errc::numerical, "sample 77 is not a number");
    samples.assign(3000, std::numeric_limits<float>::max());  // finite, though its powers are not
    EXPECT_NO_THROW((void)stft(samples));
}

TEST(MelSpectrogram, IsTheBankTimesThePowers) {
    const auto samples = noise(20000);
    const MelSpectrogramOptions options{.sample_rate = 16000, .n_fft = 512, .hop_length = 160, .n_mels = 40};
    const auto spectrum = stft(samples, {.n_fft = 512, .hop_length = 160});
    const auto bank = mel({.sample_rate = 16000, .n_fft = 512, .n_mels = 40});
    const auto got = melspectrogram(samples, options);
    ASSERT_EQ(got.rows(), spectrum.rows());
    for (std::size_t frame = 0; frame < got.rows(); ++frame)
        for (std::size_t band = 0; band < got.cols(); ++band) {
            double sum = 0;
            for (std::size_t k = 0; k < bank.cols(); ++k)
                sum +=
                    static_cast<double>(bank(band, k)) * static_cast<double>(std::norm(spectrum(frame, k)));
            EXPECT_NEAR(static_cast<double>(got(frame, band)), sum, 1e-5 * sum) << frame << ", " << band;
        }
}

TEST(Mfcc, IsTheCosineTransformOfDecibels) {
    // Quiet after loud: what lies more than 80 dB below the peak is cut, over all batches.
    auto samples = noise(30000);
    for (std::size_t i = 15000; i < samples.size(); ++i) samples[i] *= 1e-6F;
    const auto decibels = power_to_db(melspectrogram(samples, {.sample_rate = 16000}));
    for (const int n_mfcc : {1, 13, 40, 128}) {
        const auto got = mfcc(samples, {.sample_rate = 16000, .n_mfcc = n_mfcc});
        ASSERT_EQ(got.cols(), static_cast<std::size_t>(n_mfcc));
        for (std::size_t frame = 0; frame < got.rows(); ++frame)
            for (std::size_t c = 0; c < got.cols(); ++c) {
                double sum = 0;
                for (std::size_t band = 0; band < 128; ++band)
                    sum += static_cast<double>(decibels(frame, band)) *
                           std::cos(std::numbers::pi * static_cast<double>(c) *
                                    (static_cast<double>(band) + 0.5) / 128);
                EXPECT_NEAR(static_cast<double>(got(frame, c)), sum * std::sqrt((c == 0 ? 1 : 2) / 128.0),
                            1e-3)
                    << frame << ", " << c;
            }
    }
}

TEST(Plans, OneWorkspaceServesThemInAnyOrder) {
    const auto loud = noise(9000, 2), brief = noise(10, 3);
    const Mfcc cepstra({.sample_rate = 16000});
    const MelSpectrogram bands({.sample_rate = 8000, .n_fft = 300, .n_mels = 20});
    const Stft frames({.n_fft = 64});
    Workspace workspace;
    for (const auto& samples : {loud, brief, loud}) {
        EXPECT_EQ(values(cepstra(samples, workspace)), values(mfcc(samples, {.sample_rate = 16000})));
        EXPECT_EQ(values(bands(samples, workspace)),
                  values(melspectrogram(samples, {.sample_rate = 8000, .n_fft = 300, .n_mels = 20})));
        EXPECT_EQ(values(frames(samples, workspace)), values(stft(samples, {.n_fft = 64})));
    }
    const Mfcc copy = cepstra;  // shares the plan
    Workspace moved = std::move(workspace);
    EXPECT_EQ(values(copy(loud, moved)), values(mfcc(loud, {.sample_rate = 16000})));
}

}  // namespace
}  // namespace undertone::dsp
