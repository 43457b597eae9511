#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "undertone/random.hpp"

namespace undertone {

/// How large a part is: a share in (0, 1), or a count of samples.
using PartSize = std::variant<double, std::int64_t>;

/// How samples are divided. Where one size is missing, it is what the other leaves; where both are, a quarter
/// is for testing.
struct SplitOptions {
    std::optional<PartSize> test_size = std::nullopt;   ///< a share is rounded up
    std::optional<PartSize> train_size = std::nullopt;  ///< a share is rounded down
    bool shuffle = true;  ///< false: the first samples train, those that follow test
};

/// Indices into the samples, in the order in which they were drawn.
struct Split {
    std::vector<std::size_t> train, test;
};

/// Divides samples into a part for training and a part for testing.
///
/// @param n_samples   of them there are
/// @param random      where chance comes from; advanced as scikit-learn advances it
/// @param stratify    `[n_samples]` a class for each: both parts then have each class in its share; empty: do
/// not
/// @throws Error invalid_argument  a size that is out of range, sizes that are too large together, a part
/// left
///         empty; with stratify: a class of one sample, a part smaller than the number of classes, shuffle
///         false
/// @throws Error shape_mismatch    stratify is of another length
/// Matches: scikit-learn 1.9.1 `train_test_split`, index for index.
[[nodiscard]] Split train_test_split(std::size_t n_samples, const SplitOptions& options, RandomState& random,
                                     std::span<const int> stratify = {});

/// The same with a `random_state` of its own.
[[nodiscard]] Split train_test_split(std::size_t n_samples, const SplitOptions& options,
                                     std::uint32_t random_state, std::span<const int> stratify = {});

}  // namespace undertone
