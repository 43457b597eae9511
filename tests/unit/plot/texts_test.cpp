#include "plot/texts.hpp"

#include "support/support.hpp"

namespace undertone::plot {
namespace {

TEST(Texts, WhatIsNoUtf8IsReplaced) {
    EXPECT_EQ(clean("plain \u00e4 \u4f60 \U0001F600"), "plain \u00e4 \u4f60 \U0001F600");
    EXPECT_EQ(clean("a\xff"
                    "b"),
              "a\uFFFDb");
    EXPECT_EQ(clean("\xe4\xbd"), "\uFFFD\uFFFD");                      // cut
    EXPECT_EQ(clean("\xc0\xaf"), "\uFFFD\uFFFD");                      // longer than need be
    EXPECT_EQ(clean("\xed\xa0\x80").find('\xed'), std::string::npos);  // half of a surrogate pair
    EXPECT_EQ(clean("a\tb\nc\x01"), "a b c ");
}

TEST(Texts, MarkupIsEscaped) { EXPECT_EQ(escaped("<script>\"&'"), "&lt;script&gt;&quot;&amp;&#39;"); }

TEST(Texts, WidthGrowsWithTheTextAndAFittedOneIsNoWider) {
    EXPECT_EQ(text_width("", 12), 0);
    EXPECT_GT(text_width("0.25", 12), text_width("0.2", 12));
    EXPECT_GT(text_width("WWW", 12), text_width("iii", 12));
    const std::string name = "a rather long name of a recording.wav";
    EXPECT_EQ(fitted(name, 12, 1000), name);
    const std::string cut = fitted(name, 12, 100);
    EXPECT_TRUE(cut.ends_with("\u2026")) << cut;
    EXPECT_LE(text_width(cut, 12), 108);
    EXPECT_EQ(clean(fitted("\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4", 12, 40)),
              fitted("\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4", 12, 40));
}

TEST(Texts, ALongNameIsCutBetweenCharacters) {
    EXPECT_EQ(plot::cut("anna", 4), "anna");
    EXPECT_EQ(plot::cut("annabel", 4), "anna\u2026");
    EXPECT_EQ(plot::cut("\u00e4\u00e4\u00e4", 2), "\u00e4\u00e4\u2026");
    EXPECT_EQ(plot::cut("\xff\xff\xff", 1), "\xff\u2026");
    EXPECT_EQ(plot::cut("a", 0), "\u2026");
}

}  // namespace
}  // namespace undertone::plot
