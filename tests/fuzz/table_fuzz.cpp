#include "corpus/own_data.hpp"
#include "mutate_text.hpp"
#include "tables/csv.hpp"

// The first byte chooses the format of the rest.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    if (size == 0) return 0;
    const std::string_view text = fuzz::as_text(data + 1, size - 1);
    const bool lines_of_json = data[0] == 'j';
    const auto check = [&](const std::vector<corpus::TableRow>& rows) {
        for (const corpus::TableRow& row : rows) {
            fuzz::require(!lines_of_json || !row.file.empty());  // of CSV, from_rows() refuses it
            if (const auto time = corpus::parse_time(row.start)) fuzz::require(*time >= 0);
        }
    };
    fuzz::parse_or_refuse([&] {
        if (lines_of_json) {
            check(corpus::parse_jsonl_rows(text, "fuzz"));
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
        check(corpus::parse_csv_rows(text, "fuzz"));
    });
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace undertone::fuzz;
    static constexpr std::array<std::string_view, 28> kWords{
        "file",     "emotion", "code",  "corpus",   "licence", "speaker", "gender",  "language",
        "text",     "style",   "split", "start",    "end",     "key",     "dataset", "wav",
        "emo",      "path",    "label", "happy",    "angry",   "a.wav",   "1.5",     "0 days 00:00:01.500000",
        "../b.wav", "song",    "test",  "1:02:03.5"};
    return mutate(data, size, max_size, seed, [](const std::string& text, Dice& dice) {
        const std::string rest = text.substr(1);
        if (text.front() == 'j') return "j" + changed_json_lines(rest, dice, kWords);
        const std::string header = rest.substr(0, rest.find('\n'));
        const char separator = header.find('\t') != std::string::npos  ? '\t'
                               : header.find(';') != std::string::npos ? ';'
                                                                       : ',';
        return text.front() + changed_table(rest, dice, kWords, separator);
    });
}
