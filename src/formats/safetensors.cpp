#include "formats/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <type_traits>
#include <utility>

#include "core/half.hpp"
#include "core/text.hpp"
#include "formats/json.hpp"
#include "undertone/error.hpp"
#include "undertone/fields.hpp"
#include "undertone/tensor.hpp"

namespace undertone {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are copied as they lie in memory");

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kMaxHeaderBytes = 100'000'000;  // the limit of the reference implementation

using Half = std::uint16_t;  // the bits of a binary16

template <class T>
constexpr std::string_view dtype_name = "";
template <>
constexpr std::string_view dtype_name<Half> = "F16";
template <>
constexpr std::string_view dtype_name<float> = "F32";
template <>
constexpr std::string_view dtype_name<double> = "F64";
template <>
constexpr std::string_view dtype_name<std::int32_t> = "I32";
template <>
constexpr std::string_view dtype_name<std::int64_t> = "I64";

struct Source {
    std::string_view data;  // the bytes after the header
    const std::string& origin;

    [[noreturn]] void fail(const std::string& reason, Errc code = Errc::corrupt_data) const {
        throw Error(code, origin + ": not a sound safetensors file: " + reason);
    }
};

template <class T>
bool read_values(const Source& source, std::string_view dtype, std::string_view bytes, Tensor& tensor) {
    if (dtype != dtype_name<T>) return false;
    // Compared by division, so that a huge shape cannot overflow into a small byte count.
    std::size_t left = bytes.size() / sizeof(T);
    bool fits = bytes.size() % sizeof(T) == 0;
    if (std::find(tensor.shape.begin(), tensor.shape.end(), 0U) != tensor.shape.end()) {
        fits = bytes.empty();
    } else {
        for (const std::size_t extent : tensor.shape) {
            fits = fits && left % extent == 0;
            left /= extent;
        }
        fits = fits && left == 1;
    }
    if (!fits)
        source.fail("tensor " + shown(tensor.name) + ": its shape does not fit its " +
                    std::to_string(bytes.size()) + " bytes");
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    if constexpr (std::is_same_v<T, Half>) {
        std::vector<float> floats(values.size());
        std::transform(values.begin(), values.end(), floats.begin(), half_to_float);
        tensor.values = std::move(floats);
        tensor.half = true;
    } else {
        tensor.values = std::move(values);
    }
    return true;
}

Tensor read_tensor(const Source& source, const std::string& name, const Json& entry) {
    Tensor tensor;
    tensor.name = name;
    const auto member = [&](const char* key) -> const Json& {
        if (!entry.is_object() || !entry.contains(key))
            source.fail("tensor " + shown(name) + " has no \"" + key + "\"");
        return entry[key];
    };
    const auto unsigned_list = [&](const char* key) {
        const Json& list = member(key);
        std::vector<std::size_t> values;
        if (!list.is_list()) source.fail("tensor " + shown(name) + ": \"" + key + "\" is not a list");
        for (const Json& item : list) {
            if (!item.is_unsigned())
                source.fail("tensor " + shown(name) + ": \"" + key + "\" holds something that is not a size");
            values.push_back(item.get<std::size_t>());
        }
        return values;
    };
    tensor.shape = unsigned_list("shape");
    const auto offsets = unsigned_list("data_offsets");
    if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > source.data.size())
        source.fail("tensor " + shown(name) + " lies outside the file; is it cut?");
    const Json& dtype = member("dtype");
    if (!dtype.is_text()) source.fail("tensor " + shown(name) + ": \"dtype\" is not text");
    const std::string kind = dtype.get<std::string>();
    const std::string_view bytes = source.data.substr(offsets[0], offsets[1] - offsets[0]);
    if (!read_values<Half>(source, kind, bytes, tensor) && !read_values<float>(source, kind, bytes, tensor) &&
        !read_values<double>(source, kind, bytes, tensor) &&
        !read_values<std::int32_t>(source, kind, bytes, tensor) &&
        !read_values<std::int64_t>(source, kind, bytes, tensor))
        source.fail(
            "tensor " + shown(name) + " has dtype " + shown(kind) + "; F16, F32, F64, I32 and I64 are read",
            Errc::unsupported_format);
    return tensor;
}

/// @return  the dtype in which it was written
template <class T>
std::string_view append_values(const std::vector<T>& values, std::string& data) {
    data.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    return dtype_name<T>;
}

template <class T>
std::string_view append_halves(const Tensor& tensor, const std::vector<T>& values, std::string& data) {
    if constexpr (std::is_same_v<T, float>) {
        std::vector<Half> halves;
        halves.reserve(values.size());
        for (const float value : values) {
            halves.push_back(float_to_half(value));
            if (std::isfinite(value) && !std::isfinite(half_to_float(halves.back())))
                throw Error(Errc::invalid_argument, "tensor " + shown(tensor.name) + " holds " +
                                                        detail::number_text(static_cast<double>(value)) +
                                                        ": half precision ends at 65504");
        }
        return append_values(halves, data);
    } else {
        (void)values;
        (void)data;
        throw Error(Errc::invalid_argument,
                    "tensor " + shown(tensor.name) + ": only float32 can be written in half precision");
    }
}

}  // namespace

std::size_t Tensor::element_count() const noexcept {
    return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

const Tensor* TensorFile::find(std::string_view name) const noexcept {
    const auto found =
        std::find_if(tensors.begin(), tensors.end(), [&](const Tensor& t) { return t.name == name; });
    return found == tensors.end() ? nullptr : &*found;
}

TensorFile parse_safetensors(std::string_view bytes, const std::string& origin) {
    Source source{{}, origin};
    if (bytes.size() < kLengthBytes)
        source.fail("only " + std::to_string(bytes.size()) + " bytes; the header length alone takes 8");
    std::uint64_t header_bytes = 0;
    std::memcpy(&header_bytes, bytes.data(), kLengthBytes);
    if (header_bytes > kMaxHeaderBytes) source.fail("it does not begin with the length of a header");
    if (header_bytes > bytes.size() - kLengthBytes)
        source.fail("its first 8 bytes announce a header of " + std::to_string(header_bytes) +
                    " bytes, the file has " + std::to_string(bytes.size()));
    const std::string_view header = bytes.substr(kLengthBytes, header_bytes);
    source.data = bytes.substr(kLengthBytes + header_bytes);

    const Json json = parse_json(header, origin + ": its header", {.bytes = kMaxHeaderBytes});
    if (!json.is_object()) source.fail("its header is not a JSON object");
    TensorFile file;
    std::size_t used = 0, of_tensors = 0;
    for (const auto& [name, entry] : json.members()) {
        if (name != "__metadata__") {
            // Tensors that share bytes would take many times the file: looked at before the next one is read.
            if (of_tensors > source.data.size()) source.fail("its tensors overlap");
            file.tensors.push_back(read_tensor(source, name, entry));
            const Json& offsets = entry["data_offsets"];
            const auto begin = offsets[0].get<std::size_t>(), end = offsets[1].get<std::size_t>();
            used = std::max(used, end);
            of_tensors += end - begin;
            continue;
        }
        if (!entry.is_object()) source.fail("__metadata__ is not a JSON object");
        for (const auto& [key, value] : entry.members()) {
            if (!value.is_text()) source.fail("__metadata__ " + shown(key) + " is not text");
            file.metadata[key] = value.get<std::string>();
        }
    }
    if (used != source.data.size())
        source.fail("bytes that follow its last tensor: " + std::to_string(source.data.size() - used));
    if (of_tensors > source.data.size()) source.fail("its tensors overlap");
    return file;
}

std::string safetensors_head(std::string header) {
    header.append((kLengthBytes - header.size() % kLengthBytes) % kLengthBytes, ' ');
    const std::uint64_t length = header.size();
    return std::string(reinterpret_cast<const char*>(&length), kLengthBytes) + header;
}

std::string format_safetensors(const TensorFile& file) {
    const auto check_text = [](const std::string& text) {
        if (!is_utf8(text))
            throw Error(Errc::invalid_argument,
                        "a safetensors file names tensors and says things of itself in UTF-8 only");
    };
    for (const auto& [key, value] : file.metadata) check_text(key), check_text(value);
    for (const Tensor& tensor : file.tensors) check_text(tensor.name);
    Json header = Json::object();
    if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
    std::string data;
    for (const Tensor& tensor : file.tensors) {
        std::visit(
            [&](const auto& values) {
                if (values.size() != tensor.element_count())
                    throw Error(Errc::shape_mismatch,
                                "tensor " + shown(tensor.name) + ": its shape asks for " +
                                    std::to_string(tensor.element_count()) + " values, there are " +
                                    std::to_string(values.size()));
                const std::size_t begin = data.size();
                const std::string_view dtype =
                    tensor.half ? append_halves(tensor, values, data) : append_values(values, data);
                // Not assigned from within the braces: clang 14 would lose what stood there before.
                Json place = {
                    {"dtype", dtype}, {"shape", tensor.shape}, {"data_offsets", {begin, data.size()}}};
                header[tensor.name] = std::move(place);
            },
            tensor.values);
    }
    if (header.size() != file.tensors.size() + (file.metadata.empty() ? 0 : 1))
        throw Error(Errc::invalid_argument, "two tensors of one name cannot be in one safetensors file");
    return safetensors_head(header.dump()) + data;
}

}  // namespace undertone
