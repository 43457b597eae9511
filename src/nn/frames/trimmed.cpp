#include "nn/frames/trimmed.hpp"

#include <algorithm>
#include <numbers>
#include <vector>

namespace undertone {

MatrixView<const float> trimmed(MatrixView<const float> frames, double trim_db) {
    if (trim_db == 0 || frames.rows() == 0) return frames;
    std::vector<float> loudest(frames.rows());  // of the columns of each frame
    for (std::size_t t = 0; t < frames.rows(); ++t) {
        const auto frame = frames.row(t);
        loudest[t] = *std::max_element(frame.begin(), frame.end());
    }
    const double floor = static_cast<double>(*std::max_element(loudest.begin(), loudest.end())) -
                         trim_db * std::numbers::ln10 / 10;
    const auto heard = [&](float value) { return static_cast<double>(value) >= floor; };
    const auto first = std::find_if(loudest.begin(), loudest.end(), heard) - loudest.begin();
    const auto behind = loudest.rend() - std::find_if(loudest.rbegin(), loudest.rend(), heard);
    return {frames.data() + static_cast<std::size_t>(first) * frames.cols(),
            static_cast<std::size_t>(behind - first), frames.cols()};
}

}  // namespace undertone
