#include <nlohmann/json.hpp>

#include "cli/demo.hpp"
#include "support/support.hpp"

namespace undertone::test {
namespace {

using nlohmann::json;

TEST(Json, IsAllThatTrainVerifyAndHalvePrint) {
    const TemporaryFolder folder;
    const std::vector<std::string> small{"--hidden-layer-sizes", "8", "--max-iter", "5", "--quiet"};
    std::vector<std::string> words{"train", "--format", "json", "--dtype", "float32"};
    words.insert(words.end(), small.begin(), small.end());
    words.insert(words.end(), {"-o", folder.path("m.safetensors"), "--run", folder.path("run"), demo()});
    Outcome outcome = run(words);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const json trained = json::parse(outcome.out);
    EXPECT_EQ(trained["model"], folder.path("m.safetensors"));
    EXPECT_EQ(trained["verb"], "train");
    EXPECT_TRUE(trained["metrics"]["uar"]["value"].is_number());

    words = {"train", "--format", "json", "--split", "none"};
    words.insert(words.end(), small.begin(), small.end());
    words.insert(words.end(), {"-o", folder.path("all.safetensors"), demo()});
    outcome = run(words);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(json::parse(outcome.out)["corpus"]["clips"], 80);

    outcome = run({"verify", "--format", "json", folder.path("run")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(json::parse(outcome.out)["same"], true);

    outcome = run(
        {"halve", "--format", "json", "-o", folder.path("half.safetensors"), folder.path("m.safetensors")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_LT(json::parse(outcome.out)["bytes"], json::parse(outcome.out)["bytes_before"]);
}

TEST(Json, PipedTextHasNoSparkLine) {
    const TemporaryFolder folder;
    const Outcome outcome =
        run({"evaluate", "--quiet", "--hidden-layer-sizes", "8", "--max-iter", "5", demo()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.out.find("\u2581"), std::string::npos);
}

}  // namespace
}  // namespace undertone::test
