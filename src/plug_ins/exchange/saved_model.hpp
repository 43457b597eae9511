#pragma once

#include <string>
#include <string_view>

#include "exchange/formats.hpp"

namespace undertone::exchange {

/// A folder of TensorFlow's SavedModel: saved_model.pb and variables/, from Keras 2 or from Keras 3's
/// export().
/// @throws Error io, corrupt_data, unsupported_format  the message names the operator
[[nodiscard]] Imported read_saved_model(const std::string& path);

/// The same from the bytes of its three files.
[[nodiscard]] Imported read_saved_model(const std::string& graph, std::string_view index,
                                        std::string_view data);

}  // namespace undertone::exchange
