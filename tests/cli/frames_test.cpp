// The framework of frames through every verb that trains, tests or predicts.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/demo.hpp"
#include "os/file.hpp"
#include "support/sound.hpp"
#include "support/support.hpp"
#include "undertone/audio.hpp"
#include "undertone/extraction.hpp"

namespace undertone::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string clip() { return project_file("examples/demo/synthetic-01-01-01.opus"); }

/// A verb with a network that learns something of the demo's clips in a second.
std::vector<std::string> small(std::vector<std::string> words, const std::string& epochs = "8") {
    const std::vector<std::string> options{
        "--quiet", "--framework", "undertone", "--channels",  "12", "--epochs",        epochs, "--dilations",
        "1,2",     "--attention", "8",         "--embedding", "16", "--learning-rate", "0.01", "--squeeze",
        "4",       "--mixup",     "0",         "--dropout",   "0",  "--batch-size",    "4",    "--speed",
        "0"};
    words.insert(words.begin() + 1, options.begin(), options.end());
    return words;
}

TEST(Frames, AModelIsTrainedDescribedAndPredicts) {
    const TemporaryFolder folder;
    const std::string model = folder.path("model"), halves = folder.path("halves");
    const Outcome trained = run(small({"train", "-o", model, "--run", folder.path("run"), demo()}, "40"));
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    EXPECT_NE(trained.out.find("UAR"), std::string::npos);
    EXPECT_TRUE(fs::exists(folder.path("run/predictions.csv")));

    const Outcome info = run({"info", model});
    EXPECT_NE(info.out.find("features: logmel64/1, 64 columns"), std::string::npos) << info.out;
    EXPECT_NE(info.out.find("framework: undertone, float32"), std::string::npos) << info.out;

    const Outcome said = run({"predict", "-m", model, "--format", "json", clip()});
    ASSERT_EQ(said.exit_code, 0) << said.err;
    double sum = 0;
    const json answers = json::parse(said.out);
    for (const auto& [label, probability] : answers[0]["probabilities"].items())
        sum += probability.get<double>();
    EXPECT_NEAR(sum, 1, 1e-6);

    ASSERT_EQ(run({"halve", "-o", halves, model}).exit_code, 0);
    EXPECT_LT(fs::file_size(halves), fs::file_size(model));
    EXPECT_EQ(run({"predict", "-m", halves, clip()}).exit_code, 0);

    const Outcome tested = run({"evaluate", "--quiet", "-m", model, "--format", "json", demo()});
    ASSERT_EQ(tested.exit_code, 0) << tested.err;
    EXPECT_GT(json::parse(tested.out)["metrics"]["uar"]["value"], 0.4);  // chance is 0.2
}

TEST(Frames, AModelOfEveryClipIsCalibratedAndTestsNothing) {
    const TemporaryFolder folder;
    const std::string model = folder.path("model");
    const Outcome trained =
        run(small({"train", "--split", "none", "--calibrate", "temperature", "-o", model, demo()}));
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    EXPECT_EQ(trained.out.find("UAR"), std::string::npos) << trained.out;
    const Outcome info = run({"info", model});
    EXPECT_NE(info.out.find("none: every clip was trained on"), std::string::npos) << info.out;
    EXPECT_NE(info.out.find("temperature"), std::string::npos) << info.out;
    EXPECT_EQ(run(small({"train", "--split", "none", "--test-size", "0.2", demo()})).exit_code, 2);
    EXPECT_EQ(run(small({"train", "--split", "none", "--run", folder.path("run"), demo()})).exit_code, 2);
}

TEST(Frames, ARunIsRepeatedBitForBitByAnyNumberOfThreads) {
    const TemporaryFolder folder;
    const std::string one = folder.path("one"), two = folder.path("two");
    for (const auto& [threads, run_folder] : {std::pair{"1", one}, std::pair{"3", two}}) {
        const Outcome tested = run(small({"evaluate", "--folds", "speaker:2", "--normalise", "speaker",
                                          "--threads", threads, "-o", run_folder, demo()}));
        ASSERT_EQ(tested.exit_code, 0) << tested.err;
    }
    const Outcome compared = run({"compare", one, two});
    EXPECT_EQ(compared.exit_code, 0) << compared.err;
    const Outcome verified = run({"verify", two});
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

TEST(Frames, ATrainingThatLeavesTheNumbersKeepsWhatItHadLearnt) {
    const TemporaryFolder folder;
    const std::string model = folder.path("model");
    const Outcome stopped = run({"train",
                                 "--quiet",
                                 "--framework",
                                 "undertone",
                                 "--channels",
                                 "12",
                                 "--epochs",
                                 "200",
                                 "--dilations",
                                 "1,2",
                                 "--learning-rate",
                                 "9",
                                 "--schedule",
                                 "constant",
                                 "--ema",
                                 "0",
                                 "--squeeze",
                                 "0",
                                 "--mixup",
                                 "0",
                                 "--dropout",
                                 "0",
                                 "--weight-decay",
                                 "100",
                                 "--warmup-epochs",
                                 "0",
                                 "--speed",
                                 "0",
                                 "-o",
                                 model,
                                 demo()});
    EXPECT_EQ(stopped.exit_code, exit_code(Errc::numerical));
    EXPECT_NE(stopped.err.find("is kept: " + model + ".last-good"), std::string::npos) << stopped.err;
    EXPECT_FALSE(fs::exists(model));
    EXPECT_EQ(run({"predict", "-m", model + ".last-good", clip()}).exit_code, 0);
    EXPECT_NE(run({"info", model + ".last-good"}).out.find("  stopped "), std::string::npos);
}

TEST(Frames, AModelBySpeakerHearsTheSpeakersVoice) {
    const TemporaryFolder folder;
    const std::string quiet_voice = project_file("examples/demo/synthetic-01-01-02.opus");
    for (const std::string framework : {"undertone", "sklearn"}) {
        SCOPED_TRACE(framework);
        const std::string model = folder.path(framework), halves = folder.path(framework + "-halves");
        std::vector<std::string> words{"train", "--normalise", "speaker", "-o", model, demo()};
        if (framework == "undertone")
            words = small(words);
        else
            words.insert(words.begin() + 1,
                         {"--quiet", "--max-iter", "5", "--dtype", "float32", "--hidden-layer-sizes", "8"});
        ASSERT_EQ(run(words).exit_code, 0);
        EXPECT_NE(run({"info", model}).out.find("voices: "), std::string::npos);
        const Outcome alone = run({"predict", "-m", model, clip()});
        if (framework == "undertone") {
            EXPECT_EQ(alone.exit_code, 0) << alone.err;  // without a voice it hears clips as they are
        } else {
            EXPECT_EQ(alone.exit_code, 2);
            EXPECT_NE(alone.err.find("--enroll"), std::string::npos) << alone.err;
            const Outcome as =
                run({"predict", "-m", model, "--enroll", demo(), "--enroll-as", "any", clip()});
            EXPECT_EQ(as.exit_code, 2) << "it would be ignored";
        }
        const std::vector<std::string> enrolled{"predict", "-m",       model,       "--enroll",
                                                clip(),    "--enroll", quiet_voice, clip()};
        const Outcome said = run(enrolled);
        EXPECT_EQ(said.exit_code, 0) << said.err;
        const Outcome other = run({"predict", "-m", model, "--enroll", demo(), clip()});
        EXPECT_EQ(other.exit_code, 0) << other.err;
        EXPECT_NE(said.out, other.out) << "the voice must matter";
        EXPECT_NE(said.out, alone.out) << "the voice must matter";
        if (framework == "undertone") {
            const auto as = [&](const char* label) {
                return run({"predict", "-m", model, "--enroll", demo(), "--enroll-as", label, clip()});
            };
            EXPECT_NE(as("any").out, other.out) << "how it was spoken must matter";
            EXPECT_EQ(as("neutral").out, other.out);
            EXPECT_EQ(as("bored").exit_code, 2);
            const std::string silence = folder.path("silence.wav");
            ASSERT_TRUE(write_sound(silence, std::vector<float>(16000)));
            const Outcome nobody = run({"predict", "-m", model, "--enroll", silence, clip()});
            EXPECT_EQ(nobody.exit_code, 2);
            EXPECT_NE(nobody.err.find("--enroll " + silence + ": no speech (silence)"), std::string::npos)
                << nobody.err;
            EXPECT_EQ(run({"predict", "-m", model, "--any-sound", "--enroll", silence, clip()}).exit_code, 0);
            EXPECT_NE(as("bored").err.find("bored: the model has no such label"), std::string::npos);
        }
        const Outcome tested = run({"evaluate", "--quiet", "--normalise", "speaker", "-m", model, demo()});
        EXPECT_EQ(tested.exit_code, 0) << tested.err;
        EXPECT_NE(tested.out.find("own mean and deviation"), std::string::npos) << tested.out;
        ASSERT_EQ(run({"halve", "-o", halves, model}).exit_code, 0);
        EXPECT_EQ(run({"predict", "-m", halves, "--enroll", demo(), clip()}).exit_code, 0);
    }
    const std::string plain = folder.path("plain");
    ASSERT_EQ(run(small({"train", "-o", plain, demo()})).exit_code, 0);
    const Outcome refused = run({"predict", "-m", plain, "--enroll", demo(), clip()});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_NE(refused.err.find("no use for it"), std::string::npos) << refused.err;
    const Outcome tested = run({"evaluate", "--quiet", "--normalise", "speaker", "-m", plain, demo()});
    EXPECT_EQ(tested.exit_code, 2);
    EXPECT_NE(tested.err.find("--normalise speaker changes nothing"), std::string::npos) << tested.err;
}

TEST(Evaluate, OnlyOneStyleIsTestedWhereThatIsAsked) {
    const Outcome all = run({"evaluate", "--quiet", "--max-iter", "2", "--format", "json", demo()});
    const Outcome speech =
        run({"evaluate", "--quiet", "--max-iter", "2", "--test-style", "speech", "--format", "json", demo()});
    ASSERT_EQ(speech.exit_code, 0) << speech.err;
    EXPECT_EQ(json::parse(speech.out)["metrics"], json::parse(all.out)["metrics"]);  // the demo has no song
    const Outcome song = run({"evaluate", "--quiet", "--test-style", "song", demo()});
    EXPECT_EQ(song.exit_code, 2);
    EXPECT_NE(song.err.find("no clip of song"), std::string::npos) << song.err;
    EXPECT_EQ(run({"evaluate", "--folds", "inflation", "--test-style", "song", demo()}).exit_code, 2);
}

TEST(Frames, OptionsOfTheNetworkAreSearched) {
    const TemporaryFolder folder;
    const Outcome tuned = run(small({"tune", "--param", "noise=0/0.3", "--param", "statistics=true/false",
                                     "--folds", "speaker:2", "-o", folder.path("run"), demo()}));
    ASSERT_EQ(tuned.exit_code, 0) << tuned.err;
    EXPECT_TRUE(fs::exists(folder.path("run/model.safetensors")));
}

TEST(Frames, VoicesAreChangedMoreWhereFewAreLearntFrom) {
    const TemporaryFolder folder;
    const auto predictions = [&](const std::string& few) {  // two folds that learn from four speakers each
        const Outcome tested = run(small({"evaluate", "--folds", "speaker:2", "--functionals", "0",
                                          "--few-speakers", few, "-o", folder.path("few-" + few), demo()}));
        EXPECT_EQ(tested.exit_code, 0) << tested.err;
        return read_file(folder.path("few-" + few + "/predictions.csv"));
    };
    const std::string alike = predictions("0");
    EXPECT_EQ(predictions("4"), alike);
    EXPECT_NE(predictions("8"), alike);
}

TEST(Frames, WhatAFrameworkCannotReadIsRefused) {
    const TemporaryFolder folder;
    const auto refused = [](const std::vector<std::string>& words, const std::string& text) {
        const Outcome outcome = run(words);
        EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
        EXPECT_NE(outcome.err.find(text), std::string::npos) << outcome.err;
    };
    refused({"train", "--framework", "undertone", "--features", "librosa193", demo()}, "logmel64");
    refused({"train", "--framework", "sklearn", "--features", "logmel64", demo()}, "librosa193");
    refused({"train", "--framework", "undertone", "--scaler", "standard", demo()}, "--clip-normalization");
    refused({"train", "--framework", "undertone", "--dtype", "float64", demo()}, "float32");
    refused({"train", "--framework", "undertone", "--pad-mode", "reflect", demo()}, "--pad-mode");
    refused({"train", "--framework", "undertone", "--alpha", "0.1", demo()}, "--alpha");
    refused({"train", "--framework", "undertone", "--noise", "0.0", "--snr-min-db", "3", demo()},
            "--snr-min-db: does nothing with --noise 0: leave it out, or give another --noise");
    refused({"train", "--framework", "undertone", "--time-masks", "0", "--time-mask-frames", "3", demo()},
            "--time-mask-frames: does nothing with --time-masks 0");
    refused(
        {"extract", "--features", "logmel64", "--format", "npy", "-o", folder.path("x.npy"), clip(), clip()},
        "the frames of 2 files would run together");
}

TEST(Frames, AreWrittenARowEach) {
    const TemporaryFolder folder;
    const Clip heard = read_audio(clip());
    const auto set = make_feature_set("logmel64");
    const auto workspace = set->workspace();
    const std::vector<double> expected = extract_clip(*set, heard, *workspace);
    const std::size_t n_frames = expected.size() / 64;

    const Outcome csv = run({"extract", "--features", "logmel64", clip()});
    ASSERT_EQ(csv.exit_code, 0) << csv.err;
    std::istringstream lines(csv.out);
    std::string line;
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(line.rfind("file,frame,time_s,mel_0,mel_1,", 0), 0U) << line;
    std::size_t n = 0;
    for (; std::getline(lines, line); ++n) {
        const std::string start = clip() + "," + std::to_string(n) + ",";
        ASSERT_EQ(line.rfind(start, 0), 0U) << line;
        if (n == 7) {
            EXPECT_EQ(line.rfind(start + "0.07,", 0), 0U) << line;
        }
    }
    EXPECT_EQ(n, n_frames);

    const Outcome text = run({"extract", "--features", "logmel64", "--format", "jsonl", clip()});
    std::istringstream objects(text.out);
    for (n = 0; std::getline(objects, line); ++n) {
        const json frame = json::parse(line);
        ASSERT_EQ(frame.at("frame"), n);
        ASSERT_NEAR(frame.at("time_s").get<double>(), 0.01 * static_cast<double>(n), 1e-9);
        ASSERT_NEAR(frame.at("mel_3").get<double>(), expected[n * 64 + 3], 1e-6);
    }
    EXPECT_EQ(n, n_frames);

    const std::string npy = folder.path("frames.npy");
    ASSERT_EQ(run({"extract", "--features", "logmel64", "--format", "npy", "-o", npy, clip()}).exit_code, 0);
    EXPECT_EQ(fs::file_size(npy), 128 + 8 * expected.size());
}

}  // namespace
}  // namespace undertone::test
