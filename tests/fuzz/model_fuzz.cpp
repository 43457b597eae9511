#include "fuzz.hpp"
#include "undertone/model.hpp"
#include "undertone/tensor.hpp"

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
    });
    fuzz::parse_or_refuse([&] {
        const Model model = Model::parse(fuzz::as_text(data, size), "fuzz");
        const std::string bytes = model.bytes();
        fuzz::require(Model::parse(bytes, "fuzz").labels() == model.labels());
    });
    return 0;
}
