#include "exchange_read.hpp"
#include "mutate_protobuf.hpp"

// A graph of ONNX.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    fuzz::parse_or_refuse([&] {
        fuzz::require_whole(fuzz::exchange_plug_in().read_onnx(std::string(fuzz::as_text(data, size))));
    });
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace undertone::fuzz;
    return mutate(data, size, max_size, seed, changed_message);
}
