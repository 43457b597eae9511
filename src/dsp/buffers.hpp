#pragma once

#include <vector>

#include "dsp/frames.hpp"
#include "undertone/workspace.hpp"

namespace undertone::dsp {

struct Workspace::Buffers {
    FramePlan::Workspace frames;
    std::vector<Lanes> spectrogram;   // [n_bins], of a batch
    std::vector<Lanes> bands;         // [n_mels], of a batch; of every batch where a peak decides over all
    std::vector<Lanes> coefficients;  // [n_mfcc], of a batch
};

/// Writes a batch, one frame a lane, into rows first_row ... of a matrix.
inline void store(const Lanes* batch, std::size_t first_row, Matrix<float>& out) {
    for (std::size_t lane = 0; lane < kLanes && first_row + lane < out.rows(); ++lane)
        for (std::size_t column = 0; column < out.cols(); ++column)
            out(first_row + lane, column) = batch[column][lane];
}

}  // namespace undertone::dsp
