#include "formats/json.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/support.hpp"

namespace undertone::test {
namespace {

std::string repeated(std::string_view text, std::size_t n) {
    std::string all;
    for (std::size_t i = 0; i < n; ++i) all += text;
    return all;
}

TEST(Json, ReadsWhatItsLibraryReads) {
    const std::string text =
        R"({"b": [1, -2, 2.5, 18446744073709551615, null, true], "a": {"z": "\u00e9", "y": {}}, "": []})";
    using Peer = nlohmann::ordered_json;
    for (const std::string& one :
         {text, std::string("7"), std::string("\"text\""), std::string("null"), std::string(" [ [], {} ] "),
          std::string("[0.1, 1e-7, 1e300, -0.0, 5.0]")}) {
        EXPECT_EQ(parse_json(one, "a.json").dump(), Peer::parse(one).dump());
        EXPECT_EQ(parse_json(one, "a.json").dump(2), Peer::parse(one).dump(2));
        EXPECT_EQ(parse_json(one, "a.json").dump(-1, true), Peer::parse(one).dump(-1, ' ', true));
    }
}

TEST(Json, BracesMakeListsAndObjects) {
    const std::map<std::string, int> map{{"n", 3}};
    const std::vector<std::string> words{"a", "b"};
    const Json json{{"words", words}, {"map", map}, {"none", nullptr}, {"list", {1, 2.5, true, "x"}}};
    EXPECT_EQ(json.dump(), R"({"words":["a","b"],"map":{"n":3},"none":null,"list":[1,2.5,true,"x"]})");
    EXPECT_EQ(Json::list({words}).dump(), R"([["a","b"]])");
    EXPECT_EQ(Json::object().dump() + Json::list().dump() + Json().dump(), "{}[]null");
    EXPECT_EQ(Json("\xFF").dump(), "\"\uFFFD\"");
}

TEST(Json, MembersAndElementsAreFoundOrRefused) {
    Json json;
    json["b"] = 1;
    json["a"]["c"] = "text";
    json["list"].push_back(2U);
    const Json& same = json;
    EXPECT_EQ(same["b"], Json(1U));  // signed or not
    EXPECT_NE(same["b"], Json(-1));
    EXPECT_EQ(same["a"]["c"].text(), "text");
    EXPECT_EQ(same["list"][0].get<int>(), 2);
    EXPECT_EQ(same.find("d"), nullptr);
    EXPECT_EQ(same["list"].find("d"), nullptr);
    EXPECT_THROW(static_cast<void>(same["d"]), Json::WrongKind);
    EXPECT_THROW(static_cast<void>(same["list"][1]), Json::WrongKind);
    EXPECT_THROW(static_cast<void>(same["b"].text()), Json::WrongKind);
    EXPECT_THROW(static_cast<void>(same["a"].get<double>()), Json::WrongKind);
    EXPECT_THROW(json["list"]["d"] = 1, Json::WrongKind);
    json.erase("b");
    std::string values;
    for (const Json& value : same) values += value.dump();
    EXPECT_EQ(values, R"({"c":"text"}[2])");
}

TEST(Json, BrokenTextNamesTheByte) {
    EXPECT_ERROR(parse_json(R"({"a": })", "a.json"), Errc::corrupt_data, "a.json: is broken JSON at byte 7");
    EXPECT_ERROR(parse_json("", "a.json"), Errc::corrupt_data, "a.json: is broken JSON at byte 1");
    EXPECT_ERROR(parse_json("1 2", "a.json"), Errc::corrupt_data, "a.json: is broken JSON at byte 3");
    EXPECT_ERROR(parse_json("[1e999]", "a.json"), Errc::corrupt_data, "a.json: is broken JSON");
    EXPECT_ERROR(parse_json("\"\xFF\"", "a.json"), Errc::corrupt_data, "a.json: is broken JSON at byte 2");
    EXPECT_ERROR(parse_json(R"({"a": 1, "b": 2, "a": 3})", "a.json"), Errc::corrupt_data,
                 "a.json: has the key a twice");
}

TEST(Json, HasLimits) {
    EXPECT_ERROR(parse_json(repeated(R"({"a":)", 110'000), "a.json"), Errc::corrupt_data,
                 "a.json: is nested deeper than the 64 levels that are read");
    EXPECT_NO_THROW(static_cast<void>(parse_json(repeated("[", 64) + repeated("]", 64), "a.json")));
    EXPECT_ERROR(parse_json("[" + repeated("[],", 3'000'000) + "0]", "a.json"), Errc::corrupt_data,
                 "a.json: holds more than the 2097152 JSON values that are read");
    EXPECT_ERROR(parse_json("[1, 2, 3]", "a.json", {.bytes = 8}), Errc::corrupt_data,
                 "a.json: is JSON of 9 bytes; up to 8 are read");
    EXPECT_ERROR(parse_json(R"({"a": 1})", "a.json", {.values = 2}), Errc::corrupt_data,
                 "more than the 2 JSON");
}

TEST(Json, ManyKeysTakeNoTimeOfTheirSquare) {
    std::string text = "{";
    for (int i = 0; i < 300'000; ++i) text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":0";
    EXPECT_EQ(parse_json(text + "}", "a.json").size(), 300'000U);
}

TEST(Json, NumbersHaveARange) {
    const auto count = [](const std::string& text) {
        return json_count(parse_json(text, "a.json"), 100, "clips", "a.json");
    };
    EXPECT_EQ(count("100"), 100U);
    EXPECT_EQ(count("0"), 0U);
    for (const std::string wrong :
         {"101", "-1", "9.7", "1e300", "18446744073709551615", "null", "\"7\"", "[7]"})
        EXPECT_ERROR(count(wrong), Errc::corrupt_data, "must be a whole number from 0 to 100");
    EXPECT_ERROR(count("9.7"), Errc::corrupt_data, "a.json: clips = 9.7: must be");
    EXPECT_EQ(json_number(parse_json("-2.5", "a.json"), "loss", "a.json"), -2.5);
    EXPECT_ERROR(json_number(Json(std::numeric_limits<double>::quiet_NaN()), "loss", "a.json"),
                 Errc::corrupt_data, "a.json: loss = null: must be a finite number");
    EXPECT_ERROR(json_text(Json(1), "key", "a.json"), Errc::corrupt_data, "a.json: key = 1: must be a text");
    EXPECT_ERROR(json_part(Json::list(), "key", "a.json"), Errc::corrupt_data, "a.json: has no \"key\"");
}

}  // namespace
}  // namespace undertone::test
