#include <limits>

#include "support/support.hpp"
#include "tables/parquet/thrift.hpp"
#include "tables/parquet/values.hpp"

namespace undertone::corpus {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
const ParquetPlace kPlace{"t.parquet", "c"};

TEST(DurationText, IsAsPandasWritesIt) {
    constexpr PerSecond kNano = 1'000'000'000;
    EXPECT_EQ(duration_text(0, kNano), "0 days 00:00:00");
    EXPECT_EQ(duration_text(1'500'000'000, kNano), "0 days 00:00:01.500000");
    EXPECT_EQ(duration_text(1, kNano), "0 days 00:00:00.000000001");
    EXPECT_EQ(duration_text(90'061'250, 1000), "1 days 01:01:01.250000");
    EXPECT_EQ(duration_text(-1'500, 1000), "-1 days +23:59:58.500000");
    EXPECT_EQ(duration_text(std::numeric_limits<std::int64_t>::max(), 1), "106751991167300 days 15:30:07");
    EXPECT_EQ(duration_text(std::numeric_limits<std::int64_t>::min(), kNano), "");  // NaT
}

TEST(RunReader, RepeatsAndUnpacks) {
    // 3 times 5, then eight values of three bits: the example of Encodings.md.
    RunReader runs(ByteReader("\x06\x05\x03\x88\xC6\xFA"sv, kPlace), 3);
    for (const std::uint32_t value : {5U, 5U, 5U, 0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U})
        EXPECT_EQ(runs.next(), value);
    EXPECT_ERROR(runs.next(), Errc::corrupt_data,
                 "t.parquet: column c: is broken Parquet: it ends too early");
    RunReader nothing(ByteReader("\x06"sv, kPlace), 0);
    EXPECT_EQ(nothing.next(), 0U);
    RunReader wide(ByteReader("\x03\xff\xff\xff\xff\x01\x02\x03\x04"sv, kPlace), 32);
    EXPECT_EQ(wide.next(), 0xffffffffU);
    EXPECT_EQ(wide.next(), 0x04030201U);
    EXPECT_ERROR(RunReader(ByteReader("", kPlace), 33), Errc::corrupt_data, "more than 32 bits");
}

TEST(ReadPlain, RefusesTextThatIsNotUtf8) {
    ParquetBudget budget(1000);
    std::vector<std::string> values;
    const ParquetColumn column;  // of texts
    read_plain(ByteReader("\x02\0\0\0ab"sv, kPlace), column, 1, budget, values);
    EXPECT_EQ(values, std::vector<std::string>{"ab"});
    EXPECT_ERROR(read_plain(ByteReader("\x01\0\0\0\xff"sv, kPlace), column, 1, budget, values),
                 Errc::corrupt_data, "is not UTF-8");
    EXPECT_ERROR(read_plain(ByteReader("\xff\xff\xff\xff"sv, kPlace), column, 1, budget, values),
                 Errc::corrupt_data, "it ends too early");
}

TEST(ThriftReader, TakesWhatIsKnownAndSkipsTheRest) {
    // 1: i32 -3; 2: true; 4: list of two booleans; 5: map of i8 to text; 7: struct {1: i64 1}; 200: text "ab"
    const std::string bytes =
        "\x15\x05\x11\x29\x21\x01\x02\x1b\x01\x38\x07\x01x\x2c\x16\x02\x00\x08\x90\x03\x02"
        "ab\x00"s;
    ThriftReader in(ByteReader(bytes, kPlace));
    std::int64_t number = 0;
    bool fact = false;
    std::string text;
    in.each_field([&](std::int64_t id, ThriftReader::Type type) {
        if (id == 1) number = in.integer(type);
        if (id == 2) fact = in.boolean(type);
        if (id == 200) text = in.binary(type);
        return id == 1 || id == 2 || id == 200;
    });
    EXPECT_EQ(number, -3);
    EXPECT_TRUE(fact);
    EXPECT_EQ(text, "ab");
    EXPECT_EQ(in.left(), 0U);
}

TEST(ThriftReader, RefusesWhatIsNone) {
    const auto skip_all = [](const std::string& bytes) {
        ThriftReader in(ByteReader(bytes, kPlace));
        in.each_field([](std::int64_t, ThriftReader::Type) { return false; });
    };
    EXPECT_ERROR(skip_all("\x1d"s), Errc::corrupt_data, "of no known type");
    EXPECT_ERROR(skip_all("\x15\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s), Errc::corrupt_data,
                 "more than 64 bits");
    EXPECT_ERROR(skip_all("\x19\xfc\xff\xff\xff\xff\x0f"s), Errc::corrupt_data, "longer than the file");
    EXPECT_ERROR(skip_all(std::string(200, '\x1c')), Errc::corrupt_data, "nested too deep");
    EXPECT_ERROR(skip_all("\x18\x05"
                          "ab"s),
                 Errc::corrupt_data, "ends too early");
}

}  // namespace
}  // namespace undertone::corpus
