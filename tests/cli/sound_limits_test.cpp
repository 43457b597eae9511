// Recordings of kilobytes that would take gigabytes, and what else blocks or lies.

#include <sys/stat.h>

#include <filesystem>

#include "os/file.hpp"
#include "support/sound.hpp"
#include "support/support.hpp"

namespace undertone {
namespace {

using test::Outcome;
using test::run;
using test::TemporaryFolder;

// 40 s at 16 kHz: 2.6 MB as samples.
std::string long_clip(const TemporaryFolder& folder, const std::string& name) {
    std::string path = folder.path(name);
    EXPECT_TRUE(
        test::write_sound(path, std::vector<float>(640'000), 16000, SF_FORMAT_FLAC | SF_FORMAT_PCM_16));
    EXPECT_LT(std::filesystem::file_size(path), 50'000U);
    return path;
}

void expect_refused(const std::vector<std::string>& arguments, const std::string& part,
                    std::string_view input = "") {
    const Outcome outcome = run(arguments, input);
    EXPECT_NE(outcome.exit_code, 0) << arguments.front();
    EXPECT_LT(outcome.exit_code, 128) << arguments.front();
    EXPECT_NE(outcome.err.find(part), std::string::npos) << arguments.front() << ": " << outcome.err;
    EXPECT_EQ(outcome.err.find("filesystem error"), std::string::npos) << outcome.err;
}

TEST(SoundLimits, EveryVerbThatReadsSoundHasTheFlagsAndNamesThem) {
    const TemporaryFolder folder;
    const std::string clip = long_clip(folder, "long.flac");
    const std::string little = "--clip-memory=1";
    expect_refused({"extract", little, clip},
                   "long.flac: its sound needs 3 MB of memory, the limit is 1 MB: "
                   "--clip-memory 3 allows it");
    expect_refused({"predict", little, clip}, "--clip-memory ");
    expect_refused({"explain", little, clip}, "--clip-memory 3 allows it");
    expect_refused({"plot", little, "-o", folder.path("a.png"), clip}, "--clip-memory 3 allows it");
    expect_refused({"predict", "--memory=1", clip}, "--memory ");
    expect_refused({"extract", little, "-"}, "standard input: its sound needs ", read_file(clip));
    EXPECT_EQ(run({"extract", "--clip-memory=3", clip}).exit_code, 0);
    EXPECT_EQ(run({"extract", "--clip-memory=3", "-"}, read_file(clip)).exit_code, 0);

    std::filesystem::create_directories(folder.path("corpus/happy"));
    std::filesystem::create_directories(folder.path("corpus/sad"));
    std::filesystem::copy(clip, folder.path("corpus/happy/a.flac"));
    std::filesystem::copy(clip, folder.path("corpus/sad/b.flac"));
    for (const std::vector<std::string>& verb :
         {std::vector<std::string>{"train", "-o", folder.path("m.safetensors")},
          {"train", "--framework", "undertone", "-o", folder.path("m.safetensors")},
          {"evaluate"},
          {"tune", "--param", "alpha=0.1/1"},
          {"demo", "-o", folder.path("demo")}}) {
        std::vector<std::string> words = verb;
        words.insert(words.end(), {little, folder.path("corpus")});
        expect_refused(words, "--clip-memory 3 allows it");
    }
    const Outcome audit = run({"corpus", "--audit", little, folder.path("corpus")});
    EXPECT_NE(audit.out.find("--clip-memory"), std::string::npos) << audit.out;
    expect_refused({"train", "--framework", "undertone", "--corpus-memory=1", "-o",
                    folder.path("m.safetensors"), folder.path("corpus")},
                   "--corpus-memory 6 should allow it");
    expect_refused({"extract", "--clip-memory=0", clip}, "--clip-memory");
}

TEST(SoundLimits, SpeechBelow4000HzIsRefusedAndDrawnAllTheSame) {
    const TemporaryFolder folder;
    const std::string clip = folder.path("low.wav");
    ASSERT_TRUE(test::write_sound(clip, test::made_sound(2000), 86));
    const std::string rule = "low.wav: sample rate = 86: speech needs at least 4000 Hz";
    expect_refused({"extract", clip}, rule);
    expect_refused({"predict", "--any-sound", clip}, rule);
    expect_refused({"explain", "--any-sound", clip}, rule);
    EXPECT_EQ(run({"plot", "--kind", "waveform", "-o", folder.path("low.png"), clip}).exit_code, 0);
}

TEST(SoundLimits, WhatIsNoFileIsRefusedAtOnce) {
    const TemporaryFolder folder;
    const std::string pipe = folder.path("pipe.csv"), loop = folder.path("loop.csv");
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    std::filesystem::create_symlink("loop.csv", loop);
    const std::string demo = test::project_file("examples/demo");
    write_file(folder.path("pipe_within.csv"), "file,emotion\npipe.csv,sad\n");
    write_file(folder.path("zero.csv"), "file,emotion\n/dev/zero,sad\n");
    expect_refused({"corpus", pipe}, "is a pipe, not a file");
    expect_refused({"corpus", loop}, loop);
    expect_refused({"corpus", "--label-map", pipe, demo}, "is a pipe, not a file");
    expect_refused({"corpus", "--label-map", "/dev/zero", demo}, "is a device, not a file");
    expect_refused({"evaluate", "--folds", "file:" + pipe, demo}, "is a pipe, not a file");
    expect_refused({"train", "--config", pipe}, "is a pipe, not a file");
    expect_refused({"corpus", folder.path("pipe_within.csv")}, "is a pipe");
    expect_refused({"corpus", folder.path("zero.csv")}, "is a device");
    expect_refused({"predict", "/dev/zero"}, "is a device, not a file");
    expect_refused({"extract", loop}, loop);
    // A folder that holds itself is gone through once.
    std::filesystem::create_directories(folder.path("deep/happy"));
    std::filesystem::create_directory_symlink("..", folder.path("deep/happy/again"));
    ASSERT_TRUE(test::write_sound(folder.path("deep/happy/a.wav"), test::made_sound(8000)));
    const Outcome outcome = run({"corpus", "--format", "json", folder.path("deep")});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
}

}  // namespace
}  // namespace undertone
