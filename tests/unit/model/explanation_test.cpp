#include "undertone/explanation.hpp"

#include <algorithm>
#include <cmath>

#include "support/sound.hpp"
#include "support/support.hpp"
#include "undertone/clip_frames.hpp"
#include "undertone/extraction.hpp"
#include "undertone/random.hpp"

namespace undertone {
namespace {

Clip voice(std::size_t n, float pitch = 0.05F) { return {test::made_sound(n, pitch), 16000, 1}; }

// Of vectors: a perceptron that learned noise, so that every feature matters.
Model of_vectors() {
    auto features = make_feature_set("librosa193");
    const auto workspace = features->workspace();
    Matrix<double> x(12, features->columns().size());
    std::vector<int> y;
    for (std::size_t i = 0; i < x.rows(); ++i) {
        const auto row =
            extract_clip(*features, voice(6000 + 200 * i, 0.03F + 0.01F * static_cast<float>(i)), *workspace);
        std::copy(row.begin(), row.end(), x.row(i).begin());
        y.push_back(static_cast<int>(i % 3));
    }
    StandardScaler scaler;
    scaler.fit(x);
    scaler.transform(MatrixView<double>(x));
    auto classifier = make_classifier(
        "sklearn", Dtype::float64, {{"hidden_layer_sizes", "4"}, {"random_state", "3"}, {"max_iter", "60"}});
    classifier->fit(x, y, 3);
    return {std::move(features), scaler, std::move(classifier), {"calm", "sad", "angry"}};
}

Model of_frames() {
    auto features = make_feature_set("logmel64+pitch");
    std::vector<std::vector<float>> sounds;
    std::vector<int> y;
    for (int i = 0; i < 8; ++i) {
        sounds.push_back(test::made_sound(8000, 0.03F + 0.02F * static_cast<float>(i)));
        y.push_back(i % 2);
    }
    auto classifier = make_classifier(
        "undertone", Dtype::float32,
        {{"epochs", "2"}, {"channels", "4"}, {"attention", "2"}, {"squeeze", "0"}, {"random_state", "1"}});
    {
        const ClipFrames frames(frame_features(*features), {sounds.begin(), sounds.end()});
        classifier->fit_frames(frames, y, 2, 1);
    }
    return {std::move(features), std::nullopt, std::move(classifier), {"low", "high"}};
}

TEST(Explain, ContributionsAddUpToTheProbabilityOfAModelOfVectors) {
    const Model model = of_vectors();
    const Clip clip = voice(9000);
    const Explanation why = explain(model, clip, "", nullptr, {.n_draws = 4});
    const Prediction prediction = model.predict(clip);
    EXPECT_EQ(why.label, prediction.label);
    EXPECT_NEAR(why.probability, prediction.probability, 1e-12);
    EXPECT_NEAR(why.moments.baseline + why.moments.sum(), prediction.probability, 1e-9);
    ASSERT_TRUE(why.features);
    EXPECT_NEAR(why.features->baseline + why.features->sum(), prediction.probability, 1e-9);
    EXPECT_EQ(why.features->rows, model.features().columns());
    EXPECT_GT(std::abs(why.features->sum()), 1e-3);  // or there was nothing to add up
}

TEST(Explain, ContributionsAddUpToTheProbabilityOfAModelOfFrames) {
    const Model model = of_frames();
    const Clip clip = voice(12000, 0.08F);
    for (const std::string& label : model.labels()) {
        const Explanation why = explain(model, clip, label, nullptr, {.n_draws = 4, .n_band_groups = 3});
        const Prediction prediction = model.predict(clip);
        const auto index = static_cast<std::size_t>(label == "low" ? 0 : 1);
        EXPECT_NEAR(why.moments.baseline + why.moments.sum(), prediction.probabilities[index], 1e-6);
        EXPECT_EQ(why.moments.columns, (std::vector<std::string>{"bands 0-20", "bands 21-41", "bands 42-63",
                                                                 "pitch", "voicing", "energy"}));
        EXPECT_EQ(why.moments.rows.size(), 4U);  // of 0.2 s in 0.75 s
        EXPECT_EQ(why.edges_s.size(), 5U);
        double of_rows = 0, of_columns = 0;
        for (std::size_t r = 0; r < why.moments.rows.size(); ++r) of_rows += why.moments.of_row(r).value;
        for (std::size_t c = 0; c < why.moments.columns.size(); ++c)
            of_columns += why.moments.of_column(c).value;
        EXPECT_NEAR(of_rows, why.moments.sum(), 1e-12);
        EXPECT_NEAR(of_columns, why.moments.sum(), 1e-12);
    }
}

// Three features, a known function: their Shapley values can be counted out over the six orders.
class Three final : public FeatureSet {
public:
    std::string name() const override { return "three/1"; }
    std::map<std::string, std::string> options() const override { return {}; }
    const std::vector<std::string>& columns() const override { return columns_; }
    int sample_rate() const override { return 0; }
    std::unique_ptr<Workspace> workspace() const override { return std::make_unique<Workspace>(); }
    void extract(std::span<const float> samples, int, std::span<double> out, Workspace&) const override {
        out[0] = static_cast<double>(samples[0]);
        out[1] = static_cast<double>(samples[1]);
        out[2] = static_cast<double>(samples[2]);
    }

private:
    std::vector<std::string> columns_{"a", "b", "c"};
};

TEST(Explain, SampledValuesAreThoseOfAllOrders) {
    Matrix<double> x(40, 3);
    std::vector<int> y;
    RandomState random(2);
    for (std::size_t i = 0; i < x.rows(); ++i) {
        for (double& value : x.row(i)) value = random.uniform(-1, 1);
        y.push_back(x(i, 0) * x(i, 1) + x(i, 2) > 0 ? 1 : 0);  // a and b work together
    }
    auto classifier = make_classifier(
        "sklearn", Dtype::float64, {{"hidden_layer_sizes", "8"}, {"random_state", "1"}, {"solver", "lbfgs"}});
    classifier->fit(x, y, 2);
    const Model model(std::make_unique<Three>(), std::nullopt, std::move(classifier), {"no", "yes"});
    const std::vector<double> own{0.9, 0.8, -0.3};
    const auto probability = [&](const std::vector<bool>& there) {
        Matrix<double> row(1, 3);
        for (std::size_t i = 0; i < 3; ++i)
            row(0, i) = there[i] ? static_cast<double>(static_cast<float>(own[i])) : 0;
        return model.predict_proba(row)(0, 1);
    };
    std::vector<double> expected(3);
    std::vector<std::size_t> order{0, 1, 2};
    do {
        std::vector<bool> there(3);
        double before = probability(there);
        for (const std::size_t i : order) {
            there[i] = true;
            const double after = probability(there);
            expected[i] += (after - before) / 6;
            before = after;
        }
    } while (std::next_permutation(order.begin(), order.end()));
    const Clip clip{{0.9F, 0.8F, -0.3F}, 8000, 1};
    const Explanation why = explain(model, clip, "yes", nullptr, {.n_draws = 4000});
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(why.features->values(i, 0), expected[i], 0.01) << i;
        EXPECT_LE(std::abs(why.features->values(i, 0) - expected[i]), 5 * why.features->errors(i, 0) + 1e-9)
            << i;
    }
}

TEST(Explain, TheSameSeedGivesTheSame) {
    const Model model = of_frames();
    const Clip clip = voice(5000);
    const Explanation a = explain(model, clip, "", nullptr, {.n_draws = 4});
    const Explanation b = explain(model, clip, "", nullptr, {.n_draws = 4});
    const Explanation c = explain(model, clip, "", nullptr, {.n_draws = 4, .random_state = 1});
    EXPECT_EQ(a.moments.values, b.moments.values);
    EXPECT_NE(a.moments.values, c.moments.values);
}

TEST(Explain, WrongInputIsRefused) {
    const Model model = of_frames();
    EXPECT_ERROR(explain(model, voice(5000), "joyful"), Errc::invalid_argument, "no such label");
    EXPECT_ERROR(explain(model, {std::vector<float>(16000 * 61), 16000, 1}), Errc::invalid_argument,
                 "at most 60 s");
    EXPECT_ERROR(explain(model, voice(5000), "", nullptr, {.n_draws = 3}), Errc::invalid_argument, "n_draws");
    EXPECT_ERROR(explain(model, voice(5000), "", nullptr, {}, [](const Progress&) { return false; }),
                 Errc::cancelled, "");
}

}  // namespace
}  // namespace undertone
