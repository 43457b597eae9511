#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "core/thread_pool.hpp"
#include "nn/frames/network.hpp"
#include "undertone/frame_source.hpp"
#include "undertone/history.hpp"
#include "undertone/progress.hpp"
#include "undertone/random.hpp"
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

/// The layer behind the pooling: from there on a clip is one frame.
inline constexpr std::string_view kPoolingNorm = "pooling/norm";

inline constexpr std::size_t kMostFrames = 6000;  // that go through at once: a minute

/// What a trained network pools of one clip; of one of more than kMostFrames, of even parts that are not
/// longer.
/// @param frames    `[n_frames, n_columns]`, as the feature set gives them
/// @param n_bands   how many of the columns, the first ones, are bands
/// @return          `[n_parts, n_pooled]`, what the normalisation behind the pooling reads
[[nodiscard]] Matrix<float> pool(const SequenceNetwork<float>& network, MatrixView<const float> frames,
                                 std::size_t n_bands, const SequenceNetworkOptions& options,
                                 SequenceNetwork<float>::Workspace& workspace);

/// What a trained network says of what it pooled: the mean over the parts.
/// @param pooled   as pool() gives it
/// @return         `[n_outputs]` probabilities
[[nodiscard]] std::vector<float> answer(const SequenceNetwork<float>& network, MatrixView<const float> pooled,
                                        SequenceNetwork<float>::Workspace& workspace);

}  // namespace undertone::nn
