#include "undertone/importance.hpp"

#include <cmath>

#include "made_dataset.hpp"
#include "support/support.hpp"
#include "undertone/evaluation.hpp"
#include "undertone/features.hpp"
#include "undertone/random.hpp"

namespace undertone::eval {
namespace {

std::vector<std::string> names_of(const std::vector<FeatureGroup>& groups) {
    std::vector<std::string> names;
    for (const FeatureGroup& group : groups) names.push_back(group.name);
    return names;
}

TEST(FeatureGroups, AreColumnsThatDifferByTheirNumber) {
    const auto groups = feature_groups(*make_feature_set("librosa193"));
    EXPECT_EQ(names_of(groups), (std::vector<std::string>{"mfcc", "chroma", "mel", "zero_crossings"}));
    EXPECT_EQ(groups[0].columns.size(), 40U);
    EXPECT_EQ(groups[1].columns.size(), 24U);
    EXPECT_EQ(groups[2].columns.front(), 64U);
    EXPECT_EQ(groups[3].columns, (std::vector<std::size_t>{192}));
}

TEST(FeatureGroups, OfFramesAreNeighbouringBandsAndTheRest) {
    const auto groups = feature_groups(*make_feature_set("logmel64+pitch"));
    EXPECT_EQ(names_of(groups),
              (std::vector<std::string>{"mel_0 to mel_15", "mel_16 to mel_31", "mel_32 to mel_47",
                                        "mel_48 to mel_63", "pitch", "voicing", "energy"}));
    EXPECT_EQ(groups[3].columns.back(), 63U);
}

// Two labels that column 0 tells and column 1 does not; by hand.
TEST(PermutationFalls, AreTheMeanFallOfTheUar) {
    const std::vector<int> truth{0, 0, 0, 1, 1};
    const std::vector<double> told{0, 0, 0, 1, 1};
    const auto predict = [&](const FeatureGroup& group, std::span<const std::size_t> from) {
        Matrix<double> proba(truth.size(), 2);
        for (std::size_t i = 0; i < truth.size(); ++i) {
            const double value = told[group.columns == std::vector<std::size_t>{0} ? from[i] : i];
            proba(i, 0) = 1 - value;
            proba(i, 1) = value;
        }
        return proba;
    };
    const ImportanceOptions options{.groups = {{"idle", {1}}, {"telling", {0}}}, .n_repeats = 3};
    const std::vector<double> falls = permutation_falls(truth, 2, options, 7, predict);
    ASSERT_EQ(falls.size(), 2U);
    EXPECT_EQ(falls[0], 0);

    RandomState random(7);
    for (int draw = 0; draw < 3; ++draw) static_cast<void>(random.permutation(5));  // those of "idle"
    double expected = 0;
    for (int draw = 0; draw < 3; ++draw) {
        const auto from = random.permutation(5);
        double right0 = 0, right1 = 0;
        for (std::size_t i = 0; i < 5; ++i) (i < 3 ? right0 : right1) += (from[i] >= 3) == (i >= 3) ? 1 : 0;
        expected += (1 - (right0 / 3 + right1 / 2) / 2) / 3;
    }
    EXPECT_NEAR(falls[1], expected, 1e-12);
    EXPECT_GT(falls[1], 0);
}

TEST(PermutationFalls, RefuseNoClipAndNoRepeat) {
    const auto predict = [](const FeatureGroup&, std::span<const std::size_t>) {
        return Matrix<double>(1, 2);
    };
    EXPECT_ERROR(permutation_falls({}, 2, {}, 1, predict), Errc::invalid_argument, "no clip");
    const std::vector<int> truth{0};
    EXPECT_ERROR(permutation_falls(truth, 2, {.groups = {}, .n_repeats = 0}, 1, predict),
                 Errc::invalid_argument, "n_repeats");
}

TEST(MeanFalls, AreOverFoldsWithAllTheirSeeds) {
    const std::vector<std::vector<double>> falls{{0.1, 0}, {0.4, 0}, {0.3, 0}};  // fold 0 with two seeds
    const std::vector<std::size_t> folds{0, 1, 0};
    const auto figures = mean_falls(falls, folds);
    EXPECT_NEAR(figures[0].value, 0.3, 1e-12);  // of 0.2 and 0.4
    EXPECT_NEAR(figures[0].low, 0.2, 1e-12);
    EXPECT_NEAR(figures[0].high, 0.4, 1e-12);
    EXPECT_EQ(figures[1].value, 0);
    const std::vector<std::size_t> one{0, 0, 0};
    EXPECT_TRUE(std::isnan(mean_falls(falls, one)[0].low));
    EXPECT_ERROR(mean_falls({}, {}), Errc::invalid_argument, "no fold");
    EXPECT_ERROR(mean_falls(falls, std::span(one).first(2)), Errc::shape_mismatch, "each result");
}

TEST(Evaluate, MeasuresImportanceWhereAskedAndChangesNothingElse) {
    const Dataset dataset = made_dataset(90, 6);
    const FoldPlan plan = plan_folds(dataset, {.protocol = Protocol::speaker, .n_folds = 3});
    EvaluationOptions options = made_options();
    const Evaluation without = evaluate(dataset, plan, options);
    // Columns 0 to 2 tell the label, 3 to 5 too; a group of none tells nothing.
    options.importance = {.groups = {{"none", {}}, {"all", {0, 1, 2, 3, 4, 5}}}, .n_repeats = 4};
    const Evaluation with = evaluate(dataset, plan, options);
    options.n_threads = 1;
    const Evaluation again = evaluate(dataset, plan, options);
    for (std::size_t i = 0; i < with.results.size(); ++i) {
        EXPECT_EQ(with.results[i].proba, without.results[i].proba);
        EXPECT_TRUE(without.results[i].importance.empty());
        ASSERT_EQ(with.results[i].importance.size(), 2U);
        EXPECT_EQ(with.results[i].importance[0], 0);
        EXPECT_GT(with.results[i].importance[1], 0.1);
        EXPECT_EQ(with.results[i].importance, again.results[i].importance);
    }
}

}  // namespace
}  // namespace undertone::eval
