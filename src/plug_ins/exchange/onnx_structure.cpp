#include "plug_ins/exchange/onnx_structure.hpp"

#include <cstdint>
#include <optional>

namespace undertone::exchange {
namespace {

// Numbers of fields: Model.graph, Graph.initializer, Tensor.float_data, raw_data and double_data.
constexpr std::uint64_t kGraph = 7, kInitializer = 5, kFloats = 4, kRaw = 9, kDoubles = 10;

struct Field {
    std::uint64_t number;
    std::string_view content;  // of a field with a length
};

std::optional<std::uint64_t> varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if (byte < 0x80) return value;
    }
    return std::nullopt;
}

/// The next field, taken off the bytes; nothing at their end or where they are broken.
std::optional<Field> next(std::string_view& bytes) {
    const auto key = varint(bytes);
    if (!key) return std::nullopt;
    std::uint64_t size = 0;
    switch (*key & 7U) {
        case 0:
            if (!varint(bytes)) return std::nullopt;
            break;
        case 1:
            size = 8;
            break;
        case 5:
            size = 4;
            break;
        case 2: {
            const auto length = varint(bytes);
            if (!length) return std::nullopt;
            size = *length;
            break;
        }
        default:
            return std::nullopt;
    }
    if (size > bytes.size()) return std::nullopt;
    const Field field{*key >> 3U, (*key & 7U) == 2 ? bytes.substr(0, size) : std::string_view()};
    bytes.remove_prefix(size);
    return field;
}

std::size_t number_bytes(std::string_view tensor) {
    std::size_t n = 0;
    while (const auto field = next(tensor))
        if (field->number == kFloats || field->number == kRaw || field->number == kDoubles)
            n += field->content.size();
    return n;
}

}  // namespace

std::size_t onnx_structure_bytes(std::string_view bytes) {
    std::size_t numbers = 0;
    std::string_view model = bytes;
    while (const auto part = next(model)) {
        if (part->number != kGraph) continue;
        std::string_view graph = part->content;
        while (const auto field = next(graph))
            if (field->number == kInitializer) numbers += number_bytes(field->content);
    }
    return bytes.size() - numbers;
}

}  // namespace undertone::exchange
