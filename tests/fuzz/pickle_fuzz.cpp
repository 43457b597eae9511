#include "exchange/sklearn.hpp"
#include "exchange_read.hpp"

// A pickle or a joblib file, as scikit-learn leaves it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    fuzz::parse_or_refuse(
        [&] { fuzz::require_whole(exchange::read_sklearn(std::string(fuzz::as_text(data, size)))); });
    return 0;
}
