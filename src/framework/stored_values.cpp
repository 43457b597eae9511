#include "framework/stored_values.hpp"

#include <algorithm>
#include <cmath>
#include <variant>

#include "undertone/error.hpp"

namespace undertone::nn {

const Tensor& stored_tensor(const std::vector<Tensor>& tensors, const std::string& name) {
    const auto found = std::find_if(tensors.begin(), tensors.end(),
                                    [&](const Tensor& tensor) { return tensor.name == name; });
    if (found == tensors.end()) throw Error(Errc::corrupt_data, name + " is missing");
    return *found;
}

const std::vector<float>& float_values(const Tensor& tensor) {
    const auto* values = std::get_if<std::vector<float>>(&tensor.values);
    if (values == nullptr) throw Error(Errc::corrupt_data, tensor.name + " must be float32");
    if (values->size() != tensor.element_count())
        throw Error(Errc::corrupt_data, tensor.name + " has not as many values as its shape says");
    if (!std::all_of(values->begin(), values->end(), [](float value) { return std::isfinite(value); }))
        throw Error(Errc::corrupt_data, tensor.name + " holds a value that is not finite");
    return *values;
}

}  // namespace undertone::nn
