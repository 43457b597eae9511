#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/demo.hpp"
#include "os/file.hpp"
#include "support/sound.hpp"
#include "support/support.hpp"
#include "support/zip.hpp"

namespace undertone::test {
namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(CorpusVerb, TellsWhatACorpusHolds) {
    const Outcome text = run({"corpus", "--quiet", demo()});
    EXPECT_EQ(text.exit_code, 0) << text.err;
    EXPECT_TRUE(holds(text.out, "synthetic: 80 clips")) << text.out;
    EXPECT_TRUE(holds(text.out, "licence: CC0-1.0"));
    EXPECT_TRUE(holds(text.out, "synthetic:03")) << text.out;
    const Outcome json = run({"corpus", "--quiet", "--audit", "--format", "json", demo()});
    EXPECT_EQ(json.exit_code, 0) << json.err;
    const auto told = nlohmann::json::parse(json.out);
    EXPECT_EQ(told["clips"], 80);
    EXPECT_EQ(told["labels"]["angry"]["clips"], 16);
    EXPECT_EQ(told["formats"]["16000 Hz mono"]["clips"], 80);
    EXPECT_TRUE(told["audit"].is_array());
}

TEST(CorpusVerb, ItsManifestIsACorpus) {
    const TemporaryFolder folder;
    const std::string manifest = folder.path("m.csv");
    const Outcome made = run({"corpus", "--quiet", "--labels", "angry,sad", "-o", manifest, demo()});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    const Outcome again = run({"corpus", "--quiet", manifest});
    EXPECT_EQ(again.out, made.out);
    write_file(folder.path("map.csv"), "code_or_label,label\nangry,loud\nsad,\n");
    const Outcome mapped =
        run({"corpus", "--quiet", "--format", "json", "--label-map", folder.path("map.csv"), manifest});
    EXPECT_EQ(mapped.exit_code, 0) << mapped.err;
    const auto told = nlohmann::json::parse(mapped.out);
    EXPECT_EQ(told["clips"], 16);
    EXPECT_EQ(told["labels"]["loud"]["clips"], 16);
}

TEST(CorpusVerb, PrintsALabelMapThatChangesNothingUntilItIsEdited) {
    const TemporaryFolder folder;
    const Outcome map = run({"corpus", "--print-label-map"});
    EXPECT_EQ(map.exit_code, 0) << map.err;
    EXPECT_TRUE(map.out.starts_with("code_or_label,label\nravdess:01,neutral\n")) << map.out;
    write_file(folder.path("map.csv"), map.out);
    EXPECT_EQ(run({"corpus", "--quiet", "--label-map", folder.path("map.csv"), demo()}).out,
              run({"corpus", "--quiet", demo()}).out);
    write_file(folder.path("map.csv"), "code_or_label,label\nsynthetic:05,loud\n*,\n");
    const Outcome whole =
        run({"corpus", "--quiet", "--format", "json", "--label-map", folder.path("map.csv"), demo()});
    EXPECT_EQ(whole.exit_code, 0) << whole.err;
    const auto told = nlohmann::json::parse(whole.out);
    EXPECT_EQ(told["clips"], 16);
    EXPECT_EQ(told["labels"]["loud"]["clips"], 16);
    const Outcome again = run({"corpus", "--label-map", folder.path("map.csv"), "--print-label-map"});
    EXPECT_TRUE(holds(again.out, "ravdess:01,\n") && holds(again.out, "\n*,\n")) << again.out;
}

TEST(CorpusVerb, OneSoundUnderTwoLabelsIsNotTrainedOnOrTested) {
    const TemporaryFolder folder;
    for (const char* name : {"angry/a.wav", "sad/b.wav", "angry/c.wav", "sad/d.wav"}) {
        std::filesystem::create_directories(std::filesystem::path(folder.path(name)).parent_path());
        ASSERT_TRUE(write_sound(folder.path(name), made_sound(8000, name[0] == 'a' ? 0.05F : 0.07F)));
    }
    ASSERT_TRUE(write_sound(folder.path("sad/d.wav"), made_sound(8000)));
    for (const std::vector<std::string>& verb : std::vector<std::vector<std::string>>{
             {"train", "-o", folder.path("m")}, {"evaluate"}, {"tune", "--param", "alpha=0.1/0.2"}}) {
        std::vector<std::string> words = verb;
        words.insert(words.end(), {"--quiet", folder.path()});
        const Outcome outcome = run(words);
        EXPECT_EQ(outcome.exit_code, 6) << outcome.err;
        EXPECT_TRUE(holds(
            outcome.err, "angry/a.wav (angry) and " + folder.path("sad/d.wav") + " (sad) are the same sound"))
            << outcome.err;
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    }
    EXPECT_FALSE(std::filesystem::exists(folder.path("m")));
}

TEST(CorpusVerb, ErrorsAreOneLine) {
    const TemporaryFolder folder;
    write_file(folder.path("bad.csv"), "file,emotion\n\"a.wav,sad\n");
    struct Case {
        std::vector<std::string> arguments;
        int exit_code;
        std::string part;
    };
    for (const Case& wrong : std::vector<Case>{
             {{"corpus"}, 2, "corpus is required"},
             {{"corpus", "--print-label-map", demo()}, 2, "corpus excludes --print-label-map"},
             {{"corpus", "--print-label-map", "--audit"}, 2, "excludes"},
             {{"corpus", folder.path("bad.csv")}, 6, "bad.csv:2: a quote"},
             {{"corpus", "--labels", "awe", demo()}, 2, "no recording is labelled awe"},
             {{"corpus", "--style", "song", demo()}, 2, "style = song: no recording"},
             {{"corpus", "--style", "opera", demo()}, 2, "--style"},
             {{"corpus", "--label-map", "none.csv", demo()}, 4, "none.csv: cannot be opened"}}) {
        const Outcome outcome = run(wrong.arguments);
        EXPECT_EQ(outcome.exit_code, wrong.exit_code) << outcome.err;
        EXPECT_TRUE(holds(outcome.err, wrong.part)) << outcome.err;
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    }
}

TEST(CorpusVerb, UnreadableClipsAreToldAndSetTheExitCode) {
    const TemporaryFolder folder;
    std::filesystem::create_directories(folder.path("angry"));
    ASSERT_TRUE(write_sound(folder.path("angry/a.wav"), made_sound(8000)));
    write_file(folder.path("angry/b.wav"), "version https://git-lfs.github.com/spec/v1\n");
    const Outcome outcome = run({"corpus", "--audit", "--quiet", folder.path()});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_TRUE(holds(outcome.out, "lfs_pointer: " + folder.path("angry/b.wav"))) << outcome.out;
    EXPECT_TRUE(holds(outcome.err, "1 of 2 clips cannot be read")) << outcome.err;
}

TEST(CorpusVerb, TrainJoinsAZipAndATable) {
    const TemporaryFolder folder;
    std::vector<std::pair<std::string, std::string>> files;
    std::string table = "file,emotion,speaker\n";
    for (const auto& entry : std::filesystem::directory_iterator(demo())) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() != ".opus") continue;
        if (name[14] == '1')  // one of the two sentences is one's own
            files.emplace_back("clips/" + name, read_file(entry.path().string()));
        else if (name.substr(10, 2) == "05")
            table += entry.path().string() + ",rage," + name.substr(16, 2) + "\n";
    }
    ASSERT_TRUE(write_zip(folder.path("demo.zip"), files));
    std::filesystem::create_directories(folder.path("mine"));
    write_file(folder.path("mine/labels.csv"), table);
    write_file(folder.path("map.csv"), "code_or_label,label\nrage,angry\n");
    const Outcome outcome = run(
        {"train", "--quiet", "--labels", "sad,angry", "--label-map", folder.path("map.csv"), "--max-iter",
         "5", "-o", folder.path("m.safetensors"), folder.path("demo.zip"), folder.path("mine/labels.csv")});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_TRUE(
        holds(outcome.out,
              "data: synthetic + mine (CC0-1.0 + not known), 24 clips, 16 speakers, 2 classes: sad angry"))
        << outcome.out;
}

}  // namespace
}  // namespace undertone::test
