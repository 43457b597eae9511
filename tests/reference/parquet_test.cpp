// Tables that pyarrow and audformat wrote, beside what pandas wrote of the same data as CSV:
// tools/reference/parquet_tables.py.
#include "tables/parquet/parquet.hpp"

#include <filesystem>

#include "corpus/own_data.hpp"
#include "os/file.hpp"
#include "support/support.hpp"
#include "undertone/corpus.hpp"

namespace undertone::corpus {
namespace {

std::string made(const std::string& name) {
    return test::project_file("tests/reference/data/parquet/" + name);
}

bool all(std::string_view /*name*/) { return true; }

CsvTable parquet(const std::string& name, std::size_t max_bytes = std::size_t{1} << 24) {
    return parse_parquet(read_file(made(name + ".parquet")), name + ".parquet", all, max_bytes);
}

// pandas writes as many digits for each duration of a column as one of them needs.
std::string told(const std::string& cell) {
    const auto time = cell.find(" days ") == std::string::npos ? std::nullopt : parse_time(cell);
    return time ? std::to_string(*time) : cell;
}

void expect_same(const std::string& name) {
    const CsvTable read = parquet(name), csv = parse_csv(read_file(made(name + ".csv")), name + ".csv");
    EXPECT_EQ(read.columns, csv.columns) << name;
    ASSERT_EQ(read.rows.size(), csv.rows.size()) << name;
    for (std::size_t row = 0; row < csv.rows.size(); ++row) {
        ASSERT_EQ(read.rows[row].fields.size(), csv.columns.size());
        for (std::size_t i = 0; i < csv.columns.size(); ++i)
            EXPECT_EQ(told(read.rows[row].fields[i]), told(csv.rows[row].fields[i]))
                << name << ", row " << row + 1 << ", column " << csv.columns[i];
        EXPECT_EQ(read.rows[row].line, row + 1);
    }
}

TEST(Parquet, IsWhatPandasWritesAsCsv) {
    for (const char* name : {"plain", "pages", "version_2", "version_2_plain", "groups", "seconds", "none",
                             "index", "db.files", "db.emotion", "db.parts"})
        expect_same(name);
}

TEST(Parquet, WhatIsNotReadIsNamed) {
    const std::string refused = read_file(made("refused.parquet"));
    EXPECT_ERROR(
        parquet("refused"), Errc::unsupported_format,
        "refused.parquet: column list: a list or other nested type is not read; save the database as CSV");
    EXPECT_ERROR(parse_parquet(refused, "a.parquet", [](std::string_view name) { return name == "day"; }),
                 Errc::unsupported_format, "a.parquet: column day: a date, decimal or other type");
    const CsvTable rest = parse_parquet(
        refused, "a.parquet", [](std::string_view name) { return name == "text" || name == "last"; });
    ASSERT_EQ(rest.rows.size(), 1);
    EXPECT_EQ(rest.rows[0].fields, (std::vector<std::string>{"a", "z"}));
    EXPECT_ERROR(
        parquet("delta"), Errc::unsupported_format,
        "delta.parquet: column text: encoding 7 (of parquet.thrift; PLAIN, dictionaries and RLE are read)");
    EXPECT_ERROR(parquet("brotli"), Errc::unsupported_format,
                 "brotli.parquet: column text: compression other than snappy, gzip and zstd is not read");
    EXPECT_ERROR(parquet("plain", 300), Errc::unsupported_format, "a table that is too large for memory");
}

TEST(Parquet, CutAndChangedFilesAreRefusedOrRead) {
    for (const char* name : {"pages", "seconds", "groups"}) {
        const std::string whole = read_file(made(std::string(name) + ".parquet"));
        for (std::size_t size = 0; size < whole.size(); size += 1 + size / 40)
            EXPECT_ERROR(parse_parquet(whole.substr(0, size), "cut.parquet", all), Errc::corrupt_data,
                         "cut.parquet: is broken Parquet: it does not begin and end with PAR1");
        for (std::size_t at = 0; at < whole.size(); ++at)
            for (const char bits : {'\x01', '\x80', '\xff'}) {
                std::string changed = whole;
                changed[at] = static_cast<char>(changed[at] ^ bits);
                try {
                    static_cast<void>(parse_parquet(changed, "changed.parquet", all, 1U << 20U));
                } catch (const Error& error) {
                    EXPECT_TRUE(error.code() == Errc::corrupt_data ||
                                error.code() == Errc::unsupported_format);
                }
            }
    }
}

// The database in one format alone, with the recordings that it names.
Corpus database(const test::TemporaryFolder& folder, const std::string& format) {
    namespace fs = std::filesystem;
    const fs::path root = folder.path(format);
    fs::create_directories(root / "made" / "wav");
    for (const char name : std::string("abcdef"))
        write_file((root / "made/wav" / (std::string(1, name) + ".wav")).string(), "");
    fs::copy_file(made("db.yaml"), root / "made/db.yaml");
    for (const char* table : {"db.files", "db.emotion", "db.parts"})
        fs::copy_file(made(std::string(table) + "." + format),
                      root / "made" / (std::string(table) + "." + format));
    const std::vector<std::string> places{(root / "made").string()};
    Corpus corpus = read_corpus(places);
    for (Recording& recording : corpus.recordings) {
        recording.path = recording.path.substr(root.string().size());
        recording.listed_at = "";
    }
    return corpus;
}

TEST(Parquet, AnAudformatDatabaseIsTheSameInBothFormats) {
    const test::TemporaryFolder folder;
    const Corpus parquet = database(folder, "parquet"), csv = database(folder, "csv");
    EXPECT_EQ(parquet.licence, "CC0-1.0");
    EXPECT_EQ(parquet.recordings, csv.recordings);
    ASSERT_EQ(parquet.recordings.size(), 6);
    const Recording& first = parquet.recordings[0];
    EXPECT_EQ(first.emotion + " " + first.speaker + " " + first.gender + " " + first.split + " " + first.text,
              "angry made:3 male test früh");
    const Recording& open = parquet.recordings[3];  // its end is NaT
    EXPECT_EQ(open.emotion + " " + std::to_string(open.start_s) + " " + std::to_string(open.end_s),
              "happy 1.500000 0.000000");
    EXPECT_EQ(parquet.recordings[4].start_s, 1e-9);
}

}  // namespace
}  // namespace undertone::corpus
