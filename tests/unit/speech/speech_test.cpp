#include "undertone/speech.hpp"

#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <numbers>

#include "support/support.hpp"
#include "undertone/audio.hpp"
#include "undertone/random.hpp"

namespace undertone {
namespace {

constexpr int kRate = 16000;

std::string said(const std::vector<float>& samples, int rate = kRate, const SpeechOptions& options = {}) {
    return std::string(reason(voice_activity(samples, rate, options)));
}

/// @param at  time in seconds to sample
template <class At>
std::vector<float> sound(double seconds, At&& at, int rate = kRate) {
    std::vector<float> samples(static_cast<std::size_t>(seconds * rate));
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = static_cast<float>(at(static_cast<double>(i) / rate));
    return samples;
}

double tone(double hz, double t) { return std::sin(2 * std::numbers::pi * hz * t); }

/// The tone with its harmonics.
double note(double hz, double t) {
    double sum = 0;
    for (int k = 1; k < 8; ++k) sum += tone(k * hz, t) / k;
    return 0.1 * sum;
}

struct Noise {
    RandomState random{4};
    double operator()() { return random.uniform(-0.3, 0.3); }
};

TEST(Speech, ShortAndSilentClipsAreSaidToBe) {
    EXPECT_EQ(said({}), "too short");
    EXPECT_EQ(said(std::vector<float>(1599)), "too short");
    EXPECT_EQ(said(std::vector<float>(1600)), "silence");
    EXPECT_EQ(said(std::vector<float>(16000, 0.5F)), "silence");
    EXPECT_EQ(said(sound(1, [](double t) { return 0.5 + 1e-6 * tone(200, t); })), "silence");
    EXPECT_EQ(name(VoiceActivity::silence), "no speech");
    EXPECT_EQ(name(VoiceActivity::too_short), "too short");
    EXPECT_EQ(name(VoiceActivity::speech), "speech");
}

TEST(Speech, NoiseHasNoVoice) {
    Noise noise;
    EXPECT_EQ(said(sound(3, [&](double) { return noise(); })), "nothing is voiced");
    EXPECT_EQ(said(sound(60, [&](double) { return noise(); })), "nothing is voiced");
    EXPECT_EQ(said(sound(3, [&](double) { return noise.random.uniform(-1, 1) > 0 ? 3e-5 : 0; })),
              "nothing is voiced");  // the last bit of 16
    double dark = 0;
    EXPECT_EQ(said(sound(10, [&](double) { return dark = 0.98 * dark + noise(); })), "nothing is voiced");
    EXPECT_EQ(said(sound(3, [](double t) { return std::fmod(t, 0.3) < 1e-4 ? 0.5 : 0; })),
              "nothing is voiced");  // clicks
}

TEST(Speech, WhatIsNoNumberIsSaid) {
    std::vector<float> samples(16000, 0.1F);
    samples[9] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THROW(said(samples), Error);
    samples[9] = std::numeric_limits<float>::infinity();
    EXPECT_THROW(said(samples), Error);
}

TEST(Speech, TonesAndHumsAreNone) {
    for (const int rate : {8000, 16000, 22050, 44100, 48000, 192000})
        for (const double hz : {50.0, 60.0, 100.0, 220.0, 440.0, 1000.0, 3000.0}) {
            const auto pure = sound(
                3, [&](double t) { return 0.3 * tone(hz, t); }, rate);
            const auto rich = sound(
                3, [&](double t) { return note(hz, t); }, rate);
            EXPECT_NE(said(pure, rate), "speech") << hz << " Hz at " << rate;
            EXPECT_NE(said(rich, rate), "speech") << hz << " Hz at " << rate;
        }
    Noise noise;
    for (const double hz : {50.0, 60.0, 100.0, 220.0})
        EXPECT_NE(said(sound(3, [&](double t) { return note(hz, t) + 0.2 * noise(); })), "speech") << hz;
    EXPECT_EQ(said(sound(3, [](double t) { return tone(220, t) * (1 - t / 3); })), "a steady tone");
    const auto chord = [](double t) {
        static constexpr std::array kRoots{261.6, 220.0, 174.6, 196.0};
        const double root = kRoots[static_cast<std::size_t>(t) % kRoots.size()];
        return note(root, t) + note(1.26 * root, t) + note(1.5 * root, t);
    };
    EXPECT_EQ(said(sound(4, chord)), "a steady tone");
}

TEST(Speech, VoicesAreHeardWhateverTheLevelTheNoiseOrAPause) {
    Noise noise;
    for (const char* name : {"01-01-01", "03-02-04", "04-01-07", "06-02-08"}) {
        const Clip clip =
            read_audio(test::project_file("examples/demo/synthetic-" + std::string(name) + ".opus"));
        EXPECT_EQ(said(clip.samples, clip.sample_rate), "speech") << name;
        double power = 0;
        for (const float x : clip.samples) power += static_cast<double>(x) * static_cast<double>(x);
        // Uniform noise of width 2 w has the power w^2 / 3; the clip has ten times that.
        const double width = std::sqrt(0.3 * power / static_cast<double>(clip.samples.size()));
        std::vector<float> quiet = clip.samples, noisy = clip.samples;
        for (float& x : quiet) x *= 0.01F;
        for (float& x : noisy) x += static_cast<float>(noise.random.uniform(-width, width));
        EXPECT_EQ(said(quiet, clip.sample_rate), "speech") << name;
        EXPECT_EQ(said(noisy, clip.sample_rate), "speech") << name;
        std::vector<float> paused(static_cast<std::size_t>(20 * clip.sample_rate));
        paused.insert(paused.end(), clip.samples.begin(), clip.samples.end());
        paused[0] = 1;  // and a click
        EXPECT_EQ(said(paused, clip.sample_rate), "speech") << name;
    }
}

TEST(Speech, NoRecordingOfAVoiceIsRefused) {
    std::size_t n_clips = 0;
    for (const char* corpus : {"ravdess", "emodb"}) {
        const std::string folder = test::shared_data(corpus);
        if (folder.empty()) continue;
        std::size_t n_seen = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            if (!entry.is_regular_file() || n_seen++ % 20 != 0) continue;  // all of them once, by hand
            Clip clip = read_audio(entry.path().string());
            EXPECT_EQ(said(clip.samples, clip.sample_rate), "speech") << entry.path();
            for (float& x : clip.samples) x = std::nearbyint(x * 0.01F * 32768) / 32768;
            EXPECT_EQ(said(clip.samples, clip.sample_rate), "speech") << entry.path() << " at -40 dB";
            ++n_clips;
        }
    }
    if (n_clips == 0) GTEST_SKIP() << "the recordings are not there";
}

TEST(Speech, OptionsAndRatesAreChecked) {
    const std::vector<float> samples(1600);
    EXPECT_ERROR(voice_activity(samples, 0), Errc::invalid_argument, "sample_rate = 0");
    EXPECT_ERROR(voice_activity(samples, kRate, {.min_voiced = 2}), Errc::invalid_argument, "min_voiced = 2");
    EXPECT_EQ(said(samples, kRate, {.min_duration_s = 0.2}), "too short");
    const auto slow = sound(
        1, [](double t) { return tone(100, t); }, 500);
    EXPECT_EQ(said(slow, 500), "speech");  // nothing can be said of it
}

}  // namespace
}  // namespace undertone
