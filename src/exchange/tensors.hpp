#pragma once

#include <string>
#include <variant>
#include <vector>

#include "undertone/error.hpp"
#include "undertone/tensor.hpp"

namespace undertone::exchange {

/// A tensor's values in double.
[[nodiscard]] inline std::vector<double> numbers(const Tensor& tensor) {
    return std::visit([](const auto& values) { return std::vector<double>(values.begin(), values.end()); },
                      tensor.values);
}

/// A model's tensor of that name.
/// @throws Error corrupt_data   there is none
[[nodiscard]] inline const Tensor& named(const std::vector<Tensor>& tensors, const std::string& name) {
    for (const Tensor& tensor : tensors)
        if (tensor.name == name) return tensor;
    throw Error(Errc::corrupt_data, "the model has no " + name);
}

}  // namespace undertone::exchange
