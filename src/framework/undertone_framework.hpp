#pragma once

#include <span>

#include "framework/framework.hpp"
#include "nn/frames/network.hpp"
#include "undertone/sequence_options.hpp"

namespace undertone::nn {

/// Probabilities count as so much at least: nothing is ruled out for ever.
inline constexpr double kLeastProbability = 1e-30;

/// The row of the table of frameworks for the network over frames.
[[nodiscard]] Framework undertone_framework();

/// What a trained classifier of the framework "undertone" consists of beside its tensors(). Lives as long as
/// the classifier.
struct SequenceParts {
    const SequenceNetworkOptions& options;
    std::span<const SequenceNetwork<float>> members;
};

/// @throws Error incompatible_model  it is of another framework
[[nodiscard]] SequenceParts sequence_parts(const Classifier& classifier);

}  // namespace undertone::nn
