#include <cmath>

#include "support/support.hpp"
#include "undertone/bootstrap.hpp"
#include "undertone/comparison.hpp"
#include "undertone/metrics.hpp"

namespace undertone::eval {
namespace {

class SklearnScores : public testing::Test {
protected:
    static void SetUpTestSuite() { file = test::reference("sklearn_scores"); }
    template <class T>
    static const std::vector<T>& values(const std::string& name) {
        const Tensor* tensor = file.find(name);
        if (tensor == nullptr) throw Error(Errc::corrupt_data, name + " is not in the reference file");
        return std::get<std::vector<T>>(tensor->values);
    }
    static Matrix<double> proba(const std::string& set) {
        const Tensor* tensor = file.find(set + ".proba");
        Matrix<double> result(tensor->shape[0], tensor->shape[1]);
        const auto& from = values<double>(set + ".proba");
        std::copy(from.begin(), from.end(), result.values().begin());
        return result;
    }
    static inline TensorFile file;
};

std::vector<Figure> in_a_row(const Figures& figures) {
    std::vector<Figure> row{figures.uar,      figures.accuracy, figures.macro_f1,
                            figures.log_loss, figures.brier,    figures.ece};
    for (const auto* of_classes : {&figures.precision, &figures.recall, &figures.f1})
        row.insert(row.end(), of_classes->begin(), of_classes->end());
    return row;
}

void expect_same(double got, double expected, const std::string& what) {
    if (std::isnan(expected))
        EXPECT_TRUE(std::isnan(got)) << what << ": " << got;
    else
        EXPECT_NEAR(got, expected, 1e-12) << what;
}

const std::vector<std::string> kSets{"many", "two", "lacking"};

TEST_F(SklearnScores, FiguresAndIntervalsAreThoseOfScikitLearnDrawByDraw) {
    for (std::size_t i = 0; i < kSets.size(); ++i) {
        const std::string& set = kSets[i];
        const auto& truth = values<std::int32_t>(set + ".truth");
        const Matrix<double> p = proba(set);
        const auto& expected = values<double>(set + ".figures");
        EXPECT_NEAR(log_loss(truth, p), expected[3], 1e-12) << set;
        EXPECT_NEAR(brier_score_loss(truth, p), expected[4], 1e-12) << set;
        EXPECT_NEAR(expected_calibration_error(truth, p), expected[5], 1e-12) << set;
        const Report report =
            classification_report(truth, most_probable(p), std::vector<std::string>(p.cols(), "label"));
        EXPECT_NEAR(report.uar, expected[0], 1e-12) << set;
        EXPECT_NEAR(report.accuracy, expected[1], 1e-12) << set;
        EXPECT_NEAR(report.macro_f1, expected[2], 1e-12) << set;

        const auto& units = values<std::int32_t>(set + ".units");
        const Figures figures =
            bootstrap(truth, p, units, {.n_draws = 200, .random_state = static_cast<std::uint32_t>(5 + i)});
        const std::vector<Figure> row = in_a_row(figures);
        ASSERT_EQ(row.size(), expected.size());
        for (std::size_t f = 0; f < row.size(); ++f) {
            const std::string what = set + ", figure " + std::to_string(f);
            expect_same(row[f].value, std::isnan(expected[f]) ? 0 : expected[f], what);
            expect_same(row[f].low, values<double>(set + ".low")[f], what + ", low");
            expect_same(row[f].high, values<double>(set + ".high")[f], what + ", high");
        }
    }
}

TEST_F(SklearnScores, ComparisonIsThatOfNumPyDrawByDraw) {
    for (std::size_t i = 0; i < kSets.size(); ++i) {
        const std::string& set = kSets[i];
        const auto& truth = values<std::int32_t>(set + ".truth");
        RunLabels a, b;
        for (std::size_t clip = 0; clip < truth.size(); ++clip) {
            a.clips.push_back(clip);
            b.clips.push_back(clip);
        }
        a.predicted = most_probable(proba(set));
        b.predicted = values<std::int32_t>(set + ".other");
        const Comparison got = compare(truth, values<std::int32_t>(set + ".units"), proba(set).cols(), a, b,
                                       {.n_draws = 200, .random_state = static_cast<std::uint32_t>(30 + i)});
        EXPECT_EQ(got.every_swap, set == "lacking");  // 2^7 swaps are fewer than 200
        const auto& expected = values<double>(set + ".compared");
        const std::vector<Difference> row{got.uar, got.accuracy, got.macro_f1};
        for (std::size_t f = 0; f < row.size(); ++f) {
            EXPECT_NEAR(row[f].difference, expected[f], 1e-12) << set << f;
            EXPECT_NEAR(row[f].low, expected[3 + f], 1e-12) << set << f;
            EXPECT_NEAR(row[f].high, expected[6 + f], 1e-12) << set << f;
            EXPECT_NEAR(row[f].p_value, expected[9 + f], 1e-12) << set << f;
        }
        ASSERT_TRUE(got.mcnemar.has_value());
        EXPECT_EQ(static_cast<double>(got.mcnemar->only_a), expected[12]);
        EXPECT_EQ(static_cast<double>(got.mcnemar->only_b), expected[13]);
        EXPECT_NEAR(got.mcnemar->p_value, expected[14], 1e-12);
    }
    const auto& pairs = values<std::int32_t>("mcnemar.pairs");
    const auto& p = values<double>("mcnemar.p");
    for (std::size_t i = 0; i < p.size(); ++i)
        EXPECT_NEAR(mcnemar_p_value(static_cast<std::size_t>(pairs[2 * i]),
                                    static_cast<std::size_t>(pairs[2 * i + 1])),
                    p[i], 1e-12);
}

}  // namespace
}  // namespace undertone::eval
