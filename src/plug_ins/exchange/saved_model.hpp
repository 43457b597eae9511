#pragma once

#include <string>
#include <string_view>

#include "exchange/formats.hpp"

namespace undertone::exchange {

/// TensorFlow's SavedModel, from Keras 2 or from Keras 3's export(): the function that its signature calls,
/// followed from its input.
/// @param graph   the bytes of saved_model.pb
/// @param index   of variables/variables.index
/// @param data    of variables/variables.data-00000-of-00001
/// @throws Error corrupt_data, unsupported_format  the message names the operator
[[nodiscard]] Imported read_saved_model(const std::string& graph, std::string_view index,
                                        std::string_view data);

}  // namespace undertone::exchange
