#include "tables/csv.hpp"

#include "support/support.hpp"

namespace undertone::corpus {
namespace {

std::vector<std::vector<std::string>> rows(std::string_view text) {
    std::vector<std::vector<std::string>> all;
    for (const CsvRow& row : parse_csv(text, "t.csv").rows) all.push_back(row.fields);
    return all;
}
using Rows = std::vector<std::vector<std::string>>;

TEST(Csv, QuotesSeparatorsAndLineEnds) {
    EXPECT_EQ(rows("a,b\n1,2\n"), (Rows{{"1", "2"}}));
    EXPECT_EQ(rows("\xEF\xBB\xBF"
                   "a,b\r\n\"x,\"\"y\"\"\r\nz\", 2 \r\n\r\n3,\"\"\r"),
              (Rows{{"x,\"y\"\r\nz", "2"}, {"3", ""}}));
    EXPECT_EQ(rows("a\tb\nsays \"no\"\t2"), (Rows{{"says \"no\"", "2"}}));
    EXPECT_EQ(rows("a;b\n1,5;2\n"), (Rows{{"1,5", "2"}}));
    EXPECT_EQ(rows("a\n\" x \"\n"), (Rows{{" x "}}));
}

TEST(Csv, RowsKnowTheirLine) {
    const CsvTable table = parse_csv("a,b\n\"1\n\n\",2\n\n3,4\n", "t.csv");
    EXPECT_EQ(table.place(table.rows[0]), "t.csv:2");
    EXPECT_EQ(table.place(table.rows[1]), "t.csv:6");
}

TEST(Csv, RefusesWithFileAndLine) {
    EXPECT_ERROR(parse_csv("", "t.csv"), Errc::corrupt_data, "t.csv:1: is empty");
    EXPECT_ERROR(parse_csv("a,b\n1\n", "t.csv"), Errc::corrupt_data,
                 "t.csv:2: has 1 fields, the header has 2");
    EXPECT_ERROR(parse_csv("a,b\n1,\"2\n3,4\n", "t.csv"), Errc::corrupt_data,
                 "t.csv:2: a quote that is opened here");
    EXPECT_ERROR(parse_csv("a,b\n1,2\n3,x\"y\n", "t.csv"), Errc::corrupt_data,
                 "t.csv:3: a quote within a field");
    EXPECT_ERROR(parse_csv("a,b\n\"1\"2,3\n", "t.csv"), Errc::corrupt_data,
                 "t.csv:2: text after a closing quote");
    EXPECT_ERROR(parse_csv("a,A\n", "t.csv"), Errc::corrupt_data, "two columns are called A");
    EXPECT_ERROR(parse_csv(std::string_view("\xFF\xFE"
                                            "a\0",
                                            4),
                           "t.csv"),
                 Errc::corrupt_data, "is UTF-16");
    EXPECT_ERROR(parse_csv(std::string_view("a\n\0", 3), "t.csv"), Errc::corrupt_data,
                 "t.csv:2: holds a zero byte");
    EXPECT_ERROR(parse_csv("a,b\n", "t.csv").need({"file", "path"}), Errc::corrupt_data,
                 "t.csv:1: has no column file or path; its header names a b");
}

TEST(Csv, Utf8IsAsked) {
    check_utf8("\xC5\x82\xE4\xB8\xAD\xF0\x9F\x98\x80", "t.csv");
    for (const char* wrong : {"a\n\x92", "\xC0\xAF", "\xED\xA0\x80", "\xE4\xB8", "\xF5\x80\x80\x80"})
        EXPECT_ERROR(check_utf8(wrong, "t.csv"), Errc::corrupt_data, "is not UTF-8");
    EXPECT_ERROR(check_utf8("a\nI\x92m", "t.csv"), Errc::corrupt_data, "t.csv:2: byte 3 is not UTF-8");
}

TEST(Csv, FieldsAreQuotedWhereTheyMustBe) {
    EXPECT_EQ(csv_field("a b"), "a b");
    EXPECT_EQ(csv_field("a,\"b\""), "\"a,\"\"b\"\"\"");
    EXPECT_EQ(csv_field(" a"), "\" a\"");
}

TEST(Csv, RowByRowIsTheSame) {
    const std::string text = "a,b\n1,2\n\n3,4\n";
    Rows all;
    const CsvTable table = for_each_csv_row(text, "t.csv", [&](const CsvTable& header, CsvRow& row) {
        EXPECT_EQ(header.columns.size(), 2U);
        all.push_back(row.fields);
    });
    EXPECT_EQ(all, rows(text));
    EXPECT_EQ(table.columns, (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(table.rows.empty());
    EXPECT_EQ(for_each_csv_row("a,b\n", "t.csv", [](const CsvTable&, CsvRow&) { FAIL(); }).columns.size(),
              2U);
}

TEST(Csv, ALineOfManyFieldsIsNotKept) {
    EXPECT_EQ(parse_csv(std::string(4095, ','), "t.csv").columns.size(), 4096U);
    EXPECT_ERROR(parse_csv(std::string(4096, ','), "t.csv"), Errc::corrupt_data,
                 "t.csv:1: has more than the 4096 columns that are read");
    EXPECT_ERROR(parse_csv("a,b\n" + std::string(5000, ','), "t.csv"), Errc::corrupt_data,
                 "t.csv:2: has more");
}

TEST(ParseCsv, RowsAndFieldsAreBounded) {
    const std::string many = "a,b\n1,2\n3,4\n5,6\n";
    EXPECT_EQ(parse_csv(many, "t.csv", {.rows = 3, .fields = 6}).rows.size(), 3U);
    EXPECT_ERROR(parse_csv(many, "t.csv", {.rows = 2}), Errc::corrupt_data, "t.csv:4: is row 3 of 2 fields");
    EXPECT_ERROR(parse_csv(many, "t.csv", {.fields = 5}), Errc::corrupt_data, "cut the table in several");
    // One line of commas is refused before its fields are there.
    EXPECT_ERROR(parse_csv(std::string(50'000'000, ','), "t.csv"), Errc::corrupt_data,
                 "t.csv:1: has more than the 4096 columns");
    EXPECT_ERROR(parse_csv("a,b\n" + std::string(50'000'000, ','), "t.csv"), Errc::corrupt_data,
                 "t.csv:2: has more than the 4096 columns");
}

}  // namespace
}  // namespace undertone::corpus
