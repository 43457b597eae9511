#include "plug_ins/exchange/onnx_tensor.hpp"

#include <cstring>

#include "core/text.hpp"
#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

constexpr int kMostDimensions = 8;

template <class T, class Numbers>
void take(const std::string& raw, const Numbers& numbers, std::vector<double>& values) {
    if (raw.empty()) {
        values.assign(numbers.begin(), numbers.end());
        return;
    }
    for (std::size_t at = 0; at + sizeof(T) <= raw.size(); at += sizeof(T)) {
        T value;
        std::memcpy(&value, raw.data() + at, sizeof(T));
        values.push_back(static_cast<double>(value));
    }
}

}  // namespace

std::shared_ptr<const GraphTensor> onnx_tensor(const onnx_file::Tensor& tensor) {
    if (tensor.external_data_size() > 0 || tensor.data_location() != 0)
        throw Error(Errc::unsupported_format, "keeps the tensor " + shown(tensor.name()) +
                                                  " in another file: save it again as one file");
    auto made = std::make_shared<GraphTensor>();
    std::size_t count = 1;
    if (tensor.dims_size() > kMostDimensions)
        throw Error(Errc::corrupt_data, "the tensor " + shown(tensor.name()) + " has too many dimensions");
    for (const std::int64_t size : tensor.dims()) {
        constexpr std::int64_t kMost = std::int64_t{1} << 31;
        if (size < 0 || size > kMost || (size != 0 && count > static_cast<std::size_t>(kMost / size)))
            throw Error(Errc::corrupt_data, "the tensor " + shown(tensor.name()) + " has no shape");
        count *= static_cast<std::size_t>(size);
        made->shape.push_back(static_cast<std::size_t>(size));
    }
    switch (tensor.data_type()) {
        case kOnnxFloat:
            take<float>(tensor.raw_data(), tensor.float_data(), made->numbers);
            break;
        case kOnnxDouble:
            take<double>(tensor.raw_data(), tensor.double_data(), made->numbers);
            break;
        case kOnnxInt32:
            take<std::int32_t>(tensor.raw_data(), tensor.int32_data(), made->numbers);
            break;
        case kOnnxInt64:
            take<std::int64_t>(tensor.raw_data(), tensor.int64_data(), made->numbers);
            break;
        case kOnnxText:
            made->texts.assign(tensor.string_data().begin(), tensor.string_data().end());
            break;
        default:
            return made;
    }
    made->wide = tensor.data_type() == kOnnxDouble;
    if (made->numbers.size() + made->texts.size() != count)
        throw Error(Errc::corrupt_data, "the tensor " + shown(tensor.name()) + " has " +
                                            std::to_string(made->numbers.size()) +
                                            " numbers, its shape asks for " + std::to_string(count));
    return made;
}

}  // namespace undertone::exchange
