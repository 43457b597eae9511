#include "undertone/bootstrap.hpp"

#include <array>
#include <cmath>

#include "eval/sample_scores.hpp"
#include "eval/tally.hpp"
#include "undertone/error.hpp"
#include "undertone/random.hpp"

namespace undertone::eval {
namespace {

/// Every figure of a sum, in one row: six of all clips, then precision, recall and F1 of each class.
class FigureRow {
public:
    explicit FigureRow(std::size_t n_classes) : layout_{n_classes}, classes_(n_classes) {}
    [[nodiscard]] std::size_t size() const { return 6 + 3 * layout_.n_classes; }

    void compute(std::span<const double> sums, std::span<double> row) {
        figures_of(sums, classes_);
        double gaps = 0;
        for (std::size_t cell = layout_.gap(0); cell < layout_.size(); ++cell) gaps += std::abs(sums[cell]);
        const std::array all{classes_.uar,
                             classes_.accuracy,
                             classes_.macro_f1,
                             sums[layout_.log_loss()] / classes_.n_samples,
                             sums[layout_.brier()] / classes_.n_samples,
                             gaps / classes_.n_samples};
        auto out = std::copy(all.begin(), all.end(), row.begin());
        for (const auto* values : {&classes_.precision, &classes_.recall, &classes_.f1})
            out = std::copy(values->begin(), values->end(), out);
    }

private:
    TallyLayout layout_;
    ClassFigures classes_;
};

std::vector<SparseTally> tallies_of(std::span<const int> truth, MatrixView<const double> proba,
                                    std::span<const int> units) {
    std::vector<std::size_t> unit_of;
    const std::size_t n_units = number_units(units, unit_of);
    const TallyLayout layout{proba.cols()};
    const std::vector<int> predicted = most_probable(proba);
    std::vector<SparseTally> tallies(n_units);
    for (std::size_t i = 0; i < truth.size(); ++i) {
        const auto row = proba.row(i);
        SparseTally& tally = tallies[unit_of[i]];
        count_clip(tally, layout, static_cast<std::size_t>(truth[i]), static_cast<std::size_t>(predicted[i]),
                   1);
        tally.emplace_back(layout.log_loss(), sample_log_loss(row, truth[i]));
        tally.emplace_back(layout.brier(), sample_brier(row, truth[i]));
        const CalibrationGap calibration = sample_calibration(row, truth[i]);
        tally.emplace_back(layout.gap(calibration.bin), calibration.gap);
    }
    for (SparseTally& tally : tallies) merge_cells(tally);
    return tallies;
}

Figures figures_from(std::span<const Figure> row, std::size_t n_classes) {
    Figures figures{row[0], row[1], row[2], row[3], row[4], row[5], {}, {}, {}, 0};
    auto from = row.begin() + 6;
    for (auto* values : {&figures.precision, &figures.recall, &figures.f1}) {
        values->assign(from, from + static_cast<std::ptrdiff_t>(n_classes));
        from += static_cast<std::ptrdiff_t>(n_classes);
    }
    return figures;
}

}  // namespace

Figures bootstrap(std::span<const int> truth, MatrixView<const double> proba, std::span<const int> units,
                  const BootstrapOptions& options, const OnProgress& on_progress) {
    check_options(options);
    check_probabilities(truth, proba);
    if (units.size() != truth.size())
        throw Error(Errc::shape_mismatch, std::to_string(truth.size()) + " true labels but " +
                                              std::to_string(units.size()) + " units");
    const std::vector<SparseTally> tallies = tallies_of(truth, proba, units);
    const std::size_t n_units = tallies.size();
    FigureRow figure_row(proba.cols());

    std::vector<double> sums(TallyLayout{proba.cols()}.size()), values(figure_row.size());
    for (const SparseTally& tally : tallies) add(sums, tally, 1);
    figure_row.compute(sums, values);
    std::vector<Figure> figures;
    // A class without a clip has no recall; its value is 0 as in classification_report(), its interval NaN.
    for (const double value : values) figures.push_back({std::isnan(value) ? 0 : value, value, value});

    Matrix<double> draws(figures.size(), options.n_draws);
    RandomState random(options.random_state);
    std::vector<double> times(n_units);
    for (std::size_t draw = 0; draw < options.n_draws; ++draw) {
        std::fill(times.begin(), times.end(), 0.0);
        for (std::size_t i = 0; i < n_units; ++i) times[random.interval(n_units - 1)] += 1;
        std::fill(sums.begin(), sums.end(), 0.0);
        for (std::size_t unit = 0; unit < n_units; ++unit)
            if (times[unit] != 0) add(sums, tallies[unit], times[unit]);
        figure_row.compute(sums, values);
        for (std::size_t f = 0; f < values.size(); ++f) draws(f, draw) = values[f];
        tell(on_progress, draw + 1, options.n_draws);
    }
    for (std::size_t f = 0; f < figures.size() && options.n_draws > 0; ++f) {
        std::vector<double> row(draws.row(f).begin(), draws.row(f).end());
        set_interval(row, options.confidence, figures[f].low, figures[f].high);
    }
    Figures result = figures_from(figures, proba.cols());
    result.n_units = n_units;
    return result;
}

}  // namespace undertone::eval
