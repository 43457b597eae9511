#pragma once

#include <vector>

#include "framework/clip_regression.hpp"
#include "nn/frames/network.hpp"
#include "undertone/matrix.hpp"
#include "undertone/sequence_options.hpp"
#include "undertone/tensor.hpp"

namespace undertone::nn {

/// What a classifier of the framework "undertone" learns.
struct SequenceState {
    std::vector<SequenceNetwork<float>> members;
    std::vector<Matrix<float>> moods;  ///< of each member, as pooled_moods(); none where no speaker was known
    ClipRegression of_clips{false};    ///< fitted where options.functionals is above 0
    ClipRegression by_voice{true};     ///< fitted where, beside that, speakers were known
};

[[nodiscard]] std::vector<Tensor> tensors_of(const SequenceState& state);

/// The state that has these tensors.
/// @throws Error corrupt_data  one is missing, one too many, not finite, or does not fit the options; no more
///         memory is taken before that is known than the tensors have
[[nodiscard]] SequenceState state_of(const SequenceNetworkOptions& options,
                                     const std::vector<Tensor>& tensors);

}  // namespace undertone::nn
