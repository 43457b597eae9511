#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "undertone/bootstrap.hpp"
#include "undertone/features.hpp"
#include "undertone/matrix.hpp"

namespace undertone::eval {

/// Features that are swapped between clips together.
struct FeatureGroup {
    std::string name;                  ///< "mfcc"; of bands "mel_0 to mel_15"
    std::vector<std::size_t> columns;  ///< of the feature set
};

/// The groups of a feature set, in the order of its columns: those whose names differ by their number only
/// (mfcc_0 ... mfcc_39) are one. The bands of a set of frames are four groups of neighbours.
[[nodiscard]] std::vector<FeatureGroup> feature_groups(const FeatureSet& features);

/// What is swapped, and how often.
struct ImportanceOptions {
    std::vector<FeatureGroup> groups = {};  ///< empty: nothing is
    std::size_t n_repeats = 10;             ///< at least 1
};

/// Permutation importance: how much the UAR of clips falls when the values of a group are those of other
/// clips. The mean over n_repeats permutations, `RandomState(random_state).permutation(n_clips)`, one after
/// the other for each group in turn.
/// @param truth      `[n_clips]`, below n_labels; at least one
/// @param predict    what a model says when clip i has the group's values of clip `from[i]`:
///                   `[n_clips, n_labels]`; an empty group changes nothing
/// @return           `[n_groups]`
/// @throws Error invalid_argument  no clip, n_repeats = 0
/// Source: Breiman, "Random forests", Machine Learning 45 (2001); of groups as in Gregorutti and others,
/// "Grouped variable importance with random forests", Comput. Stat. Data Anal. 90 (2015).
[[nodiscard]] std::vector<double> permutation_falls(
    std::span<const int> truth, std::size_t n_labels, const ImportanceOptions& options,
    std::uint32_t random_state,
    const std::function<Matrix<double>(const FeatureGroup&, std::span<const std::size_t> from)>& predict);

/// The mean over folds of each group's fall, with an interval: folds are drawn, with all their seeds.
/// @param falls    `[n_results]`, each `[n_groups]`
/// @param folds    `[n_results]`, to which fold each belongs; the ends are NaN with a single one
/// @return         `[n_groups]`
/// @throws Error shape_mismatch, invalid_argument  no result
[[nodiscard]] std::vector<Figure> mean_falls(std::span<const std::vector<double>> falls,
                                             std::span<const std::size_t> folds,
                                             const BootstrapOptions& options = {});

}  // namespace undertone::eval
