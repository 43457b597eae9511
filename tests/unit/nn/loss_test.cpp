#include "nn/keras/loss.hpp"

#include <cmath>

#include "support/support.hpp"

namespace undertone::nn {
namespace {

TEST(CategoricalCrossentropy, IsTheLogOfTheProbabilityOfTheClass) {
    Matrix<double> logits(2, 3);
    logits(0, 0) = std::log(0.2), logits(0, 1) = std::log(0.5), logits(0, 2) = std::log(0.3);
    logits(1, 2) = std::log(2.0);  // 1/4, 1/4, 2/4
    const std::vector<int> y{1, 0};
    const LossSums plain = categorical_crossentropy<double>(logits, y, {}, 0, {});
    EXPECT_NEAR(plain.loss, -std::log(0.5) - std::log(0.25), 1e-15);
    EXPECT_EQ(plain.correct, 1);

    // Smoothed by 0.3: targets 0.1, 0.8, 0.1.
    const LossSums first =
        categorical_crossentropy<double>({logits.data(), 1, 3}, std::span(y).first(1), {}, 0.3, {});
    EXPECT_NEAR(first.loss, -0.1 * std::log(0.2) - 0.8 * std::log(0.5) - 0.1 * std::log(0.3), 1e-15);

    const std::vector<double> weights{2, 0};
    EXPECT_NEAR(categorical_crossentropy<double>(logits, y, weights, 0, {}).loss, -2 * std::log(0.5), 1e-15);
}

TEST(CategoricalCrossentropy, HugeLogitsStayFinite) {
    Matrix<float> logits(1, 3);
    logits(0, 0) = 1e30F, logits(0, 1) = -1e30F;
    Matrix<float> gradient(1, 3);
    const std::vector<int> right{0}, wrong{1};
    EXPECT_EQ(categorical_crossentropy<float>(logits, right, {}, 0, gradient).loss, 0);
    EXPECT_EQ(categorical_crossentropy<float>(logits, wrong, {}, 0, gradient).loss, 2e30F);
    EXPECT_EQ(gradient(0, 0), 1);
    EXPECT_EQ(gradient(0, 1), -1);
}

TEST(CategoricalCrossentropy, OfEqualLogitsTheFirstCounts) {
    const Matrix<double> logits(2, 4, 0.5);
    const std::vector<int> y{0, 1};
    EXPECT_EQ(categorical_crossentropy<double>(logits, y, {}, 0, {}).correct, 1);
}

}  // namespace
}  // namespace undertone::nn
