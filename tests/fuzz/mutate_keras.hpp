#pragma once

#include "mutate_json.hpp"

namespace undertone::fuzz {

/// What config.json of Keras speaks of.
inline constexpr std::array<std::string_view, 40> kKerasWords{"class_name",
                                                              "config",
                                                              "layers",
                                                              "name",
                                                              "units",
                                                              "activation",
                                                              "use_bias",
                                                              "dtype",
                                                              "batch_shape",
                                                              "batch_input_shape",
                                                              "build_config",
                                                              "input_shape",
                                                              "registered_name",
                                                              "module",
                                                              "keras.layers",
                                                              "Sequential",
                                                              "Dense",
                                                              "Conv1D",
                                                              "Activation",
                                                              "Dropout",
                                                              "Flatten",
                                                              "InputLayer",
                                                              "MaxPooling1D",
                                                              "GlobalAveragePooling1D",
                                                              "BatchNormalization",
                                                              "LayerNormalization",
                                                              "Functional",
                                                              "kernel_size",
                                                              "strides",
                                                              "padding",
                                                              "same",
                                                              "causal",
                                                              "dilation_rate",
                                                              "filters",
                                                              "relu",
                                                              "softmax",
                                                              "linear",
                                                              "labels",
                                                              "float32",
                                                              "inbound_nodes"};

}  // namespace undertone::fuzz
