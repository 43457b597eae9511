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

/// @throws Error invalid_argument, numerical  a clip without frames, or with one that is not finite
void check_frames(const Matrix<float>& frames, std::size_t clip);

/// Trains from the present weights.
/// @param y   `[source.size()]`, 0 ... n_outputs - 1
/// @param history   becomes "loss", "accuracy", with a validation part "val_loss", "val_accuracy": a value of
///                  each epoch that was gone through
/// @throws Error numerical  a frame, the loss or a weight left the numbers: the clip, or epoch, step and
///         tensor are named; cancelled. The network has the weights of the last whole epoch then
void fit(SequenceNetwork<float>& network, const FrameSource& source, std::span<const int> y,
         const SequenceOptions& options, ThreadPool& pool, History& history,
         const OnProgress& on_progress = {});

inline constexpr std::size_t kMostFrames = 6000;  // that go through at once: a minute

/// The outputs of a trained network for one clip; for one of more than kMostFrames, their mean over even
/// parts that are not longer.
/// @param frames    `[n_frames, n_columns]`, as the feature set gives them
/// @param n_bands   how many of the columns, the first ones, are bands
/// @return          `[n_outputs]` probabilities
[[nodiscard]] std::vector<float> predict(const SequenceNetwork<float>& network,
                                         MatrixView<const float> frames, std::size_t n_bands,
                                         const SequenceNetworkOptions& options,
                                         SequenceNetwork<float>::Workspace& workspace);

}  // namespace undertone::nn
