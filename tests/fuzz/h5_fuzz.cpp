#include "exchange_read.hpp"

// What Keras before version 3 wrote. HDF5 itself runs in a process of its own, which may crash.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    fuzz::parse_or_refuse([&] {
        fuzz::require_whole(fuzz::exchange_plug_in().read_h5(std::string(fuzz::as_text(data, size))));
    });
    return 0;
}
