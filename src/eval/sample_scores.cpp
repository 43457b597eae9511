#include "eval/sample_scores.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "undertone/error.hpp"

namespace undertone::eval {
namespace {

template <class Score>
double mean_over(std::span<const int> truth, MatrixView<const double> proba, Score score) {
    check_probabilities(truth, proba);
    double sum = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) sum += score(proba.row(i), truth[i]);
    return sum / static_cast<double>(truth.size());
}

}  // namespace

void check_probabilities(std::span<const int> truth, MatrixView<const double> proba) {
    if (truth.size() != proba.rows())
        throw Error(Errc::shape_mismatch, std::to_string(truth.size()) + " true labels but " +
                                              std::to_string(proba.rows()) + " rows of probabilities");
    if (truth.empty()) throw Error(Errc::invalid_argument, "there is no clip to score");
    for (std::size_t i = 0; i < truth.size(); ++i) {
        if (truth[i] < 0 || static_cast<std::size_t>(truth[i]) >= proba.cols())
            throw Error(Errc::invalid_argument, "true label " + std::to_string(truth[i]) + ": there are " +
                                                    std::to_string(proba.cols()) + " columns");
        for (const double p : proba.row(i))
            if (!(p >= 0 && p <= 1 + 1e-6))  // a sum of float32 may end a little above 1
                throw Error(Errc::invalid_argument, "sample " + std::to_string(i) + " has the probability " +
                                                        std::to_string(p) +
                                                        ": must be at least 0 and at most 1");
    }
}

double sample_log_loss(std::span<const double> row, int truth) {
    constexpr double kEps = std::numeric_limits<double>::epsilon();  // scikit-learn's, for float64
    return -std::log(std::clamp(row[static_cast<std::size_t>(truth)], kEps, 1 - kEps));
}

double sample_brier(std::span<const double> row, int truth) {
    double sum = 0;
    for (std::size_t c = 0; c < row.size(); ++c) {
        const double gap = (static_cast<std::size_t>(truth) == c ? 1.0 : 0.0) - row[c];
        sum += gap * gap;
    }
    return row.size() < 3 ? sum / 2 : sum;
}

CalibrationGap sample_calibration(std::span<const double> row, int truth) {
    const auto best = std::max_element(row.begin(), row.end());
    const double bins = static_cast<double>(kCalibrationBins);
    const double bin = std::clamp(std::ceil(*best * bins) - 1, 0.0, bins - 1);
    return {static_cast<std::size_t>(bin), (best - row.begin() == truth ? 1.0 : 0.0) - *best};
}

std::vector<int> most_probable(MatrixView<const double> proba) {
    std::vector<int> classes;
    for (std::size_t i = 0; i < proba.rows(); ++i) {
        const auto row = proba.row(i);
        classes.push_back(static_cast<int>(std::max_element(row.begin(), row.end()) - row.begin()));
    }
    return classes;
}

double log_loss(std::span<const int> truth, MatrixView<const double> proba) {
    return mean_over(truth, proba, sample_log_loss);
}

double brier_score_loss(std::span<const int> truth, MatrixView<const double> proba) {
    return mean_over(truth, proba, sample_brier);
}

double expected_calibration_error(std::span<const int> truth, MatrixView<const double> proba) {
    check_probabilities(truth, proba);
    std::array<double, kCalibrationBins> gaps{};
    for (std::size_t i = 0; i < truth.size(); ++i) {
        const CalibrationGap sample = sample_calibration(proba.row(i), truth[i]);
        gaps[sample.bin] += sample.gap;
    }
    double sum = 0;
    for (const double gap : gaps) sum += std::abs(gap);
    return sum / static_cast<double>(truth.size());
}

std::vector<ReliabilityBin> reliability(std::span<const int> truth, MatrixView<const double> proba) {
    check_probabilities(truth, proba);
    constexpr double kBins = static_cast<double>(kCalibrationBins);
    std::vector<ReliabilityBin> bins(kCalibrationBins);
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
        bins[bin].low = static_cast<double>(bin) / kBins;
        bins[bin].high = static_cast<double>(bin + 1) / kBins;
    }
    for (std::size_t i = 0; i < truth.size(); ++i) {
        const auto row = proba.row(i);
        const auto best = std::max_element(row.begin(), row.end());
        ReliabilityBin& bin = bins[sample_calibration(row, truth[i]).bin];
        ++bin.n_samples;
        bin.confidence += *best;
        if (best - row.begin() == truth[i]) bin.accuracy += 1;
    }
    for (ReliabilityBin& bin : bins) {
        if (bin.n_samples == 0) continue;
        bin.confidence /= static_cast<double>(bin.n_samples);
        bin.accuracy /= static_cast<double>(bin.n_samples);
    }
    return bins;
}

}  // namespace undertone::eval
