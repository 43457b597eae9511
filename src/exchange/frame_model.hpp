#pragma once

#include <string>
#include <utility>
#include <vector>

#include "exchange/frame_graph.hpp"
#include "nn/frames/network.hpp"
#include "undertone/model.hpp"

namespace undertone::exchange {

/// The frames of clips in which something is heard, from the first on; zeros behind their end.
struct HeardFrames {
    FrameValue frames;  ///< of float64 or float32 as what they are made of
    FrameValue inside;  ///< 1 of frames of the clip, 0 behind its end; one channel of float64
    FrameValue times;   ///< the number of each frame; float64
    FrameValue n;       ///< how many there are; float64
};

/// The frames that are heard: see nn/frames/trimmed.hpp.
[[nodiscard]] HeardFrames heard(const FrameValue& frames, double trim_db);

/// What speech/functionals.hpp tells of clips, `[1, n_functionals(n_bands)]` of float64.
[[nodiscard]] FrameValue functionals_of(const HeardFrames& clip, std::size_t n_bands);

/// The probabilities of one network, `[1, n_outputs]`.
/// @param frames   of float32, as the network reads them
/// @param name     put before the names of layers
/// @throws Error unsupported_format  a layer has no counterpart; it is named
[[nodiscard]] FrameValue network_of(const nn::SequenceNetwork<float>& network, const HeardFrames& frames,
                                    const std::string& name);

/// A model that reads frames, as other programs are told of it.
struct FrameModel {
    FrameGraph graph;                 ///< from frames, as the feature set gives them, to `[1, n_labels]`
    std::vector<std::string> labels;  ///< of the channels of the result
    /// What a reader of the file must know, name by name: the feature set and its options, how frames go in.
    std::vector<std::pair<std::string, std::string>> notes;
};

/// A model's own networks, regression, calibration. What hears a clip against its speaker is left out.
/// @throws Error unsupported_format, incompatible_model  it reads one vector a clip
[[nodiscard]] FrameModel frame_model_of(const Model& model);

}  // namespace undertone::exchange
