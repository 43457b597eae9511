#pragma once

#include <string>
#include <vector>

#include "undertone/model.hpp"

namespace undertone::app {

/// A folder of what is installed with the program, `../share/undertone/NAME` from it, in the build tree as in
/// an installation.
[[nodiscard]] std::string shipped_folder(const std::string& name);

/// The shipped model that answers when none is named.
inline constexpr const char* kDefaultModel = "ravdess";

/// The models that came with the program, sorted: "emodb", "ravdess"; none where none are installed.
[[nodiscard]] std::vector<std::string> shipped_models();

/// The file of a model: a path, or the name of a shipped model where no such file is there. A name with a
/// slash or a dot in it is a path.
/// @throws Error io  neither; the message lists the shipped ones
[[nodiscard]] std::string model_file(const std::string& name);

/// The file of the model that answers when none is named: model.safetensors of the current folder, which is
/// where `train` leaves it, else the shipped model `ravdess`.
/// @throws Error io  neither is there
[[nodiscard]] std::string default_model_file();

}  // namespace undertone::app
