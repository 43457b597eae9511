#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/thread_pool.hpp"
#include "nn/sequence_network.hpp"
#include "undertone/classifier.hpp"
#include "undertone/frame_source.hpp"
#include "undertone/sequence_options.hpp"

/// The network of the "undertone" framework and the loop that trains it.
namespace undertone::nn {

/// A network with new weights.
[[nodiscard]] SequenceNetwork<float> build_network(const SequenceNetworkOptions& options,
                                                   std::size_t n_columns, std::size_t n_classes,
                                                   RandomState& random);

/// Brings the frames of a clip to what the network reads.
void normalize_clip(MatrixView<float> frames, ClipNormalization kind);

/// Trains from the present weights.
/// @param y   `[source.size()]`, 0 ... n_outputs - 1
/// @return    "loss", "accuracy", with a validation part "val_loss", "val_accuracy": one value an epoch
/// @throws Error numerical  the loss or a weight left the numbers: epoch, step and tensor are named, and the
///         network holds the weights from before the step; cancelled
History fit(SequenceNetwork<float>& network, const FrameSource& source, std::span<const int> y,
            ClipNormalization normalization, const SequenceFitOptions& options, ThreadPool& pool,
            const OnProgress& on_progress = {});

/// The outputs of a trained network for one clip.
/// @param frames   `[n_frames, n_columns]`, not normalised
/// @return         `[n_outputs]` probabilities
[[nodiscard]] std::vector<float> predict(const SequenceNetwork<float>& network,
                                         MatrixView<const float> frames, ClipNormalization normalization,
                                         SequenceNetwork<float>::Workspace& workspace);

}  // namespace undertone::nn
