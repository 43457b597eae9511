#pragma once

#include <string>
#include <string_view>

#include "exchange/formats.hpp"
#include "exchange/perceptron.hpp"

namespace undertone::exchange {

/// Whether bytes begin as a pickle of protocol 2 to 5 does, or as a packed joblib file.
[[nodiscard]] bool looks_like_pickle(std::string_view head);

/// An MLPClassifier, alone or at the end of a Pipeline after StandardScaler, of scikit-learn 0.24 and later.
/// @throws Error corrupt_data, unsupported_format, not_fitted
[[nodiscard]] Imported read_sklearn(std::string bytes);

/// The same as a pickle of protocol 3, which scikit-learn 0.24 and later load. Its classes are sorted.
/// @throws Error unsupported_format
[[nodiscard]] std::string write_sklearn(Perceptron network);

}  // namespace undertone::exchange
