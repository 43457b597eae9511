#include "undertone/comparison.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "eval/tally.hpp"
#include "undertone/error.hpp"
#include "undertone/random.hpp"

namespace undertone::eval {
namespace {

constexpr std::size_t kFigures = 3;  // UAR, accuracy, macro F1
using Row = std::array<double, kFigures>;

Row row_of(std::span<const double> sums, ClassFigures& work) {
    figures_of(sums, work);
    return {work.uar, work.accuracy, work.macro_f1};
}

Row minus(const Row& b, const Row& a) { return {b[0] - a[0], b[1] - a[1], b[2] - a[2]}; }

std::size_t checked(int label, std::size_t n_classes, const char* what) {
    if (label < 0 || static_cast<std::size_t>(label) >= n_classes)
        throw Error(Errc::invalid_argument, std::string(what) + " label " + std::to_string(label) +
                                                ": there are " + std::to_string(n_classes) + " labels");
    return static_cast<std::size_t>(label);
}

/// How often each clip was labelled.
std::vector<std::size_t> times_labelled(const RunLabels& run, std::size_t n_clips, const char* name) {
    if (run.clips.size() != run.predicted.size())
        throw Error(Errc::shape_mismatch, std::string("run ") + name + " has " +
                                              std::to_string(run.clips.size()) + " clips but " +
                                              std::to_string(run.predicted.size()) + " labels");
    std::vector<std::size_t> times(n_clips);
    for (const std::size_t clip : run.clips) {
        if (clip >= n_clips)
            throw Error(Errc::invalid_argument, std::string("run ") + name + " has clip " +
                                                    std::to_string(clip) + ": there are " +
                                                    std::to_string(n_clips));
        ++times[clip];
    }
    for (std::size_t clip = 0; clip < n_clips; ++clip)
        if (times[clip] == 0)
            throw Error(Errc::invalid_argument,
                        std::string("run ") + name + " has no label of clip " + std::to_string(clip));
    return times;
}

/// The sums of the classes for each unit. A clip weighs 1, however many seeds labelled it.
std::vector<SparseTally> tallies_of(const RunLabels& run, const std::vector<std::size_t>& times,
                                    std::span<const int> truth, const std::vector<std::size_t>& unit_of,
                                    std::size_t n_units, std::size_t n_classes) {
    std::vector<SparseTally> tallies(n_units);
    for (std::size_t i = 0; i < run.clips.size(); ++i) {
        const std::size_t clip = run.clips[i];
        count_clip(tallies[unit_of[clip]], {n_classes}, checked(truth[clip], n_classes, "true"),
                   checked(run.predicted[i], n_classes, "predicted"), 1.0 / static_cast<double>(times[clip]));
    }
    for (SparseTally& tally : tallies) merge_cells(tally);
    return tallies;
}

std::optional<McNemar> mcnemar(std::span<const int> truth, const RunLabels& a, const RunLabels& b) {
    if (a.clips.size() != truth.size() || b.clips.size() != truth.size()) return std::nullopt;
    std::vector<bool> right_a(truth.size()), right_b(truth.size());
    for (std::size_t i = 0; i < truth.size(); ++i) {
        right_a[a.clips[i]] = a.predicted[i] == truth[a.clips[i]];
        right_b[b.clips[i]] = b.predicted[i] == truth[b.clips[i]];
    }
    McNemar result;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        if (right_a[i] && !right_b[i]) ++result.only_a;
        if (right_b[i] && !right_a[i]) ++result.only_b;
    }
    result.p_value = mcnemar_p_value(result.only_a, result.only_b);
    return result;
}

struct Tables {
    std::vector<SparseTally> a, b, b_minus_a;
    std::vector<double> sum_a, sum_b;
    ClassFigures work;
};

Tables tables_of(std::vector<SparseTally> a, std::vector<SparseTally> b, std::size_t n_classes) {
    const std::size_t n_units = a.size(), n_cells = TallyLayout{n_classes}.log_loss();
    Tables tables{
        std::move(a),           std::move(b), {}, std::vector<double>(n_cells), std::vector<double>(n_cells),
        ClassFigures(n_classes)};
    for (std::size_t unit = 0; unit < n_units; ++unit) {
        add(tables.sum_a, tables.a[unit], 1);
        add(tables.sum_b, tables.b[unit], 1);
        SparseTally& change = tables.b_minus_a.emplace_back(tables.b[unit]);
        for (const auto& [cell, value] : tables.a[unit]) change.emplace_back(cell, -value);
        merge_cells(change);
    }
    return tables;
}

std::array<std::vector<double>, kFigures> drawn_differences(Tables& tables, const BootstrapOptions& options,
                                                            const OnProgress& on_progress) {
    const std::size_t n_units = tables.a.size();
    std::array<std::vector<double>, kFigures> draws;
    RandomState random(options.random_state);
    std::vector<double> times(n_units), a(tables.sum_a.size()), b(a.size());
    for (std::size_t draw = 0; draw < options.n_draws; ++draw) {
        std::fill(times.begin(), times.end(), 0.0);
        for (std::size_t i = 0; i < n_units; ++i) times[random.interval(n_units - 1)] += 1;
        std::fill(a.begin(), a.end(), 0.0);
        std::fill(b.begin(), b.end(), 0.0);
        for (std::size_t unit = 0; unit < n_units; ++unit) {
            if (times[unit] == 0) continue;
            add(a, tables.a[unit], times[unit]);
            add(b, tables.b[unit], times[unit]);
        }
        const Row difference = minus(row_of(b, tables.work), row_of(a, tables.work));
        for (std::size_t f = 0; f < kFigures; ++f) draws[f].push_back(difference[f]);
        tell(on_progress, draw + 1, 2 * options.n_draws);
    }
    return draws;
}

/// How many swaps have a difference as large as the one that was seen.
class Swaps {
public:
    Swaps(Tables& tables, const Row& seen) : tables_(tables), seen_(seen) {}

    template <class Swapped>  // (unit) -> bool
    void count(Swapped swapped) {
        a_ = tables_.sum_a;
        b_ = tables_.sum_b;
        for (std::size_t unit = 0; unit < tables_.a.size(); ++unit) {
            if (!swapped(unit)) continue;
            add(a_, tables_.b_minus_a[unit], 1);
            add(b_, tables_.b_minus_a[unit], -1);
        }
        const Row difference = minus(row_of(b_, tables_.work), row_of(a_, tables_.work));
        for (std::size_t f = 0; f < kFigures; ++f)
            // As large but for rounding: the same labels summed in another order must count.
            if (std::abs(difference[f]) >= std::abs(seen_[f]) - 1e-12) ++as_large[f];
    }

    std::array<std::size_t, kFigures> as_large{};

private:
    Tables& tables_;
    Row seen_;
    std::vector<double> a_, b_;
};

Row p_values(Tables& tables, const Row& seen, const BootstrapOptions& options, bool every_swap,
             const OnProgress& on_progress) {
    Swaps swaps(tables, seen);
    double extra = 0, n_swaps = static_cast<double>(options.n_draws);
    if (every_swap) {
        const std::size_t n = std::size_t{1} << tables.a.size();
        for (std::size_t mask = 0; mask < n; ++mask) {
            swaps.count([mask](std::size_t unit) { return (mask >> unit & 1U) != 0; });
            tell(on_progress, options.n_draws + mask + 1, options.n_draws + n);
        }
        n_swaps = static_cast<double>(n);
    } else {
        RandomState random(options.random_state);
        std::uint32_t bits = 0;
        for (std::size_t draw = 0; draw < options.n_draws; ++draw) {
            swaps.count([&](std::size_t unit) {
                bits = unit % 32 == 0 ? random.next_uint32() : bits >> 1;
                return (bits & 1U) != 0;
            });
            tell(on_progress, options.n_draws + draw + 1, 2 * options.n_draws);
        }
        extra = 1;  // what was seen is one of the swaps
    }
    Row p{};
    for (std::size_t f = 0; f < kFigures; ++f)
        p[f] = (static_cast<double>(swaps.as_large[f]) + extra) / (n_swaps + extra);
    return p;
}

}  // namespace

double mcnemar_p_value(std::size_t only_a, std::size_t only_b) {
    const std::size_t n = only_a + only_b, least = std::min(only_a, only_b);
    if (2 * least == n) return 1;
    // P(X = least) for X binomial(n, 1/2), which is too small for a double on the way: its exponent is kept
    // apart.
    double term = 1;
    int exponent = 0, step = 0;
    for (std::size_t k = 0; k < least; ++k) {
        term = std::frexp(term * static_cast<double>(n - k) / static_cast<double>(k + 1), &step);
        exponent += step;
    }
    term = std::ldexp(term, exponent - static_cast<int>(n));
    double sum = term;
    for (std::size_t k = least; k > 0; --k) {
        term *= static_cast<double>(k) / static_cast<double>(n - k + 1);
        sum += term;
    }
    return std::min(1.0, 2 * sum);
}

Comparison compare(std::span<const int> truth, std::span<const int> units, std::size_t n_classes,
                   const RunLabels& a, const RunLabels& b, const BootstrapOptions& options,
                   const OnProgress& on_progress) {
    check_options(options);
    if (options.n_draws == 0) throw Error(Errc::invalid_argument, "n_draws = 0: must be at least 1");
    if (truth.empty()) throw Error(Errc::invalid_argument, "there is no clip to compare");
    if (units.size() != truth.size())
        throw Error(Errc::shape_mismatch,
                    std::to_string(truth.size()) + " clips but " + std::to_string(units.size()) + " units");
    std::vector<std::size_t> unit_of;
    const std::size_t n_units = number_units(units, unit_of);
    const auto table = [&](const RunLabels& run, const char* name) {
        return tallies_of(run, times_labelled(run, truth.size(), name), truth, unit_of, n_units, n_classes);
    };
    Tables tables = tables_of(table(a, "A"), table(b, "B"), n_classes);
    const Row of_a = row_of(tables.sum_a, tables.work), of_b = row_of(tables.sum_b, tables.work);
    const Row seen = minus(of_b, of_a);
    auto draws = drawn_differences(tables, options, on_progress);

    Comparison result;
    result.n_clips = truth.size();
    result.n_units = n_units;
    result.every_swap = n_units < 32 && (std::size_t{1} << n_units) <= options.n_draws;
    const Row p = p_values(tables, seen, options, result.every_swap, on_progress);
    const std::array figures{&result.uar, &result.accuracy, &result.macro_f1};
    for (std::size_t f = 0; f < kFigures; ++f) {
        *figures[f] = {of_a[f], of_b[f], seen[f], 0, 0, p[f]};
        set_interval(draws[f], options.confidence, figures[f]->low, figures[f]->high);
    }
    result.mcnemar = mcnemar(truth, a, b);
    return result;
}

}  // namespace undertone::eval
