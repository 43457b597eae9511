#include "undertone/clip_frames.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <thread>

#include "core/split_mix.hpp"
#include "feature/augment.hpp"
#include "speech/functionals.hpp"
#include "support/support.hpp"
#include "undertone/audio.hpp"

namespace undertone {
namespace {

constexpr std::size_t kBands = 64;

std::vector<float> sine(double hz, std::size_t n_samples, float peak = 0.3F) {
    std::vector<float> samples(n_samples);
    for (std::size_t i = 0; i < n_samples; ++i)
        samples[i] =
            peak * static_cast<float>(std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / 16000));
    return samples;
}

std::vector<float> hiss(std::size_t n_samples, float peak = 0.3F) {
    std::vector<float> samples(n_samples);
    SplitMix64 random(n_samples);
    for (float& sample : samples) sample = peak * static_cast<float>(random.uniform(-1, 1));
    return samples;
}

const FrameFeatures& log_mel() {
    static const auto set = make_feature_set("logmel64");
    return frame_features(*set);
}

Matrix<float> warped(const std::vector<float>& samples, const FrameWarp& warp = {}) {
    Matrix<float> out;
    log_mel().extract_warped(samples, warp, out, *log_mel().workspace());
    return out;
}

Matrix<float> changed(const std::vector<float>& samples, const AugmentOptions& options, std::uint64_t draw) {
    Matrix<float> out;
    const ClipFrames source(log_mel(), {samples}, options);
    source.augmented(0, draw, out);
    source.mask(draw, out);
    return out;
}

/// The mean of each band over frames, without those that reach over an edge.
std::vector<double> means(const Matrix<float>& frames) {
    std::vector<double> mean(frames.cols());
    for (std::size_t row = 3; row + 3 < frames.rows(); ++row)
        for (std::size_t band = 0; band < mean.size(); ++band)
            mean[band] += static_cast<double>(frames(row, band)) / static_cast<double>(frames.rows() - 6);
    return mean;
}

std::ptrdiff_t loudest(const Matrix<float>& frames) {
    const auto mean = means(frames);
    return std::max_element(mean.begin(), mean.end()) - mean.begin();
}

double power(std::span<const float> samples) {
    double sum = 0;
    for (const float sample : samples) sum += static_cast<double>(sample) * static_cast<double>(sample);
    return sum / static_cast<double>(samples.size());
}

const AugmentOptions kEverything{.speed = 0.2,
                                 .tempo = 0.2,
                                 .warp = 0.1,
                                 .gain_db = 6,
                                 .colour_db = 6,
                                 .crop = 0.2,
                                 .shift_s = 0.3,
                                 .room = 0.5,
                                 .noise = 0.5,
                                 .telephone = 0.5,
                                 .time_masks = 2,
                                 .frequency_masks = 2};

TEST(ClipFrames, OffIsTheClipAsItIs) {
    const std::vector<std::vector<float>> clips{sine(700, 9000), hiss(777), {0.5F}};
    const ClipFrames source(log_mel(), {clips.begin(), clips.end()});
    EXPECT_EQ(source.size(), 3U);
    EXPECT_EQ(source.n_columns(), kBands);
    Matrix<float> plain, changed;
    for (std::size_t clip = 0; clip < clips.size(); ++clip) {
        source.frames(clip, plain);
        EXPECT_EQ(plain, warped(clips[clip]));
        for (std::uint64_t draw = 0; draw < 20; ++draw) {
            source.augmented(clip, draw, changed);
            source.mask(draw, changed);
            EXPECT_EQ(changed, plain);
        }
    }
}

TEST(ClipFrames, ADrawGivesTheSameBitsOnAnyThread) {
    const std::vector<std::vector<float>> clips{sine(700, 9000), hiss(7770), hiss(300)};
    const ClipFrames source(log_mel(), {clips.begin(), clips.end()}, kEverything);
    constexpr std::size_t kDraws = 40;
    std::vector<Matrix<float>> expected(clips.size() * kDraws);
    const auto draw_at = [&](std::size_t i, Matrix<float>& out) {
        source.augmented(i % clips.size(), i, out);
        source.mask(i, out);
    };
    for (std::size_t i = 0; i < expected.size(); ++i) draw_at(i, expected[i]);
    EXPECT_NE(expected[0], expected[clips.size()]);
    std::vector<std::jthread> threads;
    std::vector<std::size_t> n_wrong(4);
    for (std::size_t thread = 0; thread < n_wrong.size(); ++thread)
        threads.emplace_back([&, thread] {
            Matrix<float> out;
            for (std::size_t j = 0; j < expected.size(); ++j) {
                const std::size_t i = (j + 17 * thread) % expected.size();
                draw_at(i, out);
                n_wrong[thread] += out == expected[i] ? 0U : 1U;
            }
        });
    threads.clear();
    EXPECT_EQ(n_wrong, std::vector<std::size_t>(4));
}

TEST(ClipFrames, WhatIsDrawnHangsOnNoOtherOption) {
    for (std::uint64_t draw = 0; draw < 50; ++draw) {
        const Drawn all = drawn(kEverything, draw), speed = drawn({.speed = 0.2}, draw);
        const Drawn noise = drawn({.noise = 0.5}, draw);
        EXPECT_EQ(all.warp.speed, speed.warp.speed);
        EXPECT_EQ(speed.warp.tempo, 1);
        EXPECT_FALSE(speed.changes_samples());
        EXPECT_EQ(all.noise, noise.noise);
        EXPECT_EQ(all.snr_db, noise.snr_db);
        EXPECT_EQ(all.noise_key, noise.noise_key);
    }
}

TEST(ClipFrames, DrawsFillTheirRanges) {
    constexpr int kDraws = 4000;
    double least = 9, most = 0, logs = 0, n_noise = 0, n_pink = 0, snr = 0;
    for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
        const Drawn what = drawn(kEverything, draw);
        least = std::min(least, what.warp.speed);
        most = std::max(most, what.warp.speed);
        logs += std::log(what.warp.speed);
        n_noise += what.noise ? 1 : 0;
        n_pink += what.pink ? 1 : 0;
        snr += what.snr_db;
        EXPECT_GE(what.crop_begin, 0);
        EXPECT_LE(what.crop_end, 1 + 1e-12);
        EXPECT_GE(what.crop_end - what.crop_begin, 0.8 - 1e-12);
    }
    EXPECT_NEAR(least, 1 / 1.2, 1e-3);
    EXPECT_NEAR(most, 1.2, 1e-3);
    EXPECT_NEAR(logs / kDraws, 0, 0.006);
    EXPECT_NEAR(n_noise / kDraws, 0.5, 0.03);
    EXPECT_NEAR(n_pink / n_noise, 0.5, 0.05);
    EXPECT_NEAR(snr / n_noise, 17.5, 0.6);
}

TEST(FrameWarp, SpeedIsWhatResamplingGives) {
    const auto samples = hiss(32000);
    for (const int rate : {20000, 17600, 14000}) {  // taken for 16000: faster and higher, or slower and lower
        const Matrix<float> ours = warped(samples, {.speed = rate / 16000.0});
        const Matrix<float> theirs = warped(resample(samples, rate, 16000));
        EXPECT_NEAR(static_cast<double>(ours.rows()), static_cast<double>(theirs.rows()), 1);
        const auto a = means(ours), b = means(theirs);
        double worst = 0;
        // Above these a slower clip has nothing, and resample() ends to let through.
        const std::size_t n_bands = rate < 16000 ? 56 : kBands - 1;
        for (std::size_t band = 1; band < n_bands; ++band)
            worst = std::max(worst, std::abs(a[band] - b[band]));
        EXPECT_LT(worst, 0.3) << rate;  // in bands of two or three bins; 0.03 in wide ones
    }
}

TEST(FrameWarp, SpeedAndTempoChangeTheLengthAndSpeedAndVocalTractTheBand) {
    const auto low = sine(1000, 32000);
    const std::ptrdiff_t at_1000 = loudest(warped(low)), at_1250 = loudest(warped(sine(1250, 32000)));
    ASSERT_GT(at_1250, at_1000 + 2);
    EXPECT_EQ(loudest(warped(low, {.speed = 1.25})), at_1250);
    EXPECT_EQ(loudest(warped(low, {.vocal_tract = 1.25})), at_1250);
    EXPECT_EQ(loudest(warped(low, {.tempo = 1.25})), at_1000);
    EXPECT_EQ(warped(low, {.speed = 1.25}).rows(), 161U);
    EXPECT_EQ(warped(low, {.tempo = 1.25}).rows(), 161U);
    EXPECT_EQ(warped(low, {.tempo = 0.8}).rows(), 251U);
    EXPECT_EQ(warped(low, {.vocal_tract = 1.25}).rows(), 201U);
}

TEST(FrameWarp, GainColourAndTelephoneScaleTheBands) {
    const auto samples = hiss(32000);
    const auto plain = means(warped(samples));
    const double db = std::log(10.0) / 10;  // of a natural logarithm of power
    const auto louder = means(warped(samples, {.gain_db = 6}));
    const auto coloured = means(warped(samples, {.colour_db = {4, 0, -2}}));
    const auto phone = means(warped(samples, {.telephone = true}));
    for (std::size_t band = 0; band < kBands; ++band) {
        EXPECT_NEAR(louder[band] - plain[band], 6 * db, 1e-4);
        const double place = std::numbers::pi * (static_cast<double>(band) + 0.5) / kBands;
        EXPECT_NEAR(coloured[band] - plain[band], (4 * std::cos(place) - 2 * std::cos(3 * place)) * db, 1e-4);
    }
    const auto lost_db = [&](std::size_t band) { return (plain[band] - phone[band]) / db; };
    EXPECT_GT(lost_db(1), 25);           // about 110 Hz
    EXPECT_LT(lost_db(20), 0.5);         // about 970 Hz
    EXPECT_GT(lost_db(kBands - 1), 25);  // about 7600 Hz
}

TEST(Augment, NoiseHasItsRatioAndColour) {
    AugmentBuffers buffers;
    for (const bool pink : {false, true})
        for (const double snr_db : {-10.0, 5.0, 30.0}) {
            const auto clean = sine(440, 20000);
            auto noisy = clean;
            add_noise(noisy, pink, snr_db, 99, buffers);
            for (std::size_t i = 0; i < clean.size(); ++i) noisy[i] -= clean[i];
            EXPECT_NEAR(10 * std::log10(power(clean) / power(noisy)), snr_db, 0.01);
        }
    // By ten, from 400 to 4000 Hz: white noise is as dense as before, pink noise a tenth.
    for (const bool pink : {false, true}) {
        auto samples = sine(15, 64000);
        add_noise(samples, pink, 0, 7, buffers);
        const auto mean = means(warped(samples));
        EXPECT_NEAR((mean[47] - mean[8]) / std::log(10.0), pink ? -1 : 0, 0.2) << pink;
    }
    std::vector<float> silence(500);
    add_noise(silence, false, 0, 7, buffers);
    EXPECT_EQ(silence, std::vector<float>(500));
}

TEST(Augment, ARoomFallsBySixtyDecibelsInItsTime) {
    AugmentBuffers buffers;
    for (const double decay_s : {0.3, 0.6}) {
        std::vector<float> click(32000);
        click[100] = 1;
        add_room(click, decay_s, 3, 5, 16000, buffers);
        EXPECT_EQ(click[100], 1);
        EXPECT_NEAR(10 * std::log10(power(std::span(click).subspan(101)) * 31899), -3, 0.1);
        double earlier = 0, later = 0;
        for (std::size_t i = 0; i < 3200; ++i) {
            earlier += std::pow(static_cast<double>(click[2000 + i]), 2);
            later +=
                std::pow(static_cast<double>(click[2000 + static_cast<std::size_t>(decay_s * 8000) + i]), 2);
        }
        EXPECT_NEAR(10 * std::log10(later / earlier), -30, 3) << decay_s;
    }
}

TEST(Augment, CropAndShiftKeepWhatIsBetween) {
    AugmentBuffers buffers;
    std::vector<float> samples(1000);
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>(i + 1);
    Drawn what;
    what.crop_begin = 0.1;
    what.crop_end = 0.8;
    what.shift_s = 10.0 / 16000;
    change_samples(samples, what, 16000, buffers);
    ASSERT_EQ(buffers.samples.size(), 710U);
    EXPECT_EQ(buffers.samples[9], 0);
    EXPECT_EQ(buffers.samples[10], 101);
    EXPECT_EQ(buffers.samples.back(), 800);
    what.shift_s = -10.0 / 16000;
    change_samples(samples, what, 16000, buffers);
    ASSERT_EQ(buffers.samples.size(), 690U);
    EXPECT_EQ(buffers.samples[0], 111);
    what.shift_s = -10;
    change_samples(samples, what, 16000, buffers);
    EXPECT_EQ(buffers.samples, std::vector<float>{800});
}

TEST(ClipFrames, MasksAreRunsOfTheMeanNoLongerThanAsked) {
    const auto samples = hiss(32000);
    const Matrix<float> plain = warped(samples);
    std::vector<double> mean(kBands);
    for (std::size_t i = 0; i < plain.size(); ++i)
        mean[i % kBands] += static_cast<double>(plain.values()[i]) / static_cast<double>(plain.rows());
    std::size_t longest = 0, widest = 0;
    for (std::uint64_t draw = 0; draw < 300; ++draw) {
        const Matrix<float> time = changed(samples, {.time_masks = 1, .time_mask_frames = 12}, draw);
        const Matrix<float> bands = changed(samples, {.frequency_masks = 1, .frequency_mask_bands = 5}, draw);
        std::size_t n_rows = 0, n_bands = 0, first = plain.rows(), last = 0;
        for (std::size_t row = 0; row < plain.rows(); ++row) {
            if (std::equal(time.row(row).begin(), time.row(row).end(), plain.row(row).begin())) continue;
            ++n_rows;
            first = std::min(first, row);
            last = row;
            for (std::size_t band = 0; band < kBands; ++band) EXPECT_NEAR(time(row, band), mean[band], 1e-4);
        }
        if (n_rows > 0) {
            EXPECT_EQ(last - first + 1, n_rows);
        }
        for (std::size_t band = 0; band < kBands; ++band) {
            n_bands += bands(9, band) != plain(9, band) ? 1U : 0U;
            EXPECT_EQ(bands(9, band) != plain(9, band), bands(77, band) != plain(77, band));
        }
        longest = std::max(longest, n_rows);
        widest = std::max(widest, n_bands);
    }
    EXPECT_EQ(longest, 12U);
    EXPECT_EQ(widest, 5U);
}

TEST(ClipFrames, ShortClipsSilenceAndEverythingAtItsLimitGiveNumbers) {
    const std::vector<std::vector<float>> clips{
        {0.5F}, {0.0F}, std::vector<float>(16000), hiss(399), sine(90, 5000)};
    const AugmentOptions wildest{.speed = 1,
                                 .tempo = 1,
                                 .warp = 0.4,
                                 .gain_db = 60,
                                 .colour_db = 30,
                                 .crop = 0.9,
                                 .shift_s = 1,
                                 .room = 1,
                                 .room_decay_s = 3,
                                 .noise = 1,
                                 .snr_min_db = -20,
                                 .snr_max_db = 100,
                                 .telephone = 0.5,
                                 .time_masks = 100,
                                 .time_mask_frames = 10000,
                                 .frequency_masks = 100,
                                 .frequency_mask_bands = 1024};
    for (const AugmentOptions& options : {kEverything, wildest}) {
        const ClipFrames source(log_mel(), {clips.begin(), clips.end()}, options);
        Matrix<float> out;
        for (std::uint64_t draw = 0; draw < 200; ++draw)
            for (std::size_t clip = 0; clip < clips.size(); ++clip) {
                source.augmented(clip, draw, out);
                source.mask(draw, out);
                EXPECT_GE(out.rows(), 1U);
                for (const float value : out.values()) ASSERT_TRUE(std::isfinite(value));
            }
    }
}

TEST(ClipFrames, RefusesWhatItCannotDo) {
    const std::vector<float> good(100), bad{0, NAN};
    EXPECT_ERROR(ClipFrames(log_mel(), {good, {}}), Errc::invalid_argument, "clip 1: has no samples");
    const auto with = [&](const AugmentOptions& options) { return ClipFrames(log_mel(), {good}, options); };
    EXPECT_ERROR(with({.speed = 2}), Errc::invalid_argument, "speed = 2");
    EXPECT_ERROR(with({.snr_min_db = 20, .snr_max_db = 10}), Errc::invalid_argument, "snr_min_db = 20");
    const ClipFrames source(log_mel(), {bad});
    Matrix<float> out;
    EXPECT_ERROR(source.frames(0, out), Errc::numerical, "sample 1 is not a number");
    AugmentOptions options;
    set_field(options, "noise_colour", "pink");
    EXPECT_EQ(options.noise_colour, NoiseColour::pink);
    EXPECT_ERROR(set_field(options, "noise", "1.5"), Errc::invalid_argument, "noise = 1.5");
}

TEST(ClipFrames, KnowsSpeakers) {
    const std::vector<std::vector<float>> samples{hiss(9000), hiss(12000)};
    const std::vector<std::span<const float>> clips(samples.begin(), samples.end());
    const std::vector<float> voice(voice_size(kBands), 1.0F);
    const ClipFrames source(log_mel(), clips, {}, {voice, voice});
    EXPECT_EQ(source.speaker(1).data(), voice.data());
    EXPECT_TRUE(ClipFrames(log_mel(), clips).speaker(1).empty());
    EXPECT_ERROR(ClipFrames(log_mel(), clips, {}, {voice}), Errc::shape_mismatch, "2 clips, but 1 speakers");
    EXPECT_ERROR(ClipFrames(log_mel(), clips, {}, {voice, std::span(voice).first(7)}), Errc::shape_mismatch,
                 "a speaker has 7 numbers");
}

}  // namespace
}  // namespace undertone
