#include "exchange/frame_model.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "speech/functionals.hpp"
#include "support/support.hpp"
#include "undertone/frame_features.hpp"
#include "undertone/random.hpp"
#include "unit/exchange/evaluation.hpp"

namespace undertone::exchange {
namespace {

/// Frames with silence at both ends, natural logarithms of power.
Rows made_frames(std::size_t n_frames, std::size_t n_columns, std::size_t n_silent = 0, int seed = 1) {
    RandomState random(static_cast<std::uint32_t>(seed));
    Rows x(n_frames, n_columns);
    for (std::size_t t = 0; t < n_frames; ++t)
        for (std::size_t c = 0; c < n_columns; ++c) {
            const bool silent = t < n_silent || t + n_silent / 2 >= n_frames;
            x(t, c) = static_cast<double>(
                static_cast<float>((silent ? -40 : -6) + 3 * std::sin(static_cast<double>(t * (c + 3)) / 40) +
                                   random.uniform(-1, 1)));
        }
    return x;
}

class MadeClips final : public FrameSource {
public:
    MadeClips(std::size_t n_columns, std::size_t n_bands) : n_columns_(n_columns), n_bands_(n_bands) {}
    [[nodiscard]] std::size_t size() const override { return 6; }
    [[nodiscard]] std::size_t n_columns() const override { return n_columns_; }
    [[nodiscard]] std::size_t n_bands() const override { return n_bands_; }
    void frames(std::size_t clip, Matrix<float>& out) const override {
        const Rows made = made_frames(40 + 7 * clip, n_columns_, 4, static_cast<int>(clip));
        out.resize(made.rows(), made.cols());
        std::copy(made.values().begin(), made.values().end(), out.values().begin());
    }

private:
    std::size_t n_columns_, n_bands_;
};

using Options = std::map<std::string, std::string>;

Model made_model(const Options& changed, const std::string& set = "logmel64",
                 std::optional<Calibration> calibration = std::nullopt) {
    Options options{{"epochs", "2"},     {"channels", "6"},   {"attention", "4"},
                    {"squeeze", "3"},    {"embedding", "5"},  {"functionals_copies", "1"},
                    {"batch_size", "2"}, {"dilations", "1,3"}};
    for (const auto& [name, text] : changed) options[name] = text;
    auto features = make_feature_set(set);
    auto classifier = make_classifier("undertone", Dtype::float32, options);
    const MadeClips clips(features->columns().size(), frame_features(*features).n_bands());
    classifier->fit_frames(clips, std::vector<int>{0, 1, 2, 0, 1, 2}, 3, 1);
    return {std::move(features),       std::nullopt, std::move(classifier),
            {"sad", "happy", "angry"}, {},           calibration};
}

void expect_same(const Model& model, const std::string& what) {
    const FrameModel told = frame_model_of(model);
    for (const std::size_t n : {1U, 2U, 3U, 8U, 31U, 32U, 75U}) {
        const Rows frames = made_frames(n, model.features().columns().size(), n > 30 ? 6 : 0, 9);
        const std::vector<double> expected = model.predict(frames.values()).probabilities;
        const Rows got = Evaluation(frames).of(told.graph);
        ASSERT_EQ(got.rows(), 1U);
        ASSERT_EQ(got.cols(), expected.size());
        for (std::size_t c = 0; c < expected.size(); ++c)
            EXPECT_NEAR(got(0, c), expected[c], 2e-6) << what << ", " << n << " frames";
    }
}

TEST(FrameModel, StepsGiveWhatTheModelGives) {
    for (const Options& changed :
         std::vector<Options>{{},
                              {{"separable", "true"}},
                              {{"squeeze", "0"}},
                              {{"statistics", "false"}},
                              {{"embedding", "0"}},
                              {{"members", "2"}},
                              {{"level", "true"}},
                              {{"clip_normalization", "none"}},
                              {{"clip_normalization", "mean"}},
                              {{"functionals", "0"}, {"functionals_copies", "4"}},
                              {{"functionals", "1"}},
                              {{"trim_db", "0"}},
                              {{"trim_db", "20"}, {"sharpness", "0.7"}},
                              {{"stem_strides", "1"}, {"stem_kernel_size", "4"}},
                              {{"stem_strides", "3"}, {"stem_kernel_size", "6"}, {"kernel_size", "4"}},
                              {{"stem_strides", "2"}, {"stem_kernel_size", "1"}, {"kernel_size", "1"}},
                              {{"spatial_dropout", "0.2"}, {"dilations", "2"}}}) {
        std::string what;
        for (const auto& [name, text] : changed) what.append(name).append(" = ").append(text).append(" ");
        expect_same(made_model(changed), what);
    }
}

TEST(FrameModel, ColumnsThatAreNoBandsAndCalibrationsAreTold) {
    expect_same(made_model({}, "logmel64+pitch"), "pitch");
    expect_same(made_model({}, "logmel64", Calibration{.temperature = 2.5}), "calibrated");
}

TEST(FrameModel, FunctionalsAreThoseOfTheCore) {
    for (const std::size_t n_bands : {64U, 12U, 5U})
        for (const std::size_t n : {1U, 2U, 3U, 5U, 7U, 12U, 65U, 140U}) {
            FrameGraph graph;
            const FrameValue frames(graph, graph.add({.n_channels = n_bands}));
            graph.end_with(functionals_of(heard(frames, 0), n_bands).step());
            const Rows x = made_frames(n, n_bands);
            Matrix<float> single(n, n_bands);
            std::copy(x.values().begin(), x.values().end(), single.values().begin());
            std::vector<double> expected(n_functionals(n_bands));
            functionals(single, n_bands, expected);
            const Rows got = Evaluation(x).of(graph);
            ASSERT_EQ(got.cols(), expected.size());
            for (std::size_t f = 0; f < expected.size(); ++f)
                EXPECT_NEAR(got(0, f), expected[f], 1e-9 * (1 + std::abs(expected[f])))
                    << n_bands << " bands, " << n << " frames, functional " << f;
        }
}

TEST(FrameModel, NamesOfLayersAreTheirOwnAndNotesTellTheRecipe) {
    const FrameModel told = frame_model_of(made_model({{"members", "2"}}));
    std::set<std::string> names;
    for (const FrameStep& step : told.graph.steps)
        EXPECT_TRUE(step.name.empty() || names.insert(step.name).second) << step.name;
    EXPECT_TRUE(names.contains("member_2/block_1/squeeze/in"));
    ASSERT_EQ(told.notes.size(), 2U);
    EXPECT_NE(told.notes[0].second.find("\"name\":\"logmel64/1\""), std::string::npos);
    EXPECT_NE(told.notes[1].second.find("frames of -1000"), std::string::npos);
    EXPECT_EQ(told.labels, (std::vector<std::string>{"sad", "happy", "angry"}));
}

}  // namespace
}  // namespace undertone::exchange
