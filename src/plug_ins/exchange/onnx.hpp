#pragma once

#include <string>

#include "exchange/formats.hpp"

namespace undertone::exchange {

/// A graph of dense layers, as skl2onnx, tf2onnx and `undertone export` write it.
/// @throws Error corrupt_data, unsupported_format  the message names the operator
[[nodiscard]] Imported read_onnx(const std::string& bytes);

/// A graph from features to probabilities, with scaler and softmax inside, any number of clips at once; the
/// labels are JSON in the metadata `labels`. Its numbers are float or double as the model's.
[[nodiscard]] std::string write_onnx(Perceptron network);

/// A graph from frames of clips to probabilities, likewise.
[[nodiscard]] std::string write_onnx_frames(const FrameModel& model);

}  // namespace undertone::exchange
