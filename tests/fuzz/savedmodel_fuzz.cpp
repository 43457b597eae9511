#include "exchange_read.hpp"

// The three files of a SavedModel.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    fuzz::parse_or_refuse([&] { fuzz::read_saved_model(fuzz::as_text(data, size)); });
    return 0;
}
