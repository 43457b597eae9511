#include "undertone/split.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>

#include "undertone/error.hpp"
#include "undertone/fields.hpp"

namespace undertone {
namespace {

struct Sizes {
    std::size_t train, test;
};

std::string text(const PartSize& size) {
    if (const double* share = std::get_if<double>(&size)) return detail::number_text(*share);
    return std::to_string(std::get<std::int64_t>(size));
}

void check_size(const std::optional<PartSize>& size, const char* name, std::size_t n_samples) {
    if (!size) return;
    const double* share = std::get_if<double>(&*size);
    const bool holds = share != nullptr
                           ? *share > 0 && *share < 1
                           : std::get<std::int64_t>(*size) > 0 &&
                                 std::get<std::int64_t>(*size) < static_cast<std::int64_t>(n_samples);
    if (!holds)
        throw Error(Errc::invalid_argument,
                    std::string(name) + " = " + text(*size) +
                        ": must be a share above 0 and below 1, or a count above 0 and "
                        "below the number of samples, " +
                        std::to_string(n_samples));
}

Sizes part_sizes(const SplitOptions& options, std::size_t n_samples) {
    check_size(options.test_size, "test_size", n_samples);
    check_size(options.train_size, "train_size", n_samples);
    const std::optional<PartSize> test_size =
        options.test_size || options.train_size ? options.test_size : PartSize{0.25};
    const double all = static_cast<double>(n_samples);
    double n_test = 0, n_train = 0;
    if (test_size) {
        const double* share = std::get_if<double>(&*test_size);
        n_test = share != nullptr ? std::ceil(*share * all)
                                  : static_cast<double>(std::get<std::int64_t>(*test_size));
    }
    if (options.train_size) {
        const double* share = std::get_if<double>(&*options.train_size);
        n_train = share != nullptr ? std::floor(*share * all)
                                   : static_cast<double>(std::get<std::int64_t>(*options.train_size));
    }
    if (!options.train_size) n_train = all - n_test;
    if (!test_size) n_test = all - n_train;
    const std::string given = "test_size = " + (test_size ? text(*test_size) : "none") +
                              ", train_size = " + (options.train_size ? text(*options.train_size) : "none");
    if (n_train + n_test > all)
        throw Error(Errc::invalid_argument,
                    given + ": together more than the " + std::to_string(n_samples) + " samples there are");
    if (n_train < 1)
        throw Error(Errc::invalid_argument,
                    given + ": no sample of " + std::to_string(n_samples) + " is left to train on");
    return {static_cast<std::size_t>(n_train), static_cast<std::size_t>(n_test)};
}

/// How many of `n_draws` each class gets: its share rounded down, what is missing to the largest remainders,
/// ties drawn by lot (scikit-learn's `_approximate_mode`).
std::vector<std::size_t> draws_by_class(const std::vector<std::size_t>& counts, std::size_t n_draws,
                                        RandomState& random) {
    double total = 0;
    for (const std::size_t count : counts) total += static_cast<double>(count);
    // Kept in memory before the floor is taken from it: fused, ties of remainders would break.
    std::vector<double> shares(counts.size());
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const volatile double share = static_cast<double>(counts[i]) / total * static_cast<double>(n_draws);
        shares[i] = share;
    }
    std::vector<std::size_t> draws(counts.size());
    std::map<double, std::vector<std::size_t>, std::greater<>> by_remainder;
    std::size_t missing = n_draws;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double floored = std::floor(shares[i]);
        draws[i] = static_cast<std::size_t>(floored);
        missing -= draws[i];
        by_remainder[shares[i] - floored].push_back(i);
    }
    for (const auto& [remainder, classes] : by_remainder) {
        if (missing == 0) break;
        const std::size_t now = std::min(classes.size(), missing);
        for (const std::size_t k : random.choice(classes.size(), now)) ++draws[classes[k]];
        missing -= now;
    }
    return draws;
}

std::vector<std::size_t> permuted(const std::vector<std::size_t>& values, RandomState& random) {
    std::vector<std::size_t> result = values;
    random.shuffle(std::span(result));
    return result;
}

Split stratified(const Sizes& sizes, std::span<const int> classes, RandomState& random) {
    std::map<int, std::vector<std::size_t>> by_class;
    for (std::size_t i = 0; i < classes.size(); ++i) by_class[classes[i]].push_back(i);
    std::vector<std::size_t> counts;
    for (const auto& [label, members] : by_class) {
        if (members.size() < 2)
            throw Error(Errc::invalid_argument,
                        "stratify: class " + std::to_string(label) + " has 1 sample, must have at least 2");
        counts.push_back(members.size());
    }
    if (std::min(sizes.train, sizes.test) < counts.size())
        throw Error(Errc::invalid_argument,
                    "stratify: " + std::to_string(sizes.train) + " training and " +
                        std::to_string(sizes.test) +
                        " test samples, each part must have at least one for each of " +
                        std::to_string(counts.size()) + " classes");

    const std::vector<std::size_t> n_train = draws_by_class(counts, sizes.train, random);
    std::vector<std::size_t> left(counts.size());
    for (std::size_t i = 0; i < counts.size(); ++i) left[i] = counts[i] - n_train[i];
    const std::vector<std::size_t> n_test = draws_by_class(left, sizes.test, random);
    Split split;
    std::size_t i = 0;
    for (const auto& [label, members] : by_class) {
        const std::vector<std::size_t> order = random.permutation(members.size());
        for (std::size_t k = 0; k < n_train[i] + n_test[i]; ++k)
            (k < n_train[i] ? split.train : split.test).push_back(members[order[k]]);
        ++i;
    }
    split.train = permuted(split.train, random);
    split.test = permuted(split.test, random);
    return split;
}

}  // namespace

Split train_test_split(std::size_t n_samples, const SplitOptions& options, RandomState& random,
                       std::span<const int> stratify) {
    const Sizes sizes = part_sizes(options, n_samples);
    if (!stratify.empty() && stratify.size() != n_samples)
        throw Error(Errc::shape_mismatch, "stratify has " + std::to_string(stratify.size()) +
                                              " classes for " + std::to_string(n_samples) + " samples");
    if (!stratify.empty() && !options.shuffle)
        throw Error(Errc::invalid_argument, "shuffle = false: must be true with stratify");
    if (!stratify.empty()) return stratified(sizes, stratify, random);

    Split split;
    if (options
            .shuffle) {  // scikit-learn cuts the test part off first here, and the training part first below
        const std::vector<std::size_t> order = random.permutation(n_samples);
        const auto cut = order.begin() + static_cast<std::ptrdiff_t>(sizes.test);
        split.test.assign(order.begin(), cut);
        split.train.assign(cut, cut + static_cast<std::ptrdiff_t>(sizes.train));
    } else {
        for (std::size_t i = 0; i < sizes.train; ++i) split.train.push_back(i);
        for (std::size_t i = 0; i < sizes.test; ++i) split.test.push_back(sizes.train + i);
    }
    return split;
}

Split train_test_split(std::size_t n_samples, const SplitOptions& options, std::uint32_t random_state,
                       std::span<const int> stratify) {
    RandomState random(random_state);
    return train_test_split(n_samples, options, random, stratify);
}

}  // namespace undertone
