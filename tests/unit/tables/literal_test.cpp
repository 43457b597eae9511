#include "tables/literal.hpp"

#include "support/support.hpp"

namespace undertone::corpus {
namespace {

// The literal written back, all of its parts in brackets.
std::string written(const Literal& literal) {
    struct Writer {
        std::string operator()(std::monostate) const { return "None"; }
        std::string operator()(bool value) const { return value ? "True" : "False"; }
        std::string operator()(std::int64_t value) const { return std::to_string(value); }
        std::string operator()(double value) const { return "<" + std::to_string(value) + ">"; }
        std::string operator()(const std::string& value) const { return "'" + value + "'"; }
        std::string operator()(const Literal::List& list) const {
            std::string text;
            for (const Literal& item : list) text += written(item) + ",";
            return "[" + text + "]";
        }
        std::string operator()(const Literal::Dict& dict) const {
            std::string text;
            for (const LiteralEntry& entry : dict)
                text += written(entry.key) + ":" + written(entry.value) + ",";
            return "{" + text + "}";
        }
    };
    return std::visit(Writer{}, literal.value);
}

std::string read(const std::string& text) { return written(parse_literal(text)); }

std::string reason(const std::string& text) {
    try {
        return "read as " + read(text);
    } catch (const LiteralError& error) {
        return std::to_string(error.offset) + ": " + error.what();
    }
}

TEST(Literal, EveryKind) {
    EXPECT_EQ(read(" None "), "None");
    EXPECT_EQ(read("[True,False]"), "[True,False,]");
    EXPECT_EQ(read("-9223372036854775808"), "-9223372036854775808");
    EXPECT_EQ(read("+7"), "7");
    EXPECT_EQ(read("[0, 00.5, .5, 1., -1e3, 2.5E-1]"),
              "[0,<0.500000>,<0.500000>,<1.000000>,<-1000.000000>,<0.250000>,]");
    EXPECT_EQ(read("(1)"), "1");
    EXPECT_EQ(read("(1,)"), "[1,]");
    EXPECT_EQ(read("()"), "[]");
    EXPECT_EQ(read("{'a': [1, 2,], \"b\": {},}"), "{'a':[1,2,],'b':{},}");
    EXPECT_EQ(read("[1, # one\n 2]"), "[1,2,]");
}

TEST(Literal, EscapesAreThoseOfPython) {
    EXPECT_EQ(read(R"('it\'s\t\x41\u00e9\U0001F600\101\q')"),
              "'it's\tA\xC3\xA9\xF0\x9F\x98\x80"
              "A\\q'");
    EXPECT_EQ(read("'a' \"b\"\n'c'"), "'abc'");
    EXPECT_EQ(read("''"), "''");
}

TEST(Literal, RefusalsSayWhatAndWhere) {
    EXPECT_EQ(reason(""), "0: a value must stand here, not the end");
    EXPECT_EQ(reason("[1,,2]"), "3: a value must stand here, not ','");
    EXPECT_EQ(reason("[1 2]"), "3: ',' or ']' must stand here, not '2'");
    EXPECT_EQ(reason("[1"), "2: ',' or ']' must stand here, not the end");
    EXPECT_EQ(reason("[1)"), "2: ',' or ']' must stand here, not ')'");
    EXPECT_EQ(reason("{1}"), "2: ':' must stand here, not '}'");
    EXPECT_EQ(reason("1 2"), "2: the value ends here, but '2' follows");
    EXPECT_EQ(reason("'abc"), "0: the string that begins here is not closed by '");
    EXPECT_EQ(reason("'abc\\"), "0: the string that begins here is not closed by '");
    EXPECT_EQ(reason("'a\nb'"), "0: the string that begins here is not closed by '");
    EXPECT_EQ(reason("happy"), "0: happy is no literal; text is written in quotes, and nothing is evaluated");
    EXPECT_EQ(reason("1+1"), "1: the value ends here, but '+' follows");
    EXPECT_EQ(reason("0x10"), "0: 0x10: no decimal number");
    EXPECT_EQ(reason("1_000"), "0: 1_000: no decimal number");
    EXPECT_EQ(reason("-inf"), "0: -inf: no decimal number");
    EXPECT_EQ(reason("--1"), "0: -: no decimal number");
    EXPECT_EQ(reason("01"), "0: 01: a number does not begin with 0; write '01' for text");
    EXPECT_EQ(reason("9223372036854775808"), "0: 9223372036854775808: too large a number");
    EXPECT_EQ(reason(R"('\x4')"), "3: an escape of 2 digits is cut");
    EXPECT_EQ(reason(R"('\ud800')"), "7: an escape of no character");
    EXPECT_EQ(reason(R"('\0')"), "3: an escape of no character");
    EXPECT_EQ(reason(R"('\N{BULLET}')"), "2: the escape \\N{...} is not read");
    EXPECT_EQ(reason(std::string(32, '[') + std::string(32, ']')).substr(0, 4), "read");
    EXPECT_EQ(reason(std::string(1000, '[')), "33: brackets are nested more than 32 deep");
}

}  // namespace
}  // namespace undertone::corpus
