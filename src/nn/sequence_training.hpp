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

/// The learning rate at a time of the training: it grows from 0 over the warm-up, then stays or falls as half
/// a cosine to 0.
/// @param epoch   epochs and parts of them that are over, up to options.epochs
[[nodiscard]] double scheduled_learning_rate(const SequenceFitOptions& options, double epoch);

/// A network with new weights.
[[nodiscard]] SequenceNetwork<float> build_network(const SequenceNetworkOptions& options,
                                                   std::size_t n_columns, std::size_t n_classes,
                                                   RandomState& random);

/// The frames that a network reads: without those at both ends that are far below the loudest.
/// @param frames    columns that are natural logarithms of power
/// @param trim_db   0: all of them
/// @return          rows of `frames`
[[nodiscard]] MatrixView<const float> trimmed(MatrixView<const float> frames, double trim_db);

/// How a speaker sounds: the mean and the deviation of each column over the frames of all clips, those at the
/// ends left out that are kSilenceDb below the loudest of their clip.
/// @return   `[2 * n_columns]`, as FrameSource::speaker()
inline constexpr double kSilenceDb = 40;
[[nodiscard]] std::vector<float> speaker_moments(const FrameSource& clips);

/// Trains from the present weights.
/// @param y   `[source.size()]`, 0 ... n_outputs - 1
/// @return    "loss", "accuracy", with a validation part "val_loss", "val_accuracy": one value an epoch
/// @throws Error numerical  a frame, the loss or a weight left the numbers: the clip, or epoch, step and
/// tensor
///         are named; cancelled. The network is of no use then
History fit(SequenceNetwork<float>& network, const FrameSource& source, std::span<const int> y,
            double trim_db, const SequenceFitOptions& options, ThreadPool& pool,
            const OnProgress& on_progress = {});

/// The outputs of a trained network for one clip.
/// @param frames    `[n_frames, n_columns]`, as the feature set gives them
/// @param speaker   as FrameSource::speaker()
/// @return         `[n_outputs]` probabilities
[[nodiscard]] std::vector<float> predict(const SequenceNetwork<float>& network,
                                         MatrixView<const float> frames, std::span<const float> speaker,
                                         double trim_db, SequenceNetwork<float>::Workspace& workspace);

}  // namespace undertone::nn
