#include "tables/yaml.hpp"

#include <yaml-cpp/yaml.h>

#include "support/support.hpp"

namespace undertone::corpus {
namespace {

TEST(ParseYaml, ReadsListsMapsTextsAndAliases) {
    const YAML::Node root = parse_yaml("a: &x [1, two]\nb: {c: *x, d: }\ne: \"f\"\n", "y");
    EXPECT_EQ(root["a"][1].Scalar(), "two");
    EXPECT_EQ(root["b"]["c"][0].Scalar(), "1");
    EXPECT_TRUE(root["b"]["d"].IsNull());
    EXPECT_FALSE(parse_yaml("", "y").IsMap());
}

TEST(ParseYaml, WhatIsBrokenIsToldWithItsLine) {
    EXPECT_ERROR(parse_yaml("a: 1\nb: [\n", "db.yaml"), Errc::corrupt_data, "db.yaml:3: is broken YAML");
    EXPECT_ERROR(parse_yaml("a: *none\n", "db.yaml"), Errc::corrupt_data, "db.yaml:1: is broken YAML");
    EXPECT_ERROR(parse_yaml("a: &x [*x]\n", "db.yaml"), Errc::corrupt_data,
                 "db.yaml:1: an alias stands within what it names");
}

TEST(ParseYaml, WhatAliasesStandForCountsEachTime) {
    // Each level names the one before twice: 30 lines would be 2^30 lists.
    std::string doubling = "l0: &l0 [x, x]\n";
    for (int i = 1; i < 30; ++i) {
        const std::string one = std::to_string(i), before = std::to_string(i - 1);
        doubling.append("l").append(one).append(": &l").append(one).append(" [*l").append(before);
        doubling.append(", *l").append(before).append("]\n");
    }
    EXPECT_ERROR(parse_yaml(doubling, "db.yaml"), Errc::corrupt_data, "more than 262144 values");
    // A long text that is named often.
    std::string long_text = "a: &t " + std::string(70'000, 'x') + "\nb:\n";
    for (int i = 0; i < 1000; ++i) long_text += "- *t\n";
    EXPECT_ERROR(parse_yaml(long_text, "db.yaml"), Errc::corrupt_data, "more than 33554432 bytes of text");
    EXPECT_EQ(parse_yaml(long_text.substr(0, 70'100), "db.yaml")["b"].size() > 10, true);
}

TEST(ParseYaml, DepthAndNumberAreBounded) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(parse_yaml(nested(64), "y").IsSequence());
    EXPECT_ERROR(parse_yaml(nested(65), "y"), Errc::corrupt_data, "more than 64 levels");
    EXPECT_ERROR(parse_yaml(nested(100'000), "y"), Errc::corrupt_data, "y:1: ");
    std::string many;
    for (int i = 0; i < 10; ++i) many += "- a\n";
    EXPECT_EQ(parse_yaml(many, "y", {.nodes = 11}).size(), 10U);
    EXPECT_ERROR(parse_yaml(many, "y", {.nodes = 10}), Errc::corrupt_data, "y:10: more than 10 values");
}

}  // namespace
}  // namespace undertone::corpus
