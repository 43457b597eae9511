#include "undertone/metrics.hpp"

#include "support/support.hpp"

namespace undertone::eval {
namespace {

const std::vector<std::string> kLabels{"calm", "happy", "sad", "angry"};

// scikit-learn 1.9.1: classification_report(t, p, output_dict=True), balanced_accuracy_score, f1_score(macro)
TEST(ClassificationReport, EqualsScikitLearn) {
    const std::vector<int> truth{0, 0, 0, 0, 1, 1, 1, 2, 2, 2};
    const std::vector<int> predicted{0, 0, 1, 3, 1, 1, 0, 2, 1, 3};
    const Report report = classification_report(truth, predicted, kLabels);
    EXPECT_EQ(report.n_samples, 10U);
    EXPECT_NEAR(report.accuracy, 0.5, 1e-12);
    EXPECT_NEAR(report.uar, 0.5, 1e-12);
    EXPECT_NEAR(report.macro_f1, 0.4107142857142857, 1e-12);
    EXPECT_NEAR(report.classes[0].precision, 2.0 / 3, 1e-12);
    EXPECT_NEAR(report.classes[0].recall, 0.5, 1e-12);
    EXPECT_NEAR(report.classes[0].f1, 4.0 / 7, 1e-12);
    EXPECT_NEAR(report.classes[2].f1, 0.5, 1e-12);
    EXPECT_EQ(report.classes[3].support, 0U);
    EXPECT_EQ(report.classes[3].recall, 0);
    EXPECT_EQ(report.confusion(0, 3), 1U);
    EXPECT_EQ(report.confusion(1, 0), 1U);
}

TEST(ClassificationReport, AClassThatNeitherOccursNorIsGivenCountsForNothing) {
    const std::vector<int> truth{0, 1}, predicted{0, 0};
    const Report report = classification_report(truth, predicted, kLabels);
    EXPECT_NEAR(report.uar, 0.5, 1e-12);
    EXPECT_NEAR(report.macro_f1, (2.0 / 3) / 2, 1e-12);
}

TEST(ClassificationReport, RefusesWhatDoesNotFit) {
    const std::vector<int> two{0, 1}, one{0}, none, bad{0, 4};
    EXPECT_ERROR(classification_report(two, one, kLabels), Errc::shape_mismatch,
                 "2 true labels but 1 predicted");
    EXPECT_ERROR(classification_report(none, none, kLabels), Errc::invalid_argument, "no clip");
    EXPECT_ERROR(classification_report(two, bad, kLabels), Errc::invalid_argument, "predicted label 4");
}

}  // namespace
}  // namespace undertone::eval
