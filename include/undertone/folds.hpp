#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace undertone::eval {

/// One division of samples: indices into them, ascending.
struct Fold {
    std::vector<std::size_t> train, test;
    std::string name = {};  ///< what is tested, where that has a name: "ravdess:03"; else empty
};

/// How samples are dealt to folds.
struct FoldOptions {
    std::size_t n_splits = 5;        ///< at least 2
    bool shuffle = false;            ///< deal them in a random order
    std::uint32_t random_state = 0;  ///< of the shuffling; without it nothing is drawn
};

/// Folds of neighbouring samples, or of samples at random with `shuffle`.
/// @param n_samples  at least n_splits
/// @return           `[n_splits]`; every sample tests once
/// @throws Error invalid_argument  n_splits below 2 or above n_samples
/// Matches: scikit-learn 1.9.1 `KFold`, index for index.
[[nodiscard]] std::vector<Fold> k_fold(std::size_t n_samples, const FoldOptions& options = {});

/// Folds in which each class has its share.
/// @param classes  `[n_samples]` a class for each sample
/// @return         `[n_splits]`; every sample tests once
/// @throws Error invalid_argument  n_splits below 2, above n_samples, or above the samples of every class
/// Matches: scikit-learn 1.9.1 `StratifiedKFold`, index for index; its warning that some class has fewer
/// samples than folds is left to the caller.
[[nodiscard]] std::vector<Fold> stratified_k_fold(std::span<const int> classes,
                                                  const FoldOptions& options = {});

/// Folds of whole groups, of about as many samples each; with `shuffle` of about as many groups each.
/// @param groups   `[n_samples]` a group for each sample; at least n_splits different ones
/// @return         `[n_splits]`; every group tests once
/// @throws Error invalid_argument  n_splits below 2 or above the number of groups
/// Matches: scikit-learn 1.9.1 `GroupKFold`, index for index.
[[nodiscard]] std::vector<Fold> group_k_fold(std::span<const int> groups, const FoldOptions& options = {});

/// Folds of whole groups in which each class has about its share.
/// @param classes  `[n_samples]`
/// @param groups   `[n_samples]`, at least n_splits different ones
/// @return         `[n_splits]`; every group tests once. A fold may be empty when groups differ much in size
/// @throws Error shape_mismatch    classes and groups differ in length
/// @throws Error invalid_argument  n_splits below 2, above the groups, or above the samples of every class
/// Matches: scikit-learn 1.9.1 `StratifiedGroupKFold`, index for index.
[[nodiscard]] std::vector<Fold> stratified_group_k_fold(std::span<const int> classes,
                                                        std::span<const int> groups,
                                                        const FoldOptions& options = {});

/// A fold for each group, in ascending order of the groups.
/// @param groups   `[n_samples]`, at least two different ones
/// @throws Error invalid_argument  fewer than two groups
/// Matches: scikit-learn 1.9.1 `LeaveOneGroupOut`, index for index.
[[nodiscard]] std::vector<Fold> leave_one_group_out(std::span<const int> groups);

}  // namespace undertone::eval
