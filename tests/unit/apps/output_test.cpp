#include "output/output.hpp"

#include <string>

#include "formats/json.hpp"
#include "support/support.hpp"

namespace undertone::app {
namespace {

TEST(PlainText, KeepsWhatATerminalShows) {
    for (const std::string text :
         {"angry 0.97\n", "a\tb\n", "Zorn, \u00c4rger, \u6012\u308a, \u0443\u0436\u0430\u0441, \U0001F620\n",
          "\u0627\u0644\u063a\u0636\u0628"})
        EXPECT_EQ(plain_text(text), text);
    EXPECT_EQ(plain_text("Latin-1: \xE4\xF6"), "Latin-1: \xE4\xF6");  // names of files are bytes
}

TEST(PlainText, ReplacesWhatATerminalObeys) {
    EXPECT_EQ(plain_text("\x1B[31mred\x1B[0m\r\n"), "?[31mred?[0m \n");
    EXPECT_EQ(plain_text("\u009B31m \u0085 \u009D"), "?31m ? ?");
    EXPECT_EQ(plain_text("\x9B"
                         "31m \x85"),
              "?31m ?");
    EXPECT_EQ(plain_text(std::string("a\0b\x07\x7F", 5)), "a?b??");
    EXPECT_EQ(plain_text("\u202Egpj.exe \u2066x\u2069 \u2028y"), "?gpj.exe ?x? ?y");
    EXPECT_EQ(one_line("a\nb\tc"), "a b c");
}

TEST(FormatJson, EscapesWhatATerminalObeysAndIsReadBack) {
    const Json json{{"label", "\u009B31m\x1B\x7F\u202E"}, {"list", {1, "\n"}}};
    const std::string text = format_json(json, 2);
    EXPECT_EQ(plain_text(text), text);
    EXPECT_NE(text.find("\\u009b31m\\u001b\\u007f\\u202e"), std::string::npos) << text;
    EXPECT_EQ(parse_json(text, "text"), json);
    EXPECT_EQ(format_json(Json("\xFF")), "\"\uFFFD\"");
    const Json names{"z\u0105b", "\u00c4rger", "\u6012\u308a", "\U0001F620", "\u2026", "\u00c0\u0159"};
    EXPECT_EQ(format_json(names), names.dump());  // bytes 0x80 to 0x9F within characters
}

}  // namespace
}  // namespace undertone::app
