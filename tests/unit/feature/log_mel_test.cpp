#include <algorithm>
#include <cmath>

#include "core/split_mix.hpp"
#include "support/support.hpp"
#include "undertone/extraction.hpp"
#include "undertone/frame_features.hpp"
#include "undertone/mel.hpp"

namespace undertone {
namespace {

std::vector<float> voice(std::size_t n_samples) {
    std::vector<float> samples(n_samples);
    SplitMix64 random(n_samples);
    for (std::size_t i = 0; i < n_samples; ++i) {
        const double t = static_cast<double>(i) / 16000;
        samples[i] = static_cast<float>(0.2 * std::sin(1400 * t * (1 + 0.1 * t)) + 0.1 * std::sin(9100 * t) +
                                        0.02 * random.uniform(-1, 1));
    }
    return samples;
}

struct Made {
    std::unique_ptr<FeatureSet> set;
    std::unique_ptr<FeatureSet::Workspace> workspace = set->workspace();
    const FrameFeatures& frames = frame_features(*set);

    explicit Made(const std::map<std::string, std::string>& options = {}, std::string_view name = "logmel64")
        : set(make_feature_set(name, options)) {}
    Matrix<float> operator()(std::span<const float> samples, const FrameWarp& warp = {}) const {
        Matrix<float> out;
        frames.extract_warped(samples, warp, out, *workspace);
        return out;
    }
};

TEST(LogMel, IsTheLogarithmOfTheMelSpectrogram) {
    for (const std::size_t n : {1U, 100U, 159U, 160U, 511U, 512U, 513U, 16000U}) {
        const auto samples = voice(n);
        const Matrix<float> mel = dsp::melspectrogram(samples, {.sample_rate = 16000,
                                                                .n_fft = 512,
                                                                .hop_length = 160,
                                                                .win_length = 400,
                                                                .n_mels = 64,
                                                                .fmin = 20,
                                                                .fmax = 8000});
        const Matrix<float> log = Made()(samples);
        ASSERT_EQ(log.rows(), mel.rows());
        ASSERT_EQ(log.cols(), 64U);
        ASSERT_EQ(log.rows(), Made().set->n_frames(n));
        for (std::size_t i = 0; i < mel.size(); ++i)
            EXPECT_NEAR(log.values()[i], std::log(std::max(mel.values()[i], 1e-10F)), 1e-4) << n << " " << i;
    }
}

TEST(LogMel, AStreamGivesTheSameBitsHoweverItIsCut) {
    using Options = std::map<std::string, std::string>;
    for (const auto& [name, options] : {std::pair<const char*, Options>{"logmel64", {}},
                                        {"logmel64", {{"hop_length", "77"}, {"n_mels", "23"}}},
                                        {"logmel64", {{"hop_length", "512"}, {"win_length", "512"}}},
                                        {"logmel64+pitch", {}},
                                        {"logmel64+pitch", {{"n_mels", "23"}, {"n_fft", "4096"}}},
                                        {"pcen64", {}},
                                        {"pcen64", {{"n_mels", "23"}, {"time_constant", "0.02"}}}}) {
        const Made made(options, name);
        const auto stream = made.frames.stream();
        for (const std::size_t n : {1U, 255U, 256U, 257U, 700U, 20011U}) {
            const auto samples = voice(n);
            const Matrix<float> whole = made(samples);
            for (const std::size_t chunk :
                 {std::size_t{1}, std::size_t{7}, std::size_t{160}, std::size_t{4801}, n}) {
                SplitMix64 random(chunk);
                std::vector<float> out;
                std::size_t n_frames = 0;
                const auto room = [&](std::size_t frames) {
                    out.resize((n_frames + frames) * whole.cols());
                    return std::span(out).subspan(n_frames * whole.cols());
                };
                for (std::size_t at = 0; at < n;) {
                    const std::size_t size = std::min(n - at, 1 + random.up_to(chunk));
                    const std::size_t ready = stream->frames_after(size);
                    const auto to = room(ready);
                    ASSERT_EQ(stream->push(std::span(samples).subspan(at, size), to), ready);
                    n_frames += ready;
                    at += size;
                }
                const std::size_t left = stream->frames_left();
                ASSERT_EQ(stream->finish(room(left)), left);
                n_frames += left;
                ASSERT_EQ(n_frames, whole.rows()) << n << " by " << chunk;
                EXPECT_TRUE(std::equal(out.begin(), out.end(), whole.values().begin(), whole.values().end()));
            }
        }
        EXPECT_EQ(stream->frames_left(), 0U);
        EXPECT_EQ(stream->finish({}), 0U);
    }
}

TEST(LogMel, AStreamWithoutRoomTakesNothingAndANaNSpoilsItsFramesAlone) {
    const Made made;
    const auto stream = made.frames.stream();
    auto samples = voice(8000);
    std::vector<float> out(100 * 64), again(100 * 64);
    EXPECT_EQ(stream->push(samples, std::span(out).first(64)), 0U);
    const std::size_t n = stream->push(samples, out);
    EXPECT_EQ(n + stream->frames_left(), made.set->n_frames(8000));
    EXPECT_EQ(stream->finish({}), 0U);
    EXPECT_EQ(stream->finish(std::span(out).subspan(n * 64)), 51 - n);
    samples[4000] = NAN;  // in frames 24 (3584 ... 4095) to 26
    stream->push(samples, again);
    for (std::size_t i = 0; i < n * 64; ++i) {
        EXPECT_TRUE(std::isfinite(again[i]));
        if (i / 64 < 24 || i / 64 > 26) {
            EXPECT_EQ(again[i], out[i]) << i / 64;
        }
    }
}

TEST(LogMel, DoublesAreTheFloatsAndClipsOfAnotherRateAreResampled) {
    const Made made;
    const auto samples = voice(3000);
    const Matrix<float> floats = made(samples);
    const std::vector<double> doubles = extract_clip(*made.set, {samples, 16000, 1}, *made.workspace);
    EXPECT_TRUE(std::equal(doubles.begin(), doubles.end(), floats.values().begin(), floats.values().end()));
    EXPECT_EQ(extract_clip(*made.set, {samples, 8000, 1}, *made.workspace).size(), (1 + 6000 / 160) * 64U);
    extract_files(*made.set, std::vector{test::project_file("examples/demo/synthetic-01-01-01.opus")}, 1,
                  [&](std::size_t, FileFeatures&& file) {
                      EXPECT_FALSE(file.error.has_value());
                      EXPECT_GT(file.values.size(), 64 * 50U);
                      EXPECT_EQ(file.values.size() % 64, 0U);
                      return true;
                  });
}

TEST(LogMel, ItsOptionsMakeItAgain) {
    const Made made({{"n_mels", "40"}, {"fmin", "50"}, {"hop_length", "128"}});
    EXPECT_EQ(made.set->name(), "logmel64/1");
    const auto again = make_feature_set("logmel64/1", made.set->options());
    EXPECT_EQ(again->options(), made.set->options());
    EXPECT_EQ(again->columns().size(), 40U);
    EXPECT_EQ(again->n_frames(1280), 11U);
    EXPECT_TRUE(again->per_frame());
    const auto one = make_feature_set("librosa193");
    EXPECT_FALSE(one->per_frame());
    EXPECT_EQ(one->n_frames(5000), 1U);
    EXPECT_ERROR(frame_features(*one), Errc::invalid_argument, "librosa193/1: gives one vector a clip");
}

TEST(LogMelPitch, AddsThreeColumnsToTheBands) {
    const Made plain, pitched({}, "logmel64+pitch");
    std::vector<float> samples(16000);
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] =
            0.3F * static_cast<float>(std::sin(2 * 3.14159265 * 220 * static_cast<double>(i) / 16000));
    const Matrix<float> bands = plain(samples), all = pitched(samples);
    ASSERT_EQ(all.rows(), bands.rows());
    ASSERT_EQ(all.cols(), 67U);
    EXPECT_EQ(pitched.frames.n_bands(), 64U);
    EXPECT_EQ(pitched.set->columns()[64], "pitch");
    for (std::size_t row = 0; row < all.rows(); ++row)
        for (std::size_t band = 0; band < 64; ++band) EXPECT_EQ(all(row, band), bands(row, band));
    EXPECT_NEAR(all(50, 64), 36, 0.1);  // 220 Hz is three octaves above 27.5
    EXPECT_NEAR(all(50, 65), 1, 0.02);
    EXPECT_NEAR(all(50, 66), std::log(0.045), 0.01);
    const Matrix<float> faster = pitched(samples, {.speed = std::exp2(1 / 6.0), .gain_db = 10});
    EXPECT_NEAR(faster(40, 64), 38, 0.1);
    EXPECT_NEAR(faster(40, 66), std::log(0.45), 0.01);
    const Matrix<float> none = pitched(std::vector<float>(1));
    EXPECT_EQ(none(0, 64), 0);
    EXPECT_EQ(none(0, 65), 0);
    EXPECT_NEAR(none(0, 66), std::log(1e-10), 1e-4);
    const auto again = make_feature_set("logmel64+pitch/1", pitched.set->options());
    EXPECT_EQ(again->options(), pitched.set->options());
}

TEST(Pcen, TakesTheLevelOut) {
    const Made made({}, "pcen64");
    const auto samples = voice(48000);
    const Matrix<float> plain = made(samples), louder = made(samples, {.gain_db = 20});
    ASSERT_EQ(plain.rows(), 301U);
    for (std::size_t i = 200 * 64; i < plain.size(); ++i)  // once the level is known
        EXPECT_NEAR(louder.values()[i], plain.values()[i], 0.1 + 0.06 * plain.values()[i]);
    EXPECT_EQ(made.set->options().at("gain"), "0.98");
    EXPECT_EQ(make_feature_set("pcen64/1", made.set->options())->name(), "pcen64/1");
    EXPECT_ERROR(make_feature_set("pcen64", {{"bias", "0"}}), Errc::invalid_argument, "bias = 0");
    for (const float level : {1e14F, 1e-20F, 0.0F}) {
        std::vector<float> flat(3000, level);
        flat[1500] = -level;
        const Matrix<float> frames = made(flat);
        for (const float value : frames.values()) ASSERT_TRUE(std::isfinite(value));
    }
    const auto stream = made.frames.stream();
    std::vector<float> out(64 * 20), bad(2000, NAN);
    for (std::size_t n = stream->push(bad, out) * 64; n-- > 0;) ASSERT_TRUE(std::isfinite(out[n]));
}

TEST(LogMel, RefusesWhatItCannotDo) {
    const Made made;
    std::vector<float> samples = voice(1000);
    std::vector<double> few(3);
    const auto run = [&] { return made(samples); };
    EXPECT_ERROR(made.set->extract(samples, 16000, few, *made.workspace), Errc::shape_mismatch, "room for 3");
    EXPECT_ERROR(made.set->extract(samples, 8000, few, *made.workspace), Errc::invalid_argument,
                 "takes 16000 Hz; resample first");
    EXPECT_ERROR(made({}), Errc::invalid_argument, "no samples");
    EXPECT_ERROR(made(samples, {.speed = 9}), Errc::invalid_argument, "speed = 9");
    EXPECT_ERROR(made(samples, {.vocal_tract = NAN}), Errc::invalid_argument, "vocal_tract = nan");
    samples[7] = NAN;
    EXPECT_ERROR(run(), Errc::numerical, "sample 7 is not a number");
    samples[7] = 1e19F;
    EXPECT_ERROR(run(), Errc::numerical, "the samples reach 1e+19");
    EXPECT_ERROR(make_feature_set("logmel64", {{"n_fft", "500"}}), Errc::invalid_argument,
                 "n_fft = 500: must be a power of two");
    EXPECT_ERROR(make_feature_set("logmel64", {{"win_length", "600"}}), Errc::invalid_argument,
                 "at most n_fft, 512");
    EXPECT_ERROR(make_feature_set("logmel64", {{"hop_length", "600"}}), Errc::invalid_argument,
                 "at most n_fft, 512");
    EXPECT_ERROR(make_feature_set("logmel64", {{"fmax", "9000"}}), Errc::invalid_argument,
                 "above half the sample rate");
    EXPECT_ERROR(make_feature_set("logmel64", {{"hops", "1"}}), Errc::invalid_argument, "hops");
}

}  // namespace
}  // namespace undertone
