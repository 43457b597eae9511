#include "run/run_units.hpp"

#include <functional>
#include <limits>
#include <string>

#include "support/support.hpp"

namespace undertone::app {
namespace {

eval::FoldResult made_unit() {
    eval::FoldResult unit;
    unit.fold = 3;
    unit.seed = 4294967295U;
    unit.clips = {0, 7, 8};
    unit.proba = Matrix<double>(3, 2);
    std::fill(unit.proba.data(), unit.proba.data() + 6, 0.5);
    unit.n_train = 80;
    unit.n_validation = 8;
    unit.n_epochs = 2;
    unit.calibration = CalibrationFit{{1.5}, 80, 4, 8};
    unit.history["loss"] = {0.5, std::numeric_limits<double>::quiet_NaN()};
    unit.importance = {0.25, -0.5};
    unit.fit_s = 1.25;
    return unit;
}

Journal journal_of(const std::string& text) { return parse_journal(text, "units.jsonl"); }

TEST(Journal, IsReadAsItWasWritten) {
    const std::string text = journal_head("head") + journal_line("9/3", made_unit());
    const Journal journal = journal_of(text + R"({"key": "cut)");
    EXPECT_EQ(journal.of, "head");
    EXPECT_TRUE(journal.broken.empty());
    EXPECT_EQ(journal.whole_bytes, text.size());
    ASSERT_EQ(journal.units.size(), 1U);
    EXPECT_EQ(journal_line("9/3", journal.units.at("9/3")), journal_line("9/3", made_unit()));
    EXPECT_EQ(journal.units.at("9/3").seed, 4294967295U);
}

TEST(Journal, BrokenLinesAreNamedAndThoseAfterThemAreGood) {
    const std::string unit = journal_line("a", made_unit());
    const Journal journal =
        journal_of(journal_head("head") + "{\"key\": \n" + unit + "[]\n" + journal_line("b", made_unit()));
    EXPECT_EQ(journal.units.size(), 2U);
    ASSERT_EQ(journal.broken.size(), 2U);
    EXPECT_EQ(journal.broken[0].line, 2U);
    EXPECT_NE(journal.broken[0].reason.find("units.jsonl:2: is broken JSON"), std::string::npos);
    EXPECT_NE(journal.broken[1].reason.find("units.jsonl:4: has no \"fold\""), std::string::npos);
}

TEST(Journal, EveryNumberHasARange) {
    const auto refused = [](const std::string& key, const Json& value, const std::string& part) {
        Json line = parse_json(journal_line("9/3", made_unit()), "line");
        line[key] = value;
        const Journal journal = journal_of(format_json(line) + "\n");
        EXPECT_TRUE(journal.units.empty()) << key;
        ASSERT_EQ(journal.broken.size(), 1U) << key;
        EXPECT_NE(journal.broken.front().reason.find(part), std::string::npos)
            << journal.broken.front().reason;
    };
    constexpr std::uint64_t kHuge = std::uint64_t{1} << 63U;
    refused("fold", kHuge, "fold = 9223372036854775808: must be a whole number");
    refused("seed", 9.7, "seed = 9.7: must be a whole number from 0 to 4294967295");
    refused("seed", 4294967296U, "seed = 4294967296: must be");
    refused("seed", -1, "seed = -1: must be");
    refused("clips", Json::list({1'000'000'000'000U, 1, 2}), "clips = 1000000000000: must be");
    refused("clips", 7, "clips must be a list");
    refused("columns", kHuge, "columns = 9223372036854775808: must be");
    refused("columns", 3, "has 6 probabilities of 3 clips and 3 labels");
    refused("proba", Json::list({0.5, 0.5, 0.5, 0.5, 0.5, 2}), "a probability must be from 0 to 1");
    refused("proba", Json::list({0.5, 0.5, 0.5, 0.5, 0.5, nullptr}), "proba = null: must be a finite number");
    refused("n_epochs", kHuge, "n_epochs = ");
    refused("n_epochs", 1, "its curve loss is longer than its epochs");
    refused("n_train", -80, "n_train = -80");
    refused("history", Json::list(), "history must be an object");
    refused("calibration", Json::object(), "has no \"temperature\"");
    refused("fit_s", "1", "fit_s = \"1\"");
    refused("key", 7, "key = 7: must be a text");
}

TEST(Journal, MoreThanARunHasIsRefused) {
    eval::FoldResult unit = made_unit();
    unit.importance.assign(1'500'000, 0);
    const std::string line = journal_line("a", unit);
    std::string text;
    for (int i = 0; i < 34; ++i) text += line;
    EXPECT_ERROR(journal_of(text), Errc::corrupt_data,
                 "holds more than the 50000000 numbers that a run may have");
}

}  // namespace
}  // namespace undertone::app
