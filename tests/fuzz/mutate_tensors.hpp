#pragma once

#include <limits>

#include "mutate_json.hpp"
#include "undertone/tensor.hpp"

/// safetensors files whose length of the header, offsets and shapes agree, whatever else changes in them.
namespace undertone::fuzz {

inline void change_numbers(Tensor& tensor, Dice& dice) {
    std::visit(
        [&](auto& values) {
            using Value = typename std::decay_t<decltype(values)>::value_type;
            if (values.empty()) return;
            const std::size_t at = dice.below(values.size());
            static constexpr std::array kOdd{0.0, -1.0, 1.0, 1e-30, 1e30, 1e9, -1e9, 65504.0};
            if constexpr (std::is_floating_point_v<Value>)
                values[at] = dice.one_in(12)  ? std::numeric_limits<Value>::quiet_NaN()
                             : dice.one_in(2) ? values[at] * Value(1.5)
                                              : static_cast<Value>(dice.of(kOdd));
            else
                values[at] = static_cast<Value>(dice.of(kOddNumbers));
        },
        tensor.values);
}

/// Another extent, and as many values as that asks for.
inline void change_shape(Tensor& tensor, Dice& dice) {
    constexpr std::size_t kMost = 1U << 14;
    std::vector<std::size_t> shape = tensor.shape;
    switch (dice.below(3)) {
        case 0:
            shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(dice.below(shape.size() + 1)),
                         dice.below(3));
            break;
        case 1:
            if (!shape.empty())
                shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(dice.below(shape.size())));
            break;
        default:
            if (!shape.empty()) dice.of(shape) = dice.below(dice.one_in(4) ? 300 : 9);
    }
    std::size_t n = 1;
    for (const std::size_t extent : shape) n *= std::min(extent, kMost);
    if (n > kMost) return;
    tensor.shape = shape;
    std::visit([&](auto& values) { values.resize(n); }, tensor.values);
}

inline void change_tensors(TensorFile& file, Dice& dice) {
    if (file.tensors.empty()) return;
    auto& tensors = file.tensors;
    Tensor& tensor = dice.of(tensors);
    switch (dice.below(8)) {
        case 0:
            tensors.erase(tensors.begin() + static_cast<std::ptrdiff_t>(dice.below(tensors.size())));
            break;
        case 1: {
            Tensor copy = tensor;
            copy.name = dice.one_in(2) ? plain(copy.name) : dice.of(tensors).name + "0";
            tensors.push_back(std::move(copy));
            break;
        }
        case 2:
            std::swap(tensor.name, dice.of(tensors).name);
            break;
        case 3:
            if (std::holds_alternative<std::vector<float>>(tensor.values)) tensor.half = !tensor.half;
            break;
        case 4:
        case 5:
            change_shape(tensor, dice);
            break;
        default:
            change_numbers(tensor, dice);
    }
}

/// The same tensors under a header that lies about one of them.
inline std::string with_changed_header(const std::string& bytes, Dice& dice, Words words) {
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    const std::string header = changed_json(bytes.substr(sizeof length, length), dice, words);
    const std::uint64_t changed = header.size();
    return std::string(reinterpret_cast<const char*>(&changed), sizeof changed) + header +
           bytes.substr(sizeof length + length);
}

}  // namespace undertone::fuzz
