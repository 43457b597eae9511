#include "undertone/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/support.hpp"
#include "undertone/metrics.hpp"
#include "undertone/random.hpp"

namespace undertone {
namespace {

/// Rows of all kinds: even, decided, with ties, with neighbours that differ in their last bit, with zeros.
Matrix<double> rows(std::uint32_t seed, std::size_t n, std::size_t n_classes) {
    RandomState random(seed);
    Matrix<double> proba(n, n_classes);
    for (std::size_t i = 0; i < n; ++i) {
        const auto row = proba.row(i);
        const double power = random.uniform(0, 40);
        for (double& p : row) p = std::pow(random.random_sample(), power);
        if (i % 5 == 0) row[1] = row[0] = *std::max_element(row.begin(), row.end());
        const double sum = std::accumulate(row.begin(), row.end(), 0.0);
        for (double& p : row) p /= sum;
        if (i % 10 == 0) row[1] = std::nextafter(row[1], 1.0);
        if (i % 7 == 0) row.back() = 0;
    }
    return proba;
}

TEST(Calibration, NeverChangesTheLabel) {
    for (std::uint32_t seed = 0; seed < 8; ++seed) {
        const Matrix<double> proba = rows(seed, 300, 2 + seed);
        const std::vector<int> before = eval::most_probable(proba);
        for (const double temperature : {0.1, 0.37, 1.0, 1.9, 12.0, 100.0}) {
            const Matrix<double> after = Calibration{temperature}.transform(proba);
            EXPECT_EQ(eval::most_probable(after), before);
            for (std::size_t i = 0; i < after.rows(); ++i) {
                const auto row = after.row(i);
                EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1, 1e-14);
            }
        }
    }
}

TEST(Calibration, OfOneIsNone) {
    const Matrix<double> proba = rows(3, 200, 5), same = Calibration{1}.transform(proba);
    for (std::size_t i = 0; i < proba.rows(); ++i) {
        const auto row = proba.row(i);
        const double sum = std::accumulate(row.begin(), row.end(), 0.0);
        for (std::size_t c = 0; c < row.size(); ++c) EXPECT_NEAR(same(i, c), row[c] / sum, 1e-14);
    }
}

TEST(Calibration, NeverRaisesTheLossItIsFittedOnAndIsThenDone) {
    RandomState random(6);
    for (std::uint32_t seed = 0; seed < 8; ++seed) {
        const Matrix<double> proba = rows(seed, 200, 4);
        std::vector<int> y;
        for (std::size_t i = 0; i < 200; ++i) y.push_back(static_cast<int>(random.randint(0, 4)));
        const Calibration fitted = Calibration::fit(proba, y);
        const Matrix<double> after = fitted.transform(proba);
        const auto loss = [&](const Matrix<double>& p) {
            double sum = 0;
            for (std::size_t i = 0; i < y.size(); ++i)
                sum -= std::log(std::max(p(i, static_cast<std::size_t>(y[i])), 1.4e-45));
            return sum;
        };
        EXPECT_LE(loss(after), loss(proba) + 1e-9);
        if (fitted.temperature < 99) {
            EXPECT_NEAR(Calibration::fit(after, y).temperature, 1, 1e-6);
        }
    }
}

TEST(Reliability, ItsBinsHoldTheCalibrationError) {
    RandomState random(7);
    for (std::uint32_t seed = 0; seed < 8; ++seed) {
        const Matrix<double> proba = Calibration{1}.transform(rows(seed, 150, 3 + seed % 3));
        std::vector<int> truth;
        for (std::size_t i = 0; i < 150; ++i) truth.push_back(static_cast<int>(random.randint(0, 3)));
        const std::vector<eval::ReliabilityBin> bins = eval::reliability(truth, proba);
        ASSERT_EQ(bins.size(), eval::kCalibrationBins);
        double error = 0;
        std::size_t n = 0;
        for (const eval::ReliabilityBin& bin : bins) {
            error += static_cast<double>(bin.n_samples) / 150 * std::abs(bin.accuracy - bin.confidence);
            n += bin.n_samples;
            if (bin.n_samples == 0) continue;
            EXPECT_GT(bin.confidence, bin.low - 1e-12);
            EXPECT_LE(bin.confidence, bin.high + 1e-12);
        }
        EXPECT_EQ(n, 150U);
        EXPECT_NEAR(error, eval::expected_calibration_error(truth, proba), 1e-12);
    }
    EXPECT_ERROR(eval::reliability({}, Matrix<double>(0, 2)), Errc::invalid_argument, "no clip");
}

}  // namespace
}  // namespace undertone
