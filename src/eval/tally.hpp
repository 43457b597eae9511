#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "undertone/bootstrap.hpp"
#include "undertone/progress.hpp"

/// Sums over clips from which every figure follows, so that a draw of the bootstrap is a sum of small tables.
namespace undertone::eval {

/// The cells of one unit that are not zero.
using SparseTally = std::vector<std::pair<std::uint32_t, double>>;

/// Which sum lies where: of each class the clips that bear it, those that were given it and the hits, then
/// log loss, Brier, a gap for each bin of calibration. The table of confusion, of which the first three are
/// sums, would grow with the square of the classes.
struct TallyLayout {
    std::size_t n_classes;

    [[nodiscard]] std::uint32_t support(std::size_t c) const { return static_cast<std::uint32_t>(c); }
    [[nodiscard]] std::uint32_t given(std::size_t c) const {
        return static_cast<std::uint32_t>(n_classes + c);
    }
    [[nodiscard]] std::uint32_t hits(std::size_t c) const {
        return static_cast<std::uint32_t>(2 * n_classes + c);
    }
    [[nodiscard]] std::uint32_t log_loss() const { return static_cast<std::uint32_t>(3 * n_classes); }
    [[nodiscard]] std::uint32_t brier() const { return log_loss() + 1; }
    [[nodiscard]] std::uint32_t gap(std::size_t bin) const {
        return log_loss() + 2 + static_cast<std::uint32_t>(bin);
    }
    [[nodiscard]] std::size_t size() const;
};

/// What the sums of the classes say: of each class NaN where it has no clip, or neither clip nor prediction
/// (F1).
struct ClassFigures {
    explicit ClassFigures(std::size_t n_classes) : precision(n_classes), recall(n_classes), f1(n_classes) {}
    double uar = 0, accuracy = 0, macro_f1 = 0, n_samples = 0;
    std::vector<double> precision, recall, f1;
};
/// @param sums  as TallyLayout has it; of it the classes' are looked at
void figures_of(std::span<const double> sums, ClassFigures& figures);

/// Adds a clip that weighs `weight` to the classes' sums of its unit.
void count_clip(SparseTally& tally, const TallyLayout& layout, std::size_t truth, std::size_t predicted,
                double weight);

/// Numbers the units 0 ... n - 1 in ascending order. @return  how many there are
std::size_t number_units(std::span<const int> units, std::vector<std::size_t>& numbers);

/// Sums what is of one cell, in the order in which it was added, and leaves out what is zero. Cells rise.
void merge_cells(SparseTally& tally);

/// Adds `times` a tally to a sum.
inline void add(std::vector<double>& sum, const SparseTally& tally, double times) {
    for (const auto& [cell, value] : tally) sum[cell] += times * value;
}

/// The percentile interval of draws; NaN among them are left out. Disorders them.
void set_interval(std::vector<double>& draws, double confidence, double& low, double& high);

/// @throws Error invalid_argument
void check_options(const BootstrapOptions& options);

/// Tells of one step more. @throws Error cancelled  it is to stop
void tell(const OnProgress& on_progress, std::size_t done, std::size_t total);

}  // namespace undertone::eval
