#include "corpus/audformat.hpp"
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    fuzz::parse_or_refuse([&] {
        const auto header = corpus::parse_audformat_header(fuzz::as_text(data, size), "fuzz");
        fuzz::require(header.tables.size() <= size);
    });
    return 0;
}
