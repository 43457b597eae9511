#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "cli/demo.hpp"
#include "os/file.hpp"
#include "support/support.hpp"

namespace undertone::test {
namespace {

using nlohmann::json;

std::string clip(const std::string& name) {
    return project_file("examples/demo/synthetic-" + name + ".opus");
}

Outcome train_small(const std::string& framework, const std::string& model) {
    return run({"train", "--framework", framework, framework == "keras" ? "--epochs" : "--max-iter", "12",
                "--hidden-layer-sizes", "16", "--quiet", "-o", model, project_file("examples/demo")});
}

TEST(Extract, MissingFileInTheMiddleIsCountedAndTheOthersGoOn) {
    const Outcome outcome = run({"extract", clip("01-01-01"), "not-there.wav", clip("03-01-01")});
    EXPECT_EQ(outcome.exit_code, 1);
    const auto rows = lines(outcome.out);
    ASSERT_EQ(rows.size(), 3U) << outcome.out;
    EXPECT_EQ(rows[0].rfind("file,mfcc_0,mfcc_1,", 0), 0U);
    EXPECT_EQ(rows[0].substr(rows[0].size() - 23), ",mel_127,zero_crossings") << rows[0];
    EXPECT_EQ(rows[1].rfind(clip("01-01-01") + ",", 0), 0U);
    EXPECT_EQ(rows[2].rfind(clip("03-01-01") + ",", 0), 0U);
    for (const std::string& row : rows) EXPECT_EQ(std::count(row.begin(), row.end(), ','), 193);
    EXPECT_NE(outcome.err.find("not-there.wav"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("1 of 3 files failed"), std::string::npos) << outcome.err;
}

TEST(Extract, OneFileThatFailsHasItsOwnCodeAndLeavesNothing) {
    const TemporaryFolder folder;
    std::ofstream(folder.path("text.wav")) << "this is a letter, not a recording\n";
    const Outcome missing = run({"extract", "not-there.wav"});
    EXPECT_EQ(missing.exit_code, 4);
    EXPECT_EQ(missing.out, "");
    const Outcome outcome = run({"extract", "-o", folder.path("out.csv"), folder.path("text.wav")});
    EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
    EXPECT_NE(outcome.err.find("text.wav"), std::string::npos) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(folder.path("out.csv")));
}

TEST(Extract, NamesAreQuotedAndFoldersAreSorted) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder.path("in"));
    std::filesystem::copy_file(clip("03-01-01"), folder.path("in/b, \"quoted\".opus"));
    std::filesystem::create_symlink(clip("01-01-01"), folder.path("in/a.opus"));
    std::ofstream(folder.path("in/notes.txt")) << "no recording\n";
    const Outcome outcome = run({"extract", folder.path("in")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const auto rows = lines(outcome.out);
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[1].rfind(folder.path("in/a.opus") + ",", 0), 0U) << rows[1];
    EXPECT_EQ(rows[2].rfind("\"" + folder.path("in/b, \"\"quoted\"\".opus") + "\",", 0), 0U) << rows[2];
}

TEST(Extract, FormatsAgree) {
    const TemporaryFolder folder;
    const std::string npy = folder.path("out.npy");
    ASSERT_EQ(run({"extract", "--format", "npy", "-o", npy, clip("01-01-01"), "gone.wav", clip("03-01-01")})
                  .exit_code,
              1);
    const std::string bytes = read_file(npy);
    ASSERT_EQ(bytes.size(), 128U + 2 * 193 * 8);
    EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
    EXPECT_EQ(bytes[127], '\n');
    EXPECT_NE(bytes.find("'shape': (2, 193), }"), std::string::npos);

    const Outcome text = run({"extract", "--format", "jsonl", clip("01-01-01"), clip("03-01-01")});
    const auto rows = lines(text.out);
    ASSERT_EQ(rows.size(), 2U);
    for (std::size_t row = 0; row < 2; ++row) {
        const json object = json::parse(rows[row]);
        double zero_crossings = 0;
        std::memcpy(&zero_crossings, bytes.data() + 128 + (row * 193 + 192) * 8, 8);
        EXPECT_GT(zero_crossings, 0);
        EXPECT_EQ(object.at("zero_crossings").get<double>(), zero_crossings);
        double mfcc_0 = 0;
        std::memcpy(&mfcc_0, bytes.data() + 128 + row * 193 * 8, 8);
        EXPECT_NEAR(object.at("mfcc_0").get<double>(), mfcc_0, 1e-8 * std::abs(mfcc_0));
    }
}

TEST(Extract, PadModeChangesTheFeatures) {
    const Outcome constant = run({"extract", clip("01-01-01")});
    const Outcome reflect = run({"extract", "--pad-mode", "reflect", clip("01-01-01")});
    EXPECT_EQ(reflect.exit_code, 0) << reflect.err;
    EXPECT_NE(constant.out, reflect.out);
}

TEST(Extract, CtrlCEndsTheWaitForStandardInput) {
    std::array<int, 2> pipe_ends{};
    ASSERT_EQ(pipe(pipe_ends.data()), 0);
    const std::string path = program();
    const pid_t child = fork();
    if (child == 0) {
        dup2(pipe_ends[0], STDIN_FILENO);
        close(pipe_ends[1]);
        execl(path.c_str(), path.c_str(), "extract", "-", nullptr);
        _exit(127);
    }
    ASSERT_EQ(write(pipe_ends[1], "RIFF", 4), 4);
    for (int unread = 4; unread != 0;) {  // once these are taken it waits for more
        ASSERT_EQ(ioctl(pipe_ends[0], FIONREAD, &unread), 0);
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    kill(child, SIGINT);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 130);
}

TEST(Extract, FullDiskEndsWithCodeFour) {
    const int status =
        std::system(("'" + program() + "' extract '" + clip("01-01-01") + "' >/dev/full 2>&1").c_str());
    EXPECT_EQ(WEXITSTATUS(status), 4);
}

class EachFramework : public ::testing::TestWithParam<std::string> {};

TEST_P(EachFramework, TrainsSavesPredictsAndTells) {
    const TemporaryFolder folder;
    const std::string model = folder.path("m.safetensors");
    const Outcome trained = train_small(GetParam(), model);
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    EXPECT_EQ(trained.err, "");
    EXPECT_NE(trained.out.find("\naccuracy 0."), std::string::npos) << trained.out;
    EXPECT_NE(trained.out.find("\nUAR 0."), std::string::npos) << trained.out;
    EXPECT_NE(trained.out.find(model), std::string::npos);

    const Outcome text = run({"predict", "-m", model, "--top", "2", clip("01-01-01")});
    EXPECT_EQ(text.exit_code, 0) << text.err;
    EXPECT_EQ(lines(text.out).size(), 1U);

    const Outcome as_json =
        run({"predict", "-m", model, "--format", "json", clip("01-01-01"), "gone.wav", clip("05-01-01")});
    EXPECT_EQ(as_json.exit_code, 1);
    const json results = json::parse(as_json.out);
    ASSERT_EQ(results.size(), 3U);
    EXPECT_TRUE(results[1].contains("error"));
    for (const std::size_t i : {std::size_t{0}, std::size_t{2}}) {
        double sum = 0;
        for (const auto& probability : results[i].at("probabilities")) sum += probability.get<double>();
        EXPECT_NEAR(sum, 1, 1e-6);
        EXPECT_EQ(results[i].at("probabilities").at(results[i].at("label").get<std::string>()),
                  results[i].at("probability"));
    }

    const Outcome likeliest =
        run({"predict", "-m", model, "--format", "json", "--top", "2", clip("01-01-01")});
    const json two = nlohmann::ordered_json::parse(likeliest.out)[0].at("probabilities");
    EXPECT_EQ(two.size(), 2U) << likeliest.out;
    EXPECT_EQ(two.at(results[0].at("label").get<std::string>()), results[0].at("probability"));
    const Outcome ranked = run({"predict", "-m", model, "--format", "csv", "--top", "9", clip("01-01-01")});
    EXPECT_EQ(lines(ranked.out)[0].rfind("file,label,probability,label_2,probability_2,", 0), 0U)
        << ranked.out;
    for (const std::string& row : lines(ranked.out)) EXPECT_EQ(std::count(row.begin(), row.end(), ','), 10);

    const Outcome csv = run({"predict", "-m", model, "--format", "csv", clip("01-01-01")});
    ASSERT_EQ(lines(csv.out).size(), 2U);
    EXPECT_EQ(lines(csv.out)[0], "file,label,probability,neutral,happy,sad,angry,fear");

    const Outcome piped = run({"predict", "-m", model, "--format", "csv", "-"}, read_file(clip("01-01-01")));
    ASSERT_EQ(piped.exit_code, 0) << piped.err;
    EXPECT_EQ(lines(piped.out)[1].substr(1), lines(csv.out)[1].substr(clip("01-01-01").size()));

    const json told = json::parse(run({"info", "--format", "json", model}).out);
    EXPECT_EQ(told.at("framework").at("name"), GetParam());
    EXPECT_EQ(told.at("labels").size(), 5U);
    EXPECT_EQ(told.at("features").at("columns"), 193);
    EXPECT_NE(run({"info", model}).out.find("hidden_layer_sizes"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Train, EachFramework, ::testing::Values("sklearn", "keras"),
                         [](const auto& instance) { return instance.param; });

TEST(Train, SameRandomStateGivesTheSameModel) {
    const TemporaryFolder folder;
    ASSERT_EQ(train_small("sklearn", folder.path("a")).exit_code, 0);
    ASSERT_EQ(train_small("sklearn", folder.path("b")).exit_code, 0);
    EXPECT_EQ(read_file(folder.path("a")), read_file(folder.path("b")));
}

TEST(Train, CalibratesTheModelThatItSaves) {
    const TemporaryFolder folder;
    const auto train = [&](const std::string& model, const std::string& calibrate) {
        return run({"train", "--quiet", "--max-iter", "12", "--hidden-layer-sizes", "16", "--calibrate",
                    calibrate, "-o", folder.path(model), project_file("examples/demo")});
    };
    const Outcome outcome = train("m", "temperature");
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("\ncalibration: temperature "), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find(" speakers\n"), std::string::npos) << outcome.out;
    const json told = json::parse(run({"info", "--format", "json", folder.path("m")}).out);
    const double temperature = told.at("calibration").at("temperature");
    EXPECT_GT(temperature, 0);
    EXPECT_EQ(told.at("record").at("calibration").get<std::string>().rfind("temperature ", 0), 0U);
    EXPECT_NE(run({"info", folder.path("m")}).out.find("\ncalibration: temperature "), std::string::npos);

    ASSERT_EQ(train("bare", "none").exit_code, 0);
    EXPECT_TRUE(
        json::parse(run({"info", "--format", "json", folder.path("bare")}).out).at("calibration").is_null());
    const auto said = [&](const std::string& model) {
        return json::parse(
            run({"predict", "--format", "json", "-m", folder.path(model), clip("01-01-01")}).out)[0];
    };
    const json calibrated = said("m"), bare = said("bare");
    EXPECT_EQ(calibrated.at("label"), bare.at("label"));
    double sum = 0;
    for (const auto& p : bare.at("probabilities")) sum += std::pow(p.get<double>(), 1 / temperature);
    for (const auto& [label, p] : bare.at("probabilities").items())
        EXPECT_NEAR(calibrated.at("probabilities").at(label).get<double>(),
                    std::pow(p.get<double>(), 1 / temperature) / sum, 1e-7);
    EXPECT_EQ(train("m", "isotonic").exit_code, 2);
}

TEST(Train, RandomSplitIsSaidToFlatter) {
    const TemporaryFolder folder;
    const Outcome outcome = run({"train", "--split", "random", "--max-iter", "2", "--hidden-layer-sizes", "4",
                                 "-o", folder.path("m"), project_file("examples/demo")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("speakers heard in training were tested"), std::string::npos);
}

TEST(Train, RecordingThatFailsIsNamedCountedAndLeftOut) {
    const TemporaryFolder folder;
    for (const std::string voice : {"01", "02"})
        for (const std::string code : {"01", "03"})
            std::filesystem::create_symlink(clip(code + "-01-" + voice),
                                            folder.path("03-01-" + code + "-01-01-01-" + voice + ".opus"));
    std::ofstream(folder.path("03-01-03-01-01-02-01.wav")) << "this is a letter, not a recording\n";
    std::ofstream(folder.path("03-01-99-01-01-02-01.wav")) << "of no emotion\n";
    const Outcome outcome =
        run({"train", "--quiet", "--max-iter", "2", "-o", folder.path("m"), folder.path()});
    EXPECT_EQ(outcome.exit_code, 1);
    const auto said = lines(outcome.err);
    ASSERT_EQ(said.size(), 4U) << outcome.err;
    EXPECT_NE(said[0].find("03-01-99-01-01-02-01.wav: unknown emotion code 99"), std::string::npos)
        << said[0];
    EXPECT_EQ(said[1], "undertone: 1 file skipped");
    EXPECT_NE(said[2].find("03-01-03-01-01-02-01.wav: is text, not audio"), std::string::npos) << said[2];
    EXPECT_EQ(said[3], "undertone: 1 of 5 files failed and were left out");
    EXPECT_TRUE(std::filesystem::exists(folder.path("m")));
}

TEST(Train, ConfigIsReadAndFlagsComeBeforeIt) {
    const TemporaryFolder folder;
    std::ofstream(folder.path("config.ini"))
        << "[DATA]\ndata_dir = '" << project_file("examples/demo") << "'\nfile_glob = '*.opus'\n"
        << "emotions = {'01': 'neutral', '03': 'happy', '04': 'sad'}\nlearn_emotions = ['01', '04']\n"
        << "[MODEL]\nhidden_layer_shape = [7, 5]\nbatch_size = 4\nepoch = 3\nnum_features = 193\n"
        << "model_save_path = 'models/new'\n";
    const Outcome outcome =
        run({"train", "--quiet", "--config", folder.path("config.ini"), "--batch-size", "6"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::string model = folder.path("models/new/undertone-sklearn.safetensors");
    const json told = json::parse(run({"info", "--format", "json", model}).out);
    EXPECT_EQ(told.at("labels"), json({"neutral", "sad"}));
    EXPECT_EQ(told.at("framework").at("options").at("hidden_layer_sizes"), "7,5");
    EXPECT_EQ(told.at("framework").at("options").at("batch_size"), "6");
    EXPECT_EQ(told.at("framework").at("options").at("max_iter"), "3");
}

TEST(Train, ConfigOfAnotherNumberOfFeaturesIsRefused) {
    const TemporaryFolder folder;
    std::ofstream(folder.path("config.ini")) << "[MODEL]\nnum_features = 180\n";
    const Outcome outcome = run({"train", "--config", folder.path("config.ini"), "-o", folder.path("m"),
                                 project_file("examples/demo")});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find("180"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("193"), std::string::npos) << outcome.err;
}

TEST(Train, LayersOfAConfigAreNotOfTheNetworkOverFrames) {
    const TemporaryFolder folder;
    const std::string config = folder.path("config.ini");
    std::ofstream(config) << "[MODEL]\nhidden_layer_shape = [7, 5]\n";
    const Outcome outcome = run({"train", "--framework", "undertone", "--config", config, "-o",
                                 folder.path("m"), project_file("examples/demo")});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find(config + ": hidden_layer_shape: "), std::string::npos) << outcome.err;
}

TEST(Train, PlaceThatCannotBeWrittenIsRefusedBeforeTheWork) {
    const Outcome outcome =
        run({"train", "-o", "/nowhere/at/all/m.safetensors", project_file("examples/demo")});
    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(lines(outcome.err).size(), 1U) << outcome.err;
}

TEST(Predict, MissingModelIsNamed) {
    const TemporaryFolder folder;
    const Outcome outcome = run({"predict", "-m", folder.path("none.safetensors"), clip("01-01-01")});
    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_NE(outcome.err.find("none.safetensors"), std::string::npos) << outcome.err;
    EXPECT_EQ(lines(outcome.err).size(), 1U) << outcome.err;
}

TEST(Predict, OddNamesStayOneLineEach) {
    const TemporaryFolder folder;
    ASSERT_EQ(train_small("sklearn", folder.path("m")).exit_code, 0);
    std::filesystem::create_symlink(clip("01-01-01"), folder.path("two\nlines \x1B[31m.opus"));
    const Outcome outcome = run({"predict", "-m", folder.path("m"), folder.path()});
    EXPECT_EQ(lines(outcome.out).size(), 1U) << outcome.out;
    EXPECT_NE(outcome.out.find("two lines ?[31m.opus"), std::string::npos) << outcome.out;
    const Outcome failed = run({"predict", "-m", folder.path("m"), "gone\x1B.wav"});
    EXPECT_EQ(failed.err, "undertone: gone?.wav: cannot be opened: No such file or directory\n");
}

TEST(Predict, FileThatIsNoModelIsRefused) {
    const Outcome outcome = run({"predict", "-m", clip("01-01-01"), clip("01-01-01")});
    EXPECT_EQ(outcome.exit_code, 6) << outcome.err;
}

TEST(Demo, TrainsBothFrameworksOnTheSyntheticClips) {
    const TemporaryFolder folder;
    const Outcome outcome = run({"demo", "-o", folder.path("demo")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("synthetic"), std::string::npos);
    EXPECT_NE(outcome.out.find("Try next:"), std::string::npos);
    for (const std::string framework : {"sklearn", "keras"})
        EXPECT_TRUE(std::filesystem::exists(folder.path("demo/" + framework + ".safetensors"))) << framework;
}

}  // namespace
}  // namespace undertone::test
