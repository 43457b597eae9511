#include "undertone/folds.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "undertone/error.hpp"
#include "undertone/matrix.hpp"
#include "undertone/random.hpp"

namespace undertone::eval {
namespace {

[[noreturn]] void refuse(std::size_t n_splits, const std::string& rule) {
    throw Error(Errc::invalid_argument, "n_splits = " + std::to_string(n_splits) + ": must be " + rule);
}

void check_splits(std::size_t n_splits, std::size_t n_samples) {
    if (n_splits < 2) refuse(n_splits, "at least 2");
    if (n_splits > n_samples) refuse(n_splits, "at most the number of samples, " + std::to_string(n_samples));
}

void check_groups(std::size_t n_splits, std::size_t n_groups) {
    if (n_splits > n_groups) refuse(n_splits, "at most the number of groups, " + std::to_string(n_groups));
}

/// scikit-learn lets a class be smaller than the number of folds, but not all of them.
void check_classes(std::size_t n_splits, std::span<const std::size_t> counts) {
    const std::size_t largest = *std::max_element(counts.begin(), counts.end());
    if (n_splits > largest)
        refuse(n_splits, "at most the number of samples in the largest class, " + std::to_string(largest));
}

/// Which distinct value each one is, with how often each occurs: numpy.unique(return_inverse, return_counts).
struct Unique {
    std::vector<std::size_t> inverse, counts;
};

Unique unique(std::span<const int> values) {
    std::map<int, std::size_t> ranks;
    for (const int value : values) ranks.emplace(value, 0);
    std::size_t next = 0;
    for (auto& entry : ranks) entry.second = next++;
    Unique result{{}, std::vector<std::size_t>(ranks.size())};
    for (const int value : values) {
        result.inverse.push_back(ranks[value]);
        ++result.counts[result.inverse.back()];
    }
    return result;
}

std::vector<Fold> folds_of(std::span<const std::size_t> fold_of_sample, std::size_t n_splits) {
    std::vector<Fold> folds(n_splits);
    for (std::size_t i = 0; i < fold_of_sample.size(); ++i)
        for (std::size_t fold = 0; fold < n_splits; ++fold)
            (fold == fold_of_sample[i] ? folds[fold].test : folds[fold].train).push_back(i);
    return folds;
}

/// Sizes of n_splits parts of n things, as numpy.array_split makes them: the first ones take what is left
/// over.
std::vector<std::size_t> part_sizes(std::size_t n, std::size_t n_splits) {
    std::vector<std::size_t> sizes(n_splits, n / n_splits);
    for (std::size_t i = 0; i < n % n_splits; ++i) ++sizes[i];
    return sizes;
}

/// Deals things in a given order to folds of neighbours. @return  the fold of each thing
std::vector<std::size_t> dealt(std::span<const std::size_t> order, std::size_t n_splits) {
    std::vector<std::size_t> fold_of(order.size());
    std::size_t next = 0, fold = 0;
    for (const std::size_t size : part_sizes(order.size(), n_splits)) {
        for (std::size_t i = 0; i < size; ++i) fold_of[order[next++]] = fold;
        ++fold;
    }
    return fold_of;
}

std::vector<std::size_t> order_of(std::size_t n, const FoldOptions& options) {
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (options.shuffle) RandomState(options.random_state).shuffle(std::span(order));
    return order;
}

std::vector<std::size_t> samples_of_groups(std::span<const std::size_t> fold_of_group, const Unique& groups) {
    std::vector<std::size_t> fold_of_sample;
    for (const std::size_t group : groups.inverse) fold_of_sample.push_back(fold_of_group[group]);
    return fold_of_sample;
}

/// The largest group first, each to the fold with the fewest samples.
std::vector<std::size_t> balanced(const std::vector<std::size_t>& group_sizes, std::size_t n_splits) {
    std::vector<std::size_t> order(group_sizes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return group_sizes[a] < group_sizes[b]; });
    std::reverse(order.begin(), order.end());  // of equal groups the last comes first, as in scikit-learn
    std::vector<std::size_t> fold_sizes(n_splits), fold_of(group_sizes.size());
    for (const std::size_t group : order) {
        const auto lightest = std::min_element(fold_sizes.begin(), fold_sizes.end());
        *lightest += group_sizes[group];
        fold_of[group] = static_cast<std::size_t>(lightest - fold_sizes.begin());
    }
    return fold_of;
}

/// NumPy's sum of neighbouring values, up to 128 of them: eight sums side by side. Ties between groups hang
/// on its last bit. Not inlined: fused with a product into one rounding it would be another number. Source:
/// numpy 2.4 `loops_utils.h`, pairwise_sum.
[[gnu::noinline]] double numpy_sum(std::span<const double> values) {
    const std::size_t n = values.size();
    if (n > 128) {
        const std::size_t half = n / 2 - n / 2 % 8;
        return numpy_sum(values.first(half)) + numpy_sum(values.subspan(half));
    }
    double sum = 0;
    std::size_t i = 0;
    if (n >= 8) {
        double r[8];
        for (; i < 8; ++i) r[i] = values[i];
        for (; i + 8 <= n; i += 8)
            for (std::size_t k = 0; k < 8; ++k) r[k] += values[i + k];
        sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    }
    for (; i < n; ++i) sum += values[i];
    return sum;
}

/// The same over rows that lie apart: one after the other.
[[gnu::noinline]] double strided_sum(std::span<const double> values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
}

using Sum = double (*)(std::span<const double>);

double deviation(std::vector<double> values, Sum sum) {  // numpy.std
    const double n = static_cast<double>(values.size()), mean = sum(values) / n;
    for (double& value : values) {
        const double centred = value - mean;
        value = centred * centred;
    }
    return std::sqrt(sum(values) / n);
}

/// Deals groups to the folds in which the classes then lie most evenly: scikit-learn's StratifiedGroupKFold.
class EvenFolds {
public:
    EvenFolds(std::size_t n_splits, std::vector<std::size_t> class_counts)
        : counts_(n_splits, class_counts.size()), class_counts_(std::move(class_counts)) {}

    std::size_t take(std::span<const double> group) {
        std::size_t best = 0;
        double least = std::numeric_limits<double>::infinity(), fewest = least;
        for (std::size_t fold = 0; fold < counts_.rows(); ++fold) {
            const double uneven = unevenness_with(fold, group), n_samples = numpy_sum(counts_.row(fold));
            // numpy.isclose(uneven, least), which no value is to infinity.
            const bool close =
                std::isfinite(least) && std::abs(uneven - least) <= 1e-8 + 1e-5 * std::abs(least);
            if (uneven < least || (close && n_samples < fewest)) {
                best = fold;
                least = uneven;
                fewest = n_samples;
            }
        }
        for (std::size_t c = 0; c < group.size(); ++c) counts_(best, c) += group[c];
        return best;
    }

private:
    double unevenness_with(std::size_t fold, std::span<const double> group) const {
        std::vector<double> deviations;
        for (std::size_t c = 0; c < group.size(); ++c) {
            std::vector<double> shares;
            for (std::size_t f = 0; f < counts_.rows(); ++f)
                shares.push_back((counts_(f, c) + (f == fold ? group[c] : 0)) /
                                 static_cast<double>(class_counts_[c]));
            deviations.push_back(deviation(std::move(shares), strided_sum));
        }
        return numpy_sum(deviations) / static_cast<double>(deviations.size());
    }

    Matrix<double> counts_;  // [n_splits, n_classes]
    std::vector<std::size_t> class_counts_;
};

Matrix<double> class_counts_by_group(const Unique& classes, const Unique& groups) {
    Matrix<double> counts(groups.counts.size(), classes.counts.size());
    for (std::size_t i = 0; i < classes.inverse.size(); ++i) ++counts(groups.inverse[i], classes.inverse[i]);
    return counts;
}

}  // namespace

std::vector<Fold> k_fold(std::size_t n_samples, const FoldOptions& options) {
    check_splits(options.n_splits, n_samples);
    return folds_of(dealt(order_of(n_samples, options), options.n_splits), options.n_splits);
}

std::vector<Fold> stratified_k_fold(std::span<const int> classes, const FoldOptions& options) {
    check_splits(options.n_splits, classes.size());
    const Unique unique_classes = unique(classes);
    check_classes(options.n_splits, unique_classes.counts);

    // Classes go in the order in which they first occur.
    std::vector<std::vector<std::size_t>> samples;
    std::vector<std::size_t> place(unique_classes.counts.size(), classes.size());
    for (std::size_t i = 0; i < classes.size(); ++i) {
        std::size_t& own = place[unique_classes.inverse[i]];
        if (own == classes.size()) {
            own = samples.size();
            samples.emplace_back();
        }
        samples[own].push_back(i);
    }
    RandomState random(options.random_state);
    std::vector<std::size_t> fold_of_sample(classes.size());
    std::size_t next = 0;  // sorted by class, samples are dealt to the folds in turn
    for (const std::vector<std::size_t>& members : samples) {
        std::vector<std::size_t> folds;
        for (std::size_t i = 0; i < members.size(); ++i) folds.push_back(next++ % options.n_splits);
        std::sort(folds.begin(), folds.end());
        if (options.shuffle) random.shuffle(std::span(folds));
        for (std::size_t i = 0; i < members.size(); ++i) fold_of_sample[members[i]] = folds[i];
    }
    return folds_of(fold_of_sample, options.n_splits);
}

std::vector<Fold> group_k_fold(std::span<const int> groups, const FoldOptions& options) {
    check_splits(options.n_splits, groups.size());
    const Unique unique_groups = unique(groups);
    const std::size_t n_groups = unique_groups.counts.size();
    check_groups(options.n_splits, n_groups);
    const std::vector<std::size_t> fold_of_group = options.shuffle
                                                       ? dealt(order_of(n_groups, options), options.n_splits)
                                                       : balanced(unique_groups.counts, options.n_splits);
    return folds_of(samples_of_groups(fold_of_group, unique_groups), options.n_splits);
}

std::vector<Fold> stratified_group_k_fold(std::span<const int> classes, std::span<const int> groups,
                                          const FoldOptions& options) {
    if (classes.size() != groups.size())
        throw Error(Errc::shape_mismatch, std::to_string(classes.size()) + " classes but " +
                                              std::to_string(groups.size()) + " groups");
    check_splits(options.n_splits, classes.size());
    const Unique unique_classes = unique(classes), unique_groups = unique(groups);
    check_classes(options.n_splits, unique_classes.counts);
    check_groups(options.n_splits, unique_groups.counts.size());

    const Matrix<double> counts = class_counts_by_group(unique_classes, unique_groups);
    std::vector<double> spreads;
    for (std::size_t group = 0; group < counts.rows(); ++group) {
        const auto row = counts.row(group);
        spreads.push_back(deviation({row.begin(), row.end()}, numpy_sum));
    }
    std::vector<std::size_t> order = order_of(counts.rows(), options);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return spreads[a] > spreads[b]; });
    EvenFolds folds(options.n_splits, unique_classes.counts);
    std::vector<std::size_t> fold_of_group(counts.rows());
    for (const std::size_t group : order) fold_of_group[group] = folds.take(counts.row(group));
    return folds_of(samples_of_groups(fold_of_group, unique_groups), options.n_splits);
}

std::vector<Fold> leave_one_group_out(std::span<const int> groups) {
    const Unique unique_groups = unique(groups);
    const std::size_t n_groups = unique_groups.counts.size();
    if (n_groups < 2)
        throw Error(Errc::invalid_argument,
                    std::to_string(n_groups) + " group: there must be at least 2 to leave one out");
    return folds_of(unique_groups.inverse, n_groups);
}

}  // namespace undertone::eval
