#include "mutate_tensors.hpp"

// The container alone; model_fuzz.cpp has what a model means by it.
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
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace undertone;
    using namespace undertone::fuzz;
    static constexpr std::array<std::string_view, 12> kWords{"__metadata__", "dtype", "shape", "data_offsets",
                                                             "F16",          "F32",   "F64",   "I32",
                                                             "I64",          "BF16",  "a",     "b"};
    return mutate(data, size, max_size, seed, [](const std::string& text, Dice& dice) {
        TensorFile file = parse_safetensors(text, "fuzz");
        if (dice.one_in(2)) return with_changed_header(text, dice, kWords);
        change_tensors(file, dice);
        if (dice.one_in(4)) file.metadata[plain("key")] = plain("value");
        return format_safetensors(file);
    });
}
