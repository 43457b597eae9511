#include "undertone/extraction.hpp"

#include <cmath>

#include "support/sound.hpp"
#include "support/support.hpp"

namespace undertone {
namespace {

/// Samples and rate of a clip; how often each workspace was used at once is watched.
class LengthSet : public FeatureSet {
public:
    struct Used : Workspace {
        bool busy = false;
    };
    explicit LengthSet(int rate) : rate_(rate) {}
    std::string name() const override { return "length/1"; }
    std::map<std::string, std::string> options() const override { return {}; }
    const std::vector<std::string>& columns() const override { return columns_; }
    int sample_rate() const override { return rate_; }
    std::unique_ptr<Workspace> workspace() const override { return std::make_unique<Used>(); }
    void extract(std::span<const float> samples, int sample_rate, std::span<double> out,
                 Workspace& workspace) const override {
        bool& busy = dynamic_cast<Used&>(workspace).busy;
        ASSERT_FALSE(busy);
        busy = true;
        if (samples.size() < 10) throw Error(Errc::invalid_argument, "too short");
        out[0] = static_cast<double>(samples.size());
        out[1] = sample_rate;
        busy = false;
    }

private:
    int rate_;
    std::vector<std::string> columns_{"length", "rate"};
};

std::vector<std::string> demo_files() {
    std::vector<std::string> paths;
    for (int take = 1; take <= 8; ++take)
        paths.push_back(
            test::project_file("examples/demo/synthetic-01-01-0" + std::to_string(take) + ".opus"));
    return paths;
}

TEST(ExtractClip, SamplesTooLargeForFloatAreAnErrorAndNoNaN) {
    const auto features = make_feature_set("librosa193");
    const auto workspace = features->workspace();
    Clip clip{std::vector<float>(5000), 48000, 1};
    for (std::size_t i = 0; i < clip.samples.size(); ++i) clip.samples[i] = i % 2 == 0 ? 3e38F : -3e38F;
    EXPECT_ERROR(extract_clip(*features, clip, *workspace), Errc::numerical, "the samples are too large");
    for (float& sample : clip.samples) sample *= 1e-38F;
    for (const double value : extract_clip(*features, clip, *workspace)) EXPECT_TRUE(std::isfinite(value));
}

TEST(ExtractFiles, OneBadFileDoesNotStopTheOthers) {
    std::vector<std::string> paths = demo_files();
    paths[3] = "no/such/file.wav";
    for (const std::size_t n_threads : {std::size_t{1}, std::size_t{3}, std::size_t{0}}) {
        std::size_t expected = 0;
        extract_files(LengthSet(0), paths, n_threads, [&](std::size_t index, FileFeatures&& result) {
            EXPECT_EQ(index, expected++);
            EXPECT_EQ(result.path, paths[index]);
            EXPECT_EQ(result.error.has_value(), index == 3);
            if (result.error) {
                EXPECT_EQ(name(result.error->code()), name(Errc::io));
                EXPECT_NE(std::string(result.error->what()).find("no/such/file.wav"), std::string::npos);
                EXPECT_TRUE(result.values.empty());
            } else {
                EXPECT_EQ(result.values[0], static_cast<double>(read_audio(paths[index]).samples.size()));
            }
            return true;
        });
        EXPECT_EQ(expected, paths.size());
    }
}

TEST(ExtractFiles, StopsWhenToldTo) {
    const std::vector<std::string> paths = demo_files();
    std::size_t n_consumed = 0;
    const auto run = [&] {
        extract_files(LengthSet(0), paths, 2, [&](std::size_t, FileFeatures&&) { return ++n_consumed < 3; });
    };
    EXPECT_ERROR(run(), Errc::cancelled, "3 of 8");
    EXPECT_EQ(n_consumed, 3U);
}

TEST(ExtractFiles, OtherExceptionsGoThrough) {
    const std::vector<std::string> paths = demo_files();
    EXPECT_THROW(extract_files(LengthSet(0), paths, 2,
                               [](std::size_t, FileFeatures&&) -> bool { throw std::bad_alloc(); }),
                 std::bad_alloc);
    extract_files(LengthSet(0), {}, 2, [](std::size_t, FileFeatures&&) {
        ADD_FAILURE() << "there is no file";
        return true;
    });
}

TEST(ExtractClip, ResamplesWhereTheSetAsksForARate) {
    const Clip clip{std::vector<float>(1000, 0.25F), 8000, 1};
    const LengthSet own(0), same(8000), twice(16000);
    EXPECT_EQ(extract_clip(own, clip, *own.workspace()), (std::vector<double>{1000, 8000}));
    EXPECT_EQ(extract_clip(same, clip, *same.workspace()), (std::vector<double>{1000, 8000}));
    EXPECT_EQ(extract_clip(twice, clip, *twice.workspace()), (std::vector<double>{2000, 16000}));
}

TEST(ExtractFiles, ARecordingAboveTheLimitFailsAndTheOthersDoNot) {
    const test::TemporaryFolder folder;
    std::vector<std::string> paths;
    for (const std::size_t n : {8000U, 800'000U, 8001U}) {
        paths.push_back(folder.path(std::to_string(n) + ".wav"));
        ASSERT_TRUE(test::write_sound(paths.back(), test::made_sound(n, 0.01F)));
    }
    const auto frames = make_feature_set("logmel64");
    std::size_t n_failed = 0;
    extract_files(
        *frames, paths, 2,
        [&](std::size_t index, FileFeatures&& result) {
            EXPECT_EQ(result.error.has_value(), index == 1);
            // 3.2 MB of samples at 16 kHz, and 5001 frames of 64 numbers.
            if (result.error) {
                EXPECT_EQ(
                    std::string(result.error->what()),
                    paths[1] +
                        ": its sound needs 6 MB of memory, the limit is 1 MB: --clip-memory 6 allows it");
                ++n_failed;
            }
            return true;
        },
        nullptr, {.clip_bytes = 1'000'000});
    EXPECT_EQ(n_failed, 1U);
}

TEST(ExtractFiles, ARateAtWhichNobodyCanBeHeardIsRefused) {
    EXPECT_EQ(kLeastSpeechRate, 4000);
    const auto features = make_feature_set("librosa193");
    const auto workspace = features->workspace();
    const Clip low{std::vector<float>(5000, 0.1F), 3999, 1}, least{std::vector<float>(5000, 0.1F), 4000, 1};
    EXPECT_ERROR(extract_clip(*features, low, *workspace), Errc::invalid_argument,
                 "sample rate = 3999: speech needs at least 4000 Hz; record it at 16000 Hz or more");
    EXPECT_EQ(extract_clip(*features, least, *workspace).size(), 193U);
}

}  // namespace
}  // namespace undertone
