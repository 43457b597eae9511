// The same seed gives the same bits, for any number of threads: what a network over frames is trained to.
#include <map>

#include "support/support.hpp"
#include "undertone/classifier.hpp"
#include "undertone/random.hpp"

namespace undertone {
namespace {

using Options = std::map<std::string, std::string>;

/// Clips of 1 to 60 frames, noise about a level of their class; augmented() draws other noise.
class NoiseClips final : public FrameSource {
public:
    [[nodiscard]] std::size_t size() const override { return 29; }
    [[nodiscard]] std::size_t n_columns() const override { return 7; }
    void frames(std::size_t clip, Matrix<float>& out) const override { augmented(clip, 0, out); }
    void augmented(std::size_t clip, std::uint64_t draw, Matrix<float>& out) const override {
        RandomState random(static_cast<std::uint32_t>(draw ^ (draw >> 32U)) +
                           static_cast<std::uint32_t>(clip));
        out = Matrix<float>(1 + clip * 37 % 60, n_columns());
        for (float& value : out.values())
            value = static_cast<float>(random.uniform(-1, 1) + 0.3 * static_cast<double>(clip % 3));
    }
};

std::unique_ptr<Classifier> trained(Options options, std::size_t n_threads) {
    options.insert({{"channels", "24"},
                    {"dilations", "1,3"},
                    {"attention", "6"},
                    {"embedding", "10"},
                    {"epochs", "4"},
                    {"batch_size", "8"},
                    {"learning_rate", "0.01"},
                    {"crop_frames", "40"},
                    {"random_state", "5"}});
    auto classifier = make_classifier("undertone", Dtype::float32, options);
    const NoiseClips clips;
    std::vector<int> y;
    for (std::size_t i = 0; i < clips.size(); ++i) y.push_back(static_cast<int>(i % 3));
    classifier->fit_frames(clips, y, 3, n_threads);
    return classifier;
}

void expect_same(const Classifier& a, const Classifier& b) {
    EXPECT_EQ(a.history(), b.history());
    const std::vector<Tensor> ours = a.tensors(), theirs = b.tensors();
    ASSERT_EQ(ours.size(), theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
        EXPECT_EQ(ours[i].name, theirs[i].name);
        EXPECT_EQ(ours[i].values, theirs[i].values) << ours[i].name;
    }
    EXPECT_EQ(a.predict_frames(NoiseClips()), b.predict_frames(NoiseClips()));
}

class Determinism : public testing::TestWithParam<Options> {};

TEST_P(Determinism, AnyNumberOfThreadsGivesTheSameBits) {
    const auto one = trained(GetParam(), 1);
    for (const std::size_t n_threads : {1U, 2U, 3U, 7U}) {
        SCOPED_TRACE(n_threads);
        expect_same(*one, *trained(GetParam(), n_threads));
    }
}

TEST_P(Determinism, AnotherSeedGivesOthers) {
    Options other = GetParam();
    other["random_state"] = "6";
    const auto one = trained(GetParam(), 2), two = trained(other, 2);
    EXPECT_NE(one->tensors().front().values, two->tensors().front().values);
    EXPECT_NE(one->history(), two->history());
}

INSTANTIATE_TEST_SUITE_P(Undertone, Determinism,
                         testing::Values(Options{}, Options{{"members", "2"}, {"channels", "128"}},
                                         Options{{"separable", "true"},
                                                 {"squeeze", "5"},
                                                 {"spatial_dropout", "0.2"},
                                                 {"stem_strides", "2"},
                                                 {"mixup", "0.4"},
                                                 {"ema", "0.9"},
                                                 {"validation_split", "0.2"}}));

}  // namespace
}  // namespace undertone
