#include "exchange_read.hpp"

// A zip of Keras 3.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    const fuzz::FileOf file(fuzz::as_text(data, size), "keras-fuzz-");
    fuzz::parse_or_refuse([&] { fuzz::require_whole(fuzz::exchange_plug_in().read_keras(file.path())); });
    return 0;
}
