#pragma once

#include <cstddef>
#include <vector>

#include "undertone/frame_source.hpp"
#include "undertone/matrix.hpp"

/// What a network usually makes of one speaker: it takes some voices for angry, whatever they feel. Where a
/// speaker's clips are known, that can be taken off. It supposes that those clips show the moods about as
/// evenly as the training did.
namespace undertone::nn {

/// The mean of a speaker's scores, drawn towards 0 where the clips are few.
/// @param scores   `[n_clips, n_classes]` log-probabilities of the speaker's clips
/// @return         `[n_classes]`, sums to 0
[[nodiscard]] std::vector<double> usual_scores(MatrixView<const double> scores);

/// Takes off what is usual for the speaker of each clip: what the speaker's numbers say, else what
/// usual_scores() says of the other clips that have the same numbers. Clips of unknown speakers stay as they
/// are.
/// @param first    where among the speaker's numbers the usual scores begin, if there are so many
/// @param scores   `[clips.size(), n_classes]` log-probabilities
/// @return         `[clips.size()]` whether there was something to take off
std::vector<bool> take_off_usual(const FrameSource& clips, std::size_t first, Matrix<double>& scores);

}  // namespace undertone::nn
