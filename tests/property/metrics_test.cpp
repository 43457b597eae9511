#include "undertone/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/support.hpp"
#include "undertone/bootstrap.hpp"
#include "undertone/comparison.hpp"
#include "undertone/random.hpp"

namespace undertone::eval {
namespace {

struct Made {
    std::vector<int> truth, units;
    Matrix<double> proba;
};

Made made(std::uint32_t seed, std::size_t n = 150, std::size_t n_classes = 5, std::int64_t n_units = 12) {
    RandomState random(seed);
    Made result{{}, {}, Matrix<double>(n, n_classes)};
    for (std::size_t i = 0; i < n; ++i) {
        result.truth.push_back(static_cast<int>(random.randint(0, static_cast<std::int64_t>(n_classes))));
        result.units.push_back(static_cast<int>(random.randint(0, n_units)));
        double sum = 0;
        for (double& p : result.proba.row(i)) sum += p = random.random_sample();
        for (double& p : result.proba.row(i)) p /= sum;
    }
    return result;
}

Made permuted(const Made& from, RandomState& random) {
    Made to{{}, {}, Matrix<double>(from.proba.rows(), from.proba.cols())};
    std::size_t row = 0;
    for (const std::size_t i : random.permutation(from.truth.size())) {
        to.truth.push_back(from.truth[i]);
        to.units.push_back(from.units[i]);
        std::copy(from.proba.row(i).begin(), from.proba.row(i).end(), to.proba.row(row++).begin());
    }
    return to;
}

std::vector<double> flat(const Figures& figures) {
    std::vector<double> all;
    const auto take = [&](const Figure& figure) {
        all.insert(all.end(), {figure.value, figure.low, figure.high});
    };
    for (const auto* one : {&figures.uar, &figures.accuracy, &figures.macro_f1, &figures.log_loss,
                            &figures.brier, &figures.ece})
        take(*one);
    for (const auto* classes : {&figures.precision, &figures.recall, &figures.f1})
        for (const Figure& one : *classes) take(one);
    return all;
}

TEST(Metrics, DoNotKnowTheOrderOfClips) {
    RandomState random(8);
    for (std::uint32_t seed = 0; seed < 10; ++seed) {
        const Made one = made(seed), other = permuted(one, random);
        const BootstrapOptions options{.n_draws = 200, .random_state = seed};
        const auto a = flat(bootstrap(one.truth, one.proba, one.units, options)),
                   b = flat(bootstrap(other.truth, other.proba, other.units, options));
        for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-12) << i;
        EXPECT_NEAR(expected_calibration_error(one.truth, one.proba),
                    expected_calibration_error(other.truth, other.proba), 1e-12);
    }
}

TEST(Metrics, FiguresAreThoseOfTheReportAndOfTheScores) {
    for (std::uint32_t seed = 0; seed < 10; ++seed) {
        const Made one = made(seed, 60 + seed, 2 + seed % 5);
        const Figures figures = bootstrap(one.truth, one.proba, one.units, {.n_draws = 0});
        const Report report = classification_report(one.truth, most_probable(one.proba),
                                                    std::vector<std::string>(one.proba.cols(), "label"));
        EXPECT_NEAR(figures.uar.value, report.uar, 1e-12);
        EXPECT_NEAR(figures.macro_f1.value, report.macro_f1, 1e-12);
        EXPECT_NEAR(figures.log_loss.value, log_loss(one.truth, one.proba), 1e-12);
        EXPECT_NEAR(figures.brier.value, brier_score_loss(one.truth, one.proba), 1e-12);
        EXPECT_NEAR(figures.ece.value, expected_calibration_error(one.truth, one.proba), 1e-12);
        for (std::size_t c = 0; c < report.classes.size(); ++c)
            EXPECT_NEAR(figures.recall[c].value, report.classes[c].recall, 1e-12);
        EXPECT_EQ(figures.uar.low, figures.uar.value);  // no draws, no interval
    }
}

TEST(Comparison, OfARunWithItselfIsNothingAndTurnsRoundWithItsRuns) {
    for (std::uint32_t seed = 0; seed < 6; ++seed) {
        const Made one = made(seed, 120, 4, seed % 2 == 0 ? 5 : 40);  // few units and many
        RunLabels a{std::vector<std::size_t>(120), most_probable(one.proba)};
        std::iota(a.clips.begin(), a.clips.end(), std::size_t{0});
        RunLabels b{a.clips, most_probable(made(seed + 100, 120, 4).proba)};
        const BootstrapOptions options{.n_draws = 300};
        const Comparison same = compare(one.truth, one.units, 4, a, a, options);
        EXPECT_EQ(same.uar.difference, 0);
        EXPECT_EQ(same.uar.low, 0);
        EXPECT_EQ(same.accuracy.p_value, 1);
        const Comparison there = compare(one.truth, one.units, 4, a, b, options),
                         back = compare(one.truth, one.units, 4, b, a, options);
        EXPECT_NEAR(there.uar.difference, -back.uar.difference, 1e-12);
        EXPECT_NEAR(there.uar.low, -back.uar.high, 1e-12);
        EXPECT_EQ(there.uar.p_value, back.uar.p_value);
        EXPECT_EQ(there.mcnemar->only_a, back.mcnemar->only_b);
        EXPECT_GT(there.uar.p_value, 0);
    }
}

TEST(Comparison, RefusesWhatDoesNotFit) {
    const std::vector<int> truth{0, 1}, units{0, 1};
    const RunLabels good{{0, 1}, {0, 0}}, less{{0}, {0}}, wrong{{0, 1}, {0, 5}}, odd{{0, 1}, {0}};
    EXPECT_ERROR(compare(truth, units, 2, good, less), Errc::invalid_argument,
                 "run B has no label of clip 1");
    EXPECT_ERROR(compare(truth, units, 2, wrong, good), Errc::invalid_argument, "predicted label 5");
    EXPECT_ERROR(compare(truth, units, 2, good, odd), Errc::shape_mismatch, "run B has 2 clips but 1 labels");
    EXPECT_ERROR(compare({}, {}, 2, good, good), Errc::invalid_argument, "no clip");
    EXPECT_ERROR(compare(truth, units, 2, good, good, {.n_draws = 0}), Errc::invalid_argument, "n_draws");
    const Made one = made(1);
    EXPECT_ERROR(bootstrap(one.truth, one.proba, one.units, {.confidence = 1}), Errc::invalid_argument,
                 "confidence = 1");
    EXPECT_ERROR(bootstrap(one.truth, one.proba, units), Errc::shape_mismatch, "2 units");
    Matrix<double> negative(2, 2, -0.5);
    EXPECT_ERROR(log_loss(truth, negative), Errc::invalid_argument, "must be at least 0");
    EXPECT_ERROR(log_loss(truth, one.proba), Errc::shape_mismatch, "150 rows");
}

TEST(Bootstrap, LabelsThatDoNotOccurChangeNothing) {
    const Made few = made(3);
    Made many{few.truth, few.units, Matrix<double>(few.truth.size(), 4000)};
    for (std::size_t i = 0; i < few.truth.size(); ++i)
        std::copy(few.proba.row(i).begin(), few.proba.row(i).end(), many.proba.row(i).begin());
    const Figures a = bootstrap(few.truth, few.proba, few.units, {.n_draws = 50}),
                  b = bootstrap(many.truth, many.proba, many.units, {.n_draws = 50});
    EXPECT_EQ(a.uar.value, b.uar.value);
    EXPECT_EQ(a.uar.low, b.uar.low);
    EXPECT_EQ(a.macro_f1.high, b.macro_f1.high);
    EXPECT_EQ(a.recall[2].low, b.recall[2].low);
    EXPECT_TRUE(std::isnan(b.recall[3999].low));
}

TEST(Bootstrap, AndComparisonsEndWhenTheyAreTold) {
    const Made one = made(4);
    std::size_t n_calls = 0;
    const OnProgress stop = [&](const Progress& progress) {
        EXPECT_EQ(progress.done, ++n_calls);
        return n_calls < 3;
    };
    EXPECT_ERROR(bootstrap(one.truth, one.proba, one.units, {}, stop), Errc::cancelled, "after 3 of 10000");
    EXPECT_EQ(n_calls, 3U);
    n_calls = 0;
    const RunLabels labels{{0, 1}, {0, 0}};
    const std::vector<int> truth{0, 1}, units{0, 1};
    EXPECT_ERROR(compare(truth, units, 2, labels, labels, {}, stop), Errc::cancelled, "after 3 of");
}

}  // namespace
}  // namespace undertone::eval
