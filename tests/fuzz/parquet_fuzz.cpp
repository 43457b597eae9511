#include "corpus/parquet.hpp"
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    fuzz::parse_or_refuse([&] {
        constexpr std::size_t kMemory = std::size_t{1} << 20;
        const corpus::CsvTable table = corpus::parse_parquet(
            fuzz::as_text(data, size), "fuzz", [](std::string_view) { return true; }, kMemory);
        for (const corpus::CsvRow& row : table.rows) fuzz::require(row.fields.size() == table.columns.size());
    });
    return 0;
}
