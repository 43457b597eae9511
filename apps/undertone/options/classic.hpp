#pragma once

#include <map>
#include <string>

#include "undertone/classifier.hpp"

namespace undertone::app {

/// What `train` and `demo` begin from, for make_classifier(): the options that the classic Python project
/// trains with; none for a framework of frames, which it did not have.
/// @throws Error invalid_argument  an unknown framework
[[nodiscard]] std::map<std::string, std::string> classic_options(const std::string& framework);

/// float64 as scikit-learn's, float32 for the others.
[[nodiscard]] Dtype classic_dtype(const std::string& framework);

/// The framework's name of the number of epochs.
[[nodiscard]] std::string epochs_option(const std::string& framework);

}  // namespace undertone::app
