#include "mutate_thrift.hpp"
#include "tables/parquet/parquet.hpp"

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

// The footer keeps its length and the file its ends. The pages keep their places: the footer names them.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace undertone;
    using namespace undertone::fuzz;
    return mutate(data, size, max_size, seed, [](const std::string& text, Dice& dice) {
        constexpr std::size_t kEnd = 8, kBegin = 4, kLength = 4;
        std::uint32_t length = 0;
        if (text.size() < kBegin + kEnd) throw Error(Errc::corrupt_data, "no Parquet");
        std::memcpy(&length, text.data() + text.size() - kEnd, kLength);
        if (length > text.size() - kBegin - kEnd) throw Error(Errc::corrupt_data, "no Parquet");
        std::string pages = text.substr(0, text.size() - kEnd - length);
        std::string footer = text.substr(pages.size(), length);
        if (pages.size() > kBegin && dice.one_in(2)) {
            const std::size_t at = kBegin + dice.below(pages.size() - kBegin);
            plain_in_place(pages, at, 1 + dice.below(std::min<std::size_t>(16, pages.size() - at)));
        } else {
            for (std::size_t n = 1 + dice.below(2); n > 0; --n) footer = changed_thrift(footer, dice);
        }
        length = static_cast<std::uint32_t>(footer.size());
        return pages + footer + std::string(reinterpret_cast<const char*>(&length), kLength) + "PAR1";
    });
}
