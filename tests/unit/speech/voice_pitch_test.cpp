#include <cmath>
#include <numbers>

#include "support/support.hpp"
#include "undertone/frame_features.hpp"
#include "undertone/random.hpp"

namespace undertone::dsp {
namespace {

// Through the set that gives it: a program of tests may have other lanes than the library.
struct Voice {
    double hz, voicing, power;
};

/// Of the frame in the middle of a signal at 16 kHz.
Voice pitch_of(std::span<const float> samples, const std::map<std::string, std::string>& options = {}) {
    const auto set = make_feature_set("logmel64+pitch", options);
    Matrix<float> frames;
    frame_features(*set).extract_frames(samples, frames, *set->workspace());
    const auto row = frames.row(frames.rows() / 2).subspan(64);
    return {row[0] > 0 ? 27.5 * std::exp2(static_cast<double>(row[0]) / 12) : 0, static_cast<double>(row[1]),
            std::exp(static_cast<double>(row[2]))};
}

/// A voice: harmonics that fall by 6 dB an octave, up to 4 kHz.
std::vector<float> voice(double hz, float noise = 0) {
    std::vector<float> samples(8000);
    RandomState random(1);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        double sum = 0;
        for (int k = 1; k * hz < 4000; ++k)
            sum += std::sin(2 * std::numbers::pi * k * hz * static_cast<double>(i) / 16000 + k * k) / k;
        samples[i] = 0.1F * static_cast<float>(sum) + noise * static_cast<float>(random.uniform(-1, 1));
    }
    return samples;
}

TEST(VoicePitch, FindsAVoice) {
    for (double hz = 70; hz < 480; hz *= 1.037) {
        const Voice clean = pitch_of(voice(hz)), noisy = pitch_of(voice(hz, 0.05F));
        EXPECT_NEAR(12 * std::log2(clean.hz / hz), 0, 0.1) << hz;
        EXPECT_GT(clean.voicing, 0.95);
        EXPECT_NEAR(12 * std::log2(noisy.hz / hz), 0, 0.2) << hz;
        EXPECT_LT(noisy.voicing, clean.voicing);
    }
}

TEST(VoicePitch, HearsNoneInNoiseSilenceAndAConstant) {
    std::vector<float> noise(8000);
    RandomState random(2);
    for (float& sample : noise) sample = static_cast<float>(random.uniform(-0.3, 0.3));
    EXPECT_EQ(pitch_of(noise).hz, 0);
    EXPECT_NEAR(pitch_of(noise).power, 0.03, 0.006);
    for (const float level : {0.0F, 0.5F}) {
        const Voice flat = pitch_of(std::vector<float>(8000, level));
        EXPECT_EQ(flat.hz, 0);
        EXPECT_LT(flat.power, 1e-3);  // of 0.25
    }
    const Voice loud = pitch_of(std::vector<float>(8000, 1e15F));
    for (const double value : {loud.hz, loud.voicing, loud.power}) EXPECT_TRUE(std::isfinite(value));
}

TEST(VoicePitch, AStreamOfNaNGivesNumbers) {
    const auto set = make_feature_set("logmel64+pitch");
    const auto stream = frame_features(*set).stream();
    for (const float bad : {NAN, INFINITY}) {
        std::vector<float> samples(3000, bad), out(67 * 30);
        for (std::size_t n = stream->push(samples, out) * 67; n-- > 0;)
            ASSERT_TRUE(std::isfinite(out[n])) << n;
        stream->finish(out);
    }
}

TEST(VoicePitch, TellsThePowerAndKeepsItsRange) {
    std::vector<float> sine(8000);
    for (std::size_t i = 0; i < sine.size(); ++i)
        sine[i] = 0.4F * static_cast<float>(std::sin(0.1 * static_cast<double>(i)));
    EXPECT_NEAR(pitch_of(sine).power, 0.08, 1e-3);
    EXPECT_NEAR(pitch_of(sine).hz, 0.1 * 8000 / std::numbers::pi, 0.5);
    EXPECT_NEAR(pitch_of(voice(200), {{"pitch_fmax", "150"}}).hz, 100, 1);
    EXPECT_ERROR(pitch_of(sine, {{"pitch_fmin", "300"}, {"pitch_fmax", "200"}}), Errc::invalid_argument,
                 "pitch_fmin = 300: not below pitch_fmax, 200");
    EXPECT_ERROR(pitch_of(sine, {{"pitch_fmax", "4500"}}), Errc::invalid_argument, "above a quarter");
}

}  // namespace
}  // namespace undertone::dsp
