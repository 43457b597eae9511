#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "undertone/bootstrap.hpp"
#include "undertone/matrix.hpp"

/// Sums over clips from which every figure follows, so that a draw of the bootstrap is a sum of small tables.
namespace undertone::eval {

/// The cells of one unit that are not zero.
using SparseTally = std::vector<std::pair<std::uint32_t, double>>;

/// Which sum lies where: `[n_classes, n_classes]` of confusion, then log loss, Brier, a gap for each bin of
/// calibration.
struct TallyLayout {
    std::size_t n_classes;

    [[nodiscard]] std::uint32_t confusion(int truth, int predicted) const {
        return static_cast<std::uint32_t>(static_cast<std::size_t>(truth) * n_classes +
                                          static_cast<std::size_t>(predicted));
    }
    [[nodiscard]] std::uint32_t log_loss() const { return static_cast<std::uint32_t>(n_classes * n_classes); }
    [[nodiscard]] std::uint32_t brier() const { return log_loss() + 1; }
    [[nodiscard]] std::uint32_t gap(std::size_t bin) const {
        return log_loss() + 2 + static_cast<std::uint32_t>(bin);
    }
    [[nodiscard]] std::size_t size() const;
};

/// What a confusion table says: of each class NaN where it has no clip, or neither clip nor prediction (F1).
struct ConfusionFigures {
    double uar = 0, accuracy = 0, macro_f1 = 0, n_samples = 0;
    std::vector<double> precision, recall, f1;
};
void figures_of(std::span<const double> confusion, ConfusionFigures& figures);

/// Numbers the units 0 ... n - 1 in ascending order. @return  how many there are
std::size_t number_units(std::span<const int> units, std::vector<std::size_t>& numbers);

/// The cells of dense tables `[n_units][n_cells]` that are not zero.
[[nodiscard]] std::vector<SparseTally> sparse(const Matrix<double>& tallies);

/// Adds `times` a tally to a sum.
inline void add(std::vector<double>& sum, const SparseTally& tally, double times) {
    for (const auto& [cell, value] : tally) sum[cell] += times * value;
}

/// The percentile interval of draws; NaN among them are left out. Disorders them.
void set_interval(std::vector<double>& draws, double confidence, double& low, double& high);

/// @throws Error invalid_argument
void check_options(const BootstrapOptions& options);

}  // namespace undertone::eval
