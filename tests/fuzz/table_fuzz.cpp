#include "corpus/csv.hpp"
#include "corpus/own_data.hpp"
#include "fuzz.hpp"

// The first byte chooses the format of the rest.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    if (size == 0) return 0;
    const std::string_view text = fuzz::as_text(data + 1, size - 1);
    fuzz::parse_or_refuse([&] {
        if (data[0] == 'j') {
            for (const corpus::TableRow& row : corpus::parse_jsonl_rows(text, "fuzz")) {
                fuzz::require(!row.file.empty());
                if (const auto time = corpus::parse_time(row.start)) fuzz::require(*time >= 0);
            }
            return;
        }
        const corpus::CsvTable table = corpus::parse_csv(text, "fuzz");
        std::size_t line = 0;
        for (const corpus::CsvRow& row : table.rows) {
            fuzz::require(row.fields.size() == table.columns.size());
            fuzz::require(row.line > line);
            line = row.line;
            // What is written is read back the same.
            std::string again = "a,b\n";
            again += corpus::csv_field(row.fields.front()) + "," + corpus::csv_field("x") + "\n";
            const corpus::CsvTable copy = corpus::parse_csv(again, "fuzz");
            fuzz::require(copy.rows.size() == 1 && copy.rows[0].fields[0] == row.fields.front());
        }
        static_cast<void>(corpus::parse_csv_rows(text, "fuzz"));
    });
    return 0;
}
