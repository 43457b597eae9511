#pragma once

#include "framework/framework.hpp"

namespace undertone::nn {

/// "sklearn": MlpClassifier behind undertone::Classifier.
[[nodiscard]] Framework sklearn_framework();

}  // namespace undertone::nn
