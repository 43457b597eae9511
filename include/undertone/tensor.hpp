#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace undertone {

/// A named array of numbers as files carry it: row-major values with their shape.
struct Tensor {
    std::string name;
    std::vector<std::size_t> shape;  ///< empty: a scalar
    std::variant<std::vector<float>, std::vector<double>, std::vector<std::int32_t>,
                 std::vector<std::int64_t>>
        values;
    bool half = false;  ///< a file holds the float values as IEEE binary16 (F16)

    /// The number of elements that the shape asks for.
    [[nodiscard]] std::size_t element_count() const noexcept;
};

/// The content of a safetensors file: tensors and text metadata.
struct TensorFile {
    std::vector<Tensor> tensors;
    std::map<std::string, std::string> metadata;

    /// The tensor of that name, or nullptr.
    [[nodiscard]] const Tensor* find(std::string_view name) const noexcept;
};

/// Parses the bytes of a safetensors file: dtypes F16, F32, F64, I32 and I64. F16 becomes
/// float, exactly, with Tensor::half set.
///
/// Nothing in the bytes is trusted: every offset, shape and length is checked before it is used, and no more
/// memory is taken than the bytes themselves hold.
/// @param origin   what to call the bytes in messages: a path, or "memory"
/// @throws Error corrupt_data  header missing, cut, not JSON, overlapping or missing bytes, shape that does
///         not fit its byte count; unsupported_format for a dtype not listed above
/// Source: the safetensors format, version 0.4 (8-byte little-endian header length, JSON, raw tensors).
[[nodiscard]] TensorFile parse_safetensors(std::string_view bytes, const std::string& origin);

/// The bytes of a safetensors file: metadata, then the tensors in the order given, aligned to 8 bytes.
/// The same content always gives the same bytes. What is `half` is rounded to nearest even.
/// @throws Error shape_mismatch    a tensor's values do not fill its shape
/// @throws Error invalid_argument  a tensor is `half` but not of float, or holds a finite value beyond
///         binary16's range, 65504; two tensors have one name; a name or the metadata is no UTF-8
[[nodiscard]] std::string format_safetensors(const TensorFile& file);

}  // namespace undertone
