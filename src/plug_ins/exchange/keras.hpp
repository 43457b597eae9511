#pragma once

#include <functional>
#include <string>
#include <vector>

#include "exchange/formats.hpp"
#include "formats/json.hpp"
#include "undertone/tensor.hpp"

namespace undertone::exchange {

/// keras.config.epsilon(): a Normalization takes a smaller deviation for that.
inline constexpr double kKerasFuzz = 1e-7;

/// Keras before version 3: the config is an attribute, weights lie in groups of their layers' names.
[[nodiscard]] Imported read_h5(const std::string& bytes);

/// Keras 3: a zip with config.json and model.weights.h5, whose groups are numbered by kinds of layers.
[[nodiscard]] Imported read_keras(const std::string& path);

/// A `.keras` that Keras 3 loads, with the labels in its metadata.json, which Keras passes over.
[[nodiscard]] std::string write_keras(Perceptron network);

/// A functional model from frames of clips to probabilities, likewise.
[[nodiscard]] std::string write_keras_frames(const FrameModel& model);

/// One layer of a config.
struct KerasLayer {
    std::string name, kind;  ///< "dense_1", "Dense"
    Json config;
};

/// The layers of a config, which must be a chain from one input to one output.
/// @throws Error corrupt_data, unsupported_format
[[nodiscard]] std::vector<KerasLayer> keras_layers(const std::string& config_text);

/// Finds a weight of a layer: the layer's place among all, its place within the layer, its name in older
/// files.
using KerasWeight =
    std::function<const Tensor&(std::size_t layer, std::size_t place, const std::string& name)>;

/// What the layers do to their inputs.
/// @throws Error corrupt_data, unsupported_format  the message names the layer
[[nodiscard]] Perceptron keras_network(const std::vector<KerasLayer>& layers, const KerasWeight& weight);

}  // namespace undertone::exchange
