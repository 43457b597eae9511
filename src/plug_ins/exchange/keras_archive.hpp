#pragma once

#include <string>
#include <utility>
#include <vector>

#include "formats/json.hpp"
#include "undertone/tensor.hpp"

namespace undertone::exchange {

/// A layer as the config of a model has it.
[[nodiscard]] Json keras_layer(const std::string& kind, Json config);

/// "BatchNormalization" as groups of weights are called in Keras 3: "batch_normalization".
[[nodiscard]] std::string keras_group(const std::string& kind);

/// A `.keras`: a zip of config.json, metadata.json and model.weights.h5.
/// @param labels, notes   go into metadata.json, which Keras passes over
/// @param tensors   named as their places in model.weights.h5: "layers/dense/vars/0"
/// @param groups    of layers without weights
[[nodiscard]] std::string keras_archive(const Json& config, const std::vector<std::string>& labels,
                                        const std::vector<std::pair<std::string, std::string>>& notes,
                                        const std::vector<Tensor>& tensors, std::vector<std::string> groups);

}  // namespace undertone::exchange
