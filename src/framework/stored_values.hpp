#pragma once

#include <string>
#include <vector>

#include "undertone/tensor.hpp"

namespace undertone::nn {

/// The tensor of a model file that has that name.
/// @throws Error corrupt_data  none has it
[[nodiscard]] const Tensor& stored_tensor(const std::vector<Tensor>& tensors, const std::string& name);

/// Its values, all of them finite and as many as its shape says.
/// @throws Error corrupt_data
[[nodiscard]] const std::vector<float>& float_values(const Tensor& tensor);

}  // namespace undertone::nn
