#include "undertone/calibration.hpp"

#include <cmath>
#include <limits>

#include "support/support.hpp"
#include "undertone/random.hpp"

namespace undertone {
namespace {

struct Made {
    Matrix<double> proba;
    std::vector<int> y;
};

/// Probabilities that would be right, if their logarithms had not been multiplied by `sharpness`.
Made made(std::uint32_t seed, double sharpness, std::size_t n = 300, std::size_t n_classes = 4) {
    RandomState random(seed);
    Made result{Matrix<double>(n, n_classes), {}};
    for (std::size_t i = 0; i < n; ++i) {
        std::vector<double> logits(n_classes);
        double sum = 0, sharp_sum = 0;
        for (double& logit : logits) {
            logit = random.uniform(-2, 2);
            sum += std::exp(logit);
            sharp_sum += std::exp(logit * sharpness);
        }
        double drawn = random.random_sample() * sum;
        int y = 0;
        for (; static_cast<std::size_t>(y) + 1 < n_classes; ++y) {
            drawn -= std::exp(logits[static_cast<std::size_t>(y)]);
            if (drawn < 0) break;
        }
        result.y.push_back(y);
        for (std::size_t c = 0; c < n_classes; ++c)
            result.proba(i, c) = std::exp(logits[c] * sharpness) / sharp_sum;
    }
    return result;
}

/// As it is written in the paper.
double loss_at(const Made& data, double temperature) {
    double loss = 0;
    for (std::size_t i = 0; i < data.y.size(); ++i) {
        double sum = 0;
        for (const double p : data.proba.row(i)) sum += std::pow(p, 1 / temperature);
        loss -= std::log(std::pow(data.proba(i, static_cast<std::size_t>(data.y[i])), 1 / temperature) / sum);
    }
    return loss;
}

TEST(Calibration, FindsTheTemperatureOfTheLeastLoss) {
    for (const double sharpness : {0.5, 1.0, 1.7, 6.0}) {
        const Made data = made(3, sharpness);
        double best = 0, least = std::numeric_limits<double>::infinity();
        for (double temperature = 0.2; temperature < 15; temperature *= 1.001) {
            const double loss = loss_at(data, temperature);
            if (loss < least) {
                least = loss;
                best = temperature;
            }
        }
        const double found = Calibration::fit(data.proba, data.y).temperature;
        EXPECT_NEAR(found / best, 1, 1e-3);
        EXPECT_LE(loss_at(data, found), least + 1e-12);
        EXPECT_NEAR(found / sharpness, 1, 0.2);  // that the made ones were sharpened with
    }
}

TEST(Calibration, IsWhatTheFormulaSays) {
    const Made data = made(4, 1);
    const Matrix<double> got = Calibration{2.5}.transform(data.proba);
    for (std::size_t i = 0; i < got.rows(); ++i) {
        double sum = 0;
        for (const double p : data.proba.row(i)) sum += std::pow(p, 1 / 2.5);
        for (std::size_t c = 0; c < got.cols(); ++c)
            EXPECT_NEAR(got(i, c), std::pow(data.proba(i, c), 1 / 2.5) / sum, 1e-14);
    }
}

TEST(Calibration, StaysWithinItsRange) {
    Matrix<double> sure(4, 2);
    for (std::size_t i = 0; i < 4; ++i) {
        sure(i, i % 2) = 0.9;
        sure(i, 1 - i % 2) = 0.1;
    }
    EXPECT_NEAR(Calibration::fit(sure, std::vector<int>{0, 1, 0, 1}).temperature, 0.1, 1e-12);
    EXPECT_NEAR(Calibration::fit(sure, std::vector<int>{1, 0, 1, 0}).temperature, 100, 1e-9);
    const Matrix<double> even(3, 3, 1.0 / 3);
    EXPECT_EQ(Calibration::fit(even, std::vector<int>{0, 1, 1}).temperature, 1);
    EXPECT_ERROR(Calibration{0.0}.transform(sure), Errc::invalid_argument, "temperature = 0");
    EXPECT_ERROR(Calibration{std::nan("")}.transform(sure), Errc::invalid_argument, "temperature");
}

TEST(Calibration, TakesProbabilitiesOfNothing) {
    Matrix<double> x(3, 3);
    for (std::size_t i = 0; i < 3; ++i) x(i, i) = 1;
    const double temperature = Calibration::fit(x, std::vector<int>{0, 1, 0}).temperature;
    EXPECT_GT(temperature, 10);  // one of three was given a probability of nothing
    const Matrix<double> calibrated = Calibration{temperature}.transform(x);
    for (const double p : calibrated.values()) EXPECT_TRUE(std::isfinite(p));
}

TEST(Calibration, RefusesWhatDoesNotFit) {
    const Made data = made(5, 1, 4);
    EXPECT_ERROR(Calibration::fit(data.proba, std::vector<int>{0, 1}), Errc::shape_mismatch,
                 "4 rows of probabilities but 2 classes");
    EXPECT_ERROR(Calibration::fit(Matrix<double>(0, 3), {}), Errc::invalid_argument, "no sample");
    EXPECT_ERROR(Calibration::fit(data.proba, std::vector<int>{0, 1, 4, 0}), Errc::invalid_argument,
                 "class 4");
    Matrix<double> wrong = data.proba;
    wrong(2, 1) = std::nan("");
    EXPECT_ERROR(Calibration::fit(wrong, data.y), Errc::invalid_argument, "sample 2 has the probability");
}

}  // namespace
}  // namespace undertone
