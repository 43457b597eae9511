#include <string>

#include "fuzz.hpp"
#include "undertone/model.hpp"
#include "undertone/tensor.hpp"

namespace undertone {
namespace {

/// With the checksum that belongs to it: it would keep the fuzzer from all that is read after it.
std::string signed_bytes(TensorFile file) {
    file.metadata.erase("checksum");
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : format_safetensors(file))
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; hash >>= 4) text[i] = "0123456789abcdef"[hash & 15];
    file.metadata["checksum"] = text;
    return format_safetensors(file);
}

void parse_model(std::string_view bytes) {
    fuzz::parse_or_refuse([&] { fuzz::require(!Model::parse(bytes, "fuzz").labels().empty()); });
}

}  // namespace
}  // namespace undertone

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    fuzz::parse_or_refuse([&] {
        const TensorFile file = parse_safetensors(fuzz::as_text(data, size), "fuzz");
        for (const Tensor& tensor : file.tensors)
            std::visit([&](const auto& values) { fuzz::require(values.size() == tensor.element_count()); },
                       tensor.values);
        // What was read can be written, and then says the same.
        const std::string bytes = format_safetensors(file);
        fuzz::require(format_safetensors(parse_safetensors(bytes, "fuzz")) == bytes);
        parse_model(signed_bytes(file));
    });
    parse_model(fuzz::as_text(data, size));
    return 0;
}
