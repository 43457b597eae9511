#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "undertone/folds.hpp"
#include "undertone/training.hpp"

/// Which of the training clips calibrate a model that did not learn them.
namespace undertone::eval {

struct CalibrationFolds {
    std::vector<Fold> folds;     ///< clips of the dataset, in the order given; every one tests once
    std::size_t n_speakers = 0;  ///< that are kept whole; 0: the folds are of clips
};

/// Five folds of speakers, or one a speaker where they are fewer; of clips, stratified, where the speakers
/// are not all known, are only one, or where some label is told by too few.
/// @param clips  of the training part: indices into the dataset
/// @param seed   of the shuffling
/// @throws Error invalid_argument  a label with a single clip
[[nodiscard]] CalibrationFolds calibration_folds(const Dataset& dataset, std::span<const std::size_t> clips,
                                                 std::uint32_t seed);

}  // namespace undertone::eval
