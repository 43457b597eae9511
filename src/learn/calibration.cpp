#include "undertone/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "undertone/error.hpp"

namespace undertone {
namespace {

Matrix<double> logarithms(MatrixView<const double> proba) {
    Matrix<double> logs(proba.rows(), proba.cols());
    for (std::size_t i = 0; i < proba.rows(); ++i)
        for (std::size_t c = 0; c < proba.cols(); ++c)
            logs(i, c) = std::log(std::max(proba(i, c), Calibration::kLeastProbability));
    return logs;
}

void check(MatrixView<const double> proba, std::span<const int> y) {
    if (proba.rows() != y.size())
        throw Error(Errc::shape_mismatch, "calibration: " + std::to_string(proba.rows()) +
                                              " rows of probabilities but " + std::to_string(y.size()) +
                                              " classes");
    if (y.empty()) throw Error(Errc::invalid_argument, "calibration: there is no sample to fit it on");
    for (std::size_t i = 0; i < y.size(); ++i) {
        if (y[i] < 0 || static_cast<std::size_t>(y[i]) >= proba.cols())
            throw Error(Errc::invalid_argument, "calibration: class " + std::to_string(y[i]) +
                                                    ": there are " + std::to_string(proba.cols()) +
                                                    " columns");
        for (const double p : proba.row(i))
            if (!(p >= 0 && p <= 1 + 1e-6))  // written so that NaN fails
                throw Error(Errc::invalid_argument, "calibration: sample " + std::to_string(i) +
                                                        " has the probability " + detail::number_text(p) +
                                                        ": must be at least 0 and at most 1");
    }
}

/// The derivative of the summed log loss by the inverse temperature: how far the mean logarithm, under the
/// probabilities that it gives, is above that of the true class. It never falls: its own derivative is a
/// variance.
double slope(const Matrix<double>& logs, std::span<const int> y, double inverse) {
    double sum = 0;
    for (std::size_t i = 0; i < logs.rows(); ++i) {
        const auto row = logs.row(i);
        const double most = *std::max_element(row.begin(), row.end());
        const double of_truth = row[static_cast<std::size_t>(y[i])];
        double weights = 0, weighted = 0;
        for (const double log : row) {
            const double weight = std::exp((log - most) * inverse);
            weights += weight;
            weighted += weight * (log - of_truth);
        }
        sum += weighted / weights;
    }
    return sum;
}

}  // namespace

Calibration Calibration::fit(MatrixView<const double> proba, std::span<const int> y) {
    check(proba, y);
    const Matrix<double> logs = logarithms(proba);
    Calibration calibration;
    if (slope(logs, y, 1) == 0) return calibration;  // there already, or every row is even
    const auto range = std::get<0>(fields()).rule;
    double low = std::log(range.low), high = std::log(range.high);
    constexpr int kHalvings = 60;  // of a range of 7: more than a double tells apart
    for (int i = 0; i < kHalvings; ++i) {
        const double middle = (low + high) / 2;
        // The loss falls with the inverse temperature: the best temperature is lower.
        (slope(logs, y, std::exp(-middle)) < 0 ? high : low) = middle;
    }
    calibration.temperature = std::clamp(std::exp((low + high) / 2), range.low, range.high);
    return calibration;
}

Matrix<double> Calibration::transform(MatrixView<const double> proba) const {
    validate(*this);
    // Of two that differ in their last bit the logarithms may be equal, and the first would win the row.
    constexpr double kBelowOne = 1 - 8 * std::numeric_limits<double>::epsilon();
    Matrix<double> result = logarithms(proba);
    for (std::size_t i = 0; i < proba.rows(); ++i) {
        const auto before = proba.row(i);
        const auto row = result.row(i);
        const auto best =
            static_cast<std::size_t>(std::max_element(before.begin(), before.end()) - before.begin());
        const double most = row[best];
        double sum = 0;
        for (std::size_t c = 0; c < row.size(); ++c) {
            row[c] = std::exp((row[c] - most) / temperature);
            if (c < best) row[c] = std::min(row[c], kBelowOne);
            sum += row[c];
        }
        for (double& p : row) p /= sum;
    }
    return result;
}

}  // namespace undertone
