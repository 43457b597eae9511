#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>

#include "core/text.hpp"
#include "exchange/pickle.hpp"
#include "undertone/error.hpp"
#include "undertone/fields.hpp"

namespace undertone::exchange {
namespace {

using Node = Pickle::Node;
using Kind = Pickle::Kind;

constexpr std::size_t kMostDimensions = 8;

[[noreturn]] void corrupt(const std::string& reason) { throw Error(Errc::corrupt_data, reason); }
[[noreturn]] void unsupported(const std::string& reason) { throw Error(Errc::unsupported_format, reason); }

/// Where the parts of an array lie: NumPy and joblib write them in four ways.
struct Parts {
    const Node* shape = nullptr;
    const Node* dtype = nullptr;
    bool fortran = false;
    std::string_view bytes;
    const Node* encoded = nullptr;  // bytes that protocol 2 wrote as text
    const Node* objects = nullptr;  // a list, of an array of objects
};

struct Type {
    char kind = '?';  // of NumPy: f i u b U S O
    std::size_t size = 0;
};

Type read_type(const Pickle& pickle, const Node& node) {
    if (!pickle.is_a(node, "dtype") || node.items.empty() || pickle.at(node.items[0]).kind != Kind::text)
        unsupported("an array is of " + std::string(pickle.type_name(node)) + ", which is not read");
    const std::string_view code = pickle.at(node.items[0]).text;
    if (node.state != Pickle::kNothing) {
        const Node& state = pickle.at(node.state);
        if (state.kind == Kind::tuple && state.items.size() > 1 && pickle.at(state.items[1]).text == ">")
            unsupported("an array is big-endian: save it again on another machine");
    }
    Type type{code.empty() ? '?' : code[0], 0};
    std::size_t digits = 1;
    for (; digits < code.size() && code[digits] >= '0' && code[digits] <= '9' && digits < 8; ++digits)
        type.size = type.size * 10 + static_cast<std::size_t>(code[digits] - '0');
    if (type.kind == 'U') type.size *= 4;  // UCS-4
    const bool number = (type.kind == 'f' && (type.size == 4 || type.size == 8)) ||
                        ((type.kind == 'i' || type.kind == 'u') && type.size >= 1 && type.size <= 8 &&
                         std::has_single_bit(type.size)) ||
                        (type.kind == 'b' && type.size == 1);
    const bool text = type.kind == 'O' || type.kind == 'U' || type.kind == 'S';
    if (digits != code.size() || !(number || text))
        unsupported("an array is of NumPy's type " + shown(code) + ", which is not read");
    return type;
}

std::vector<std::size_t> read_shape(const Pickle& pickle, const Node& node) {
    if (node.kind == Kind::integer && node.integer >= 0) return {static_cast<std::size_t>(node.integer)};
    if (node.kind != Kind::tuple || node.items.size() > kMostDimensions) corrupt("an array has no shape");
    std::vector<std::size_t> shape;
    for (const Pickle::Ref ref : node.items) {
        const Node& size = pickle.at(ref);
        if (size.kind != Kind::integer || size.integer < 0) corrupt("an array has no shape");
        shape.push_back(static_cast<std::size_t>(size.integer));
    }
    return shape;
}

/// @throws Error corrupt_data  more elements than `most`
std::size_t count_of(const std::vector<std::size_t>& shape, std::size_t most) {
    std::size_t count = 1;
    for (const std::size_t size : shape) {
        if (size != 0 && count > most / size) corrupt("an array is larger than its file");
        count *= size;
    }
    return count;
}

/// Bytes that protocol 2 has as text: each byte a character of Latin-1.
std::string latin1(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::uint32_t first = static_cast<unsigned char>(text[i]);
        if (first < 0x80) {
            bytes += text[i];
        } else {
            if ((first != 0xC2 && first != 0xC3) || i + 1 == text.size())
                corrupt("bytes of the pickle are no Latin-1");
            bytes +=
                static_cast<char>((first << 6U & 0xC0U) | (static_cast<unsigned char>(text[++i]) & 0x3FU));
        }
    }
    return bytes;
}

void take_bytes(const Pickle& pickle, const Node& node, Parts& parts) {
    if (node.kind == Kind::bytes) {
        parts.bytes = node.text;
    } else if (pickle.is_a(node, "encode") && !node.items.empty() &&
               pickle.at(node.items[0]).kind == Kind::text) {
        parts.encoded = &pickle.at(node.items[0]);
    } else if (pickle.is_a(node, "bytearray") && !node.items.empty()) {
        const Node& inner = pickle.at(node.items[0]);
        if (inner.kind == Kind::object && pickle.is_a(inner, "bytearray")) corrupt("an array has no bytes");
        take_bytes(pickle, inner, parts);
    } else {
        corrupt("an array has no bytes");
    }
}

std::optional<Parts> parts_of(const Pickle& pickle, const Node& node) {
    Parts parts;
    const auto item = [&](const Node& of, std::size_t i) -> const Node& { return pickle.at(of.items[i]); };
    if (pickle.is_a(node, "NumpyArrayWrapper")) {
        const Node* order = pickle.member(node, "order");
        parts.shape = pickle.member(node, "shape");
        parts.dtype = pickle.member(node, "dtype");
        parts.fortran = order != nullptr && order->text == "F";
        parts.bytes = node.array_bytes;
    } else if (pickle.is_a(node, "_reconstruct") && node.state != Pickle::kNothing) {
        const Node& state = pickle.at(node.state);  // version, shape, dtype, is_fortran, bytes
        if (state.kind != Kind::tuple || state.items.size() != 5) corrupt("an array has no content");
        parts.shape = &item(state, 1);
        parts.dtype = &item(state, 2);
        parts.fortran = item(state, 3).integer != 0;
        if (item(state, 4).kind == Kind::list)
            parts.objects = &item(state, 4);
        else
            take_bytes(pickle, item(state, 4), parts);
    } else if (pickle.is_a(node, "_frombuffer") && node.items.size() == 4) {  // protocol 5
        take_bytes(pickle, item(node, 0), parts);
        parts.dtype = &item(node, 1);
        parts.shape = &item(node, 2);
        parts.fortran = item(node, 3).text == "F";
    } else if (pickle.is_a(node, "scalar") && node.items.size() == 2) {
        parts.dtype = &item(node, 0);
        take_bytes(pickle, item(node, 1), parts);
    } else {
        return std::nullopt;
    }
    return parts;
}

template <class T>
T loaded(std::string_view bytes, std::size_t i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    return value;
}

std::int64_t whole(std::string_view bytes, std::size_t i, const Type& type) {
    std::uint64_t value = 0;
    for (std::size_t b = type.size; b-- > 0;)
        value = value << 8U | static_cast<unsigned char>(bytes[i * type.size + b]);
    if (type.kind == 'i' && type.size < 8 && (value >> (8 * type.size - 1) & 1U) != 0)
        value |= ~std::uint64_t{0} << 8 * type.size;
    return std::bit_cast<std::int64_t>(value);
}

void append_utf8(std::string& text, std::uint32_t code) {
    const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | code >> 6U);
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | code >> 12U);
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x110000) {
        put(0xF0U | code >> 18U);
        put(0x80U | (code >> 12U & 0x3FU));
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        corrupt("a text of an array is no Unicode");
    }
}

std::string text_at(std::string_view bytes, std::size_t i, const Type& type) {
    std::string text;
    if (type.kind == 'S') {
        text = bytes.substr(i * type.size, type.size);
        text.resize(std::min(text.find('\0'), text.size()));
        return text;
    }
    for (std::size_t c = 0; c < type.size / 4; ++c) {
        const auto code = loaded<std::uint32_t>(bytes.substr(i * type.size), c);
        if (code == 0) break;
        append_utf8(text, code);
    }
    return text;
}

/// An element of an array of objects, as a label.
std::string object_text(const Pickle& pickle, const Node& node) {
    if (node.kind == Kind::text) return std::string(node.text);
    if (node.kind == Kind::integer) return std::to_string(node.integer);
    if (node.kind == Kind::boolean) return node.integer != 0 ? "True" : "False";
    unsupported("an array holds " + std::string(pickle.type_name(node)) + ", which is no label");
}

void read_element(NumpyArray& array, std::string_view bytes, std::size_t i, const Type& type) {
    switch (type.kind) {
        case 'f': {
            const double value =
                type.size == 4 ? static_cast<double>(loaded<float>(bytes, i)) : loaded<double>(bytes, i);
            array.numbers.push_back(value);
            return;
        }
        case 'b':
            array.numbers.push_back(bytes[i] != 0 ? 1 : 0);
            array.texts.emplace_back(bytes[i] != 0 ? "True" : "False");
            return;
        case 'i':
        case 'u': {
            const std::int64_t value = whole(bytes, i, type);
            array.numbers.push_back(static_cast<double>(value));
            array.texts.push_back(std::to_string(value));
            return;
        }
        default:
            array.texts.push_back(text_at(bytes, i, type));
    }
}

}  // namespace

bool is_array(const Pickle& pickle, const Node& node) {
    for (const std::string_view name : {"NumpyArrayWrapper", "_reconstruct", "_frombuffer", "scalar"})
        if (pickle.is_a(node, name)) return true;
    return false;
}

std::size_t wrapped_size(const Pickle& pickle, const Node& wrapper) {
    const Node* shape = pickle.member(wrapper, "shape");
    const Node* dtype = pickle.member(wrapper, "dtype");
    if (shape == nullptr || dtype == nullptr) corrupt("an array of joblib has no shape or no dtype");
    const Type type = read_type(pickle, *dtype);
    if (type.kind == 'O') return kNested;
    return count_of(read_shape(pickle, *shape), pickle.n_bytes() / std::max<std::size_t>(1, type.size)) *
           type.size;
}

NumpyArray read_array(const Pickle& pickle, const Node& node, std::size_t& budget, std::string_view name) {
    const std::optional<Parts> parts = parts_of(pickle, node);
    if (!parts || parts->dtype == nullptr)
        corrupt(std::string(name) + " is " + std::string(pickle.type_name(node)) + ", must be an array");
    const Type type = read_type(pickle, *parts->dtype);
    NumpyArray array;
    array.single = type.kind == 'f' && type.size == 4;
    if (parts->shape != nullptr) array.shape = read_shape(pickle, *parts->shape);
    const std::size_t count = count_of(array.shape, budget);
    if (type.kind == 'O') {
        if (parts->objects == nullptr || parts->objects->items.size() != count)
            corrupt(std::string(name) + " has another number of elements than its shape");
        budget -= count;
        for (const Pickle::Ref ref : parts->objects->items)
            array.texts.push_back(object_text(pickle, pickle.at(ref)));
        return array;
    }
    const std::size_t size = parts->encoded != nullptr ? parts->encoded->text.size() : parts->bytes.size();
    if (size > budget) corrupt("the arrays of the pickle are larger than the pickle");
    budget -= size;
    const std::string decoded = parts->encoded != nullptr ? latin1(parts->encoded->text) : std::string();
    const std::string_view bytes = parts->encoded != nullptr ? std::string_view(decoded) : parts->bytes;
    if (type.size == 0 || bytes.size() % type.size != 0 || bytes.size() / type.size != count)
        corrupt(std::string(name) + " has " + std::to_string(bytes.size()) +
                " bytes, its shape asks for another number");
    for (std::size_t i = 0; i < count; ++i) {
        std::size_t from = i;
        if (parts->fortran && array.shape.size() == 2)
            from = i % array.shape[1] * array.shape[0] + i / array.shape[1];
        read_element(array, bytes, from, type);
    }
    return array;
}

}  // namespace undertone::exchange
