#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/demo.hpp"
#include "os/file.hpp"
#include "support/support.hpp"

namespace undertone::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::vector<std::string> tune_words(const std::string& run, const std::string& calibrate = "none") {
    return {"tune",       "--quiet", "--param",     "alpha=0.001/1", "--param", "hidden_layer_sizes=12/20,6",
            "--max-iter", "40",      "--calibrate", calibrate,       "-o",      run,
            demo()};
}

/// Starts the program and kills it after some time. @return  whether it was still running
bool killed_after(const std::vector<std::string>& words, int milliseconds) {
    const pid_t child = fork();
    if (child == 0) {
        std::vector<std::string> all{program()};
        all.insert(all.end(), words.begin(), words.end());
        std::vector<char*> argv;
        for (std::string& word : all) argv.push_back(word.data());
        argv.push_back(nullptr);
        if (std::freopen("/dev/null", "w", stdout) == nullptr ||
            std::freopen("/dev/null", "w", stderr) == nullptr)
            _exit(126);
        execv(argv[0], argv.data());
        _exit(127);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status);
}

TEST(Tune, WritesItsTableAndTheModelThatWon) {
    const TemporaryFolder folder;
    const std::string run_folder = folder.path("run");
    const Outcome outcome = run(tune_words(run_folder));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    EXPECT_NE(outcome.out.find("grid, 4 trials in 5 folds (speaker:5)"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("the search itself, tested on clips that had no say"), std::string::npos);
    const json written = json::parse(read_file(run_folder + "/run.json"));
    EXPECT_EQ(written["verb"], "tune");
    EXPECT_EQ(written["trials"].size(), 4U);
    EXPECT_EQ(written["nested_best"].size(), 5U);
    EXPECT_EQ(written["trials"][written["best"]["trial"].get<std::size_t>()]["rank"], 1);
    EXPECT_NE(
        read_file(run_folder + "/table.csv").find("trial,alpha,hidden_layer_sizes,iteration,share,mean"),
        std::string::npos);
    EXPECT_FALSE(fs::exists(run_folder + ".part"));
    const Outcome said =
        run({"predict", "-m", run_folder + "/model.safetensors", demo() + "/synthetic-01-01-01.opus"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    const Outcome info = run({"info", run_folder + "/model.safetensors"});
    EXPECT_NE(info.out.find("nested uar"), std::string::npos) << info.out;
}

TEST(Tune, FoldsOfItsOwnAreNotNestedAndSayThatTheBestIsTooGood) {
    const Outcome outcome = run({"tune", "--quiet", "--folds", "stratified:3", "--param", "alpha=0.001/1",
                                 "--max-iter", "10", "--hidden-layer-sizes", "8", demo()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("the best of these means is too good"), std::string::npos) << outcome.out;
}

TEST(Tune, SaysWhatIsWrongBeforeItReads) {
    const auto expect = [](std::vector<std::string> words, const std::string& part) {
        words.insert(words.begin(), "tune");
        const Outcome outcome = run(words);
        EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
        EXPECT_EQ(outcome.out, "");
        EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    };
    expect({demo()}, "no parameter to search");
    expect({"--param", "alpha=1"}, "no recordings");
    expect({"--param", "alhpa=1/2", demo()}, "alhpa");
    expect({"--param", "alpha=1..2", demo()}, "search at random");
    expect({"--param", "alpha=1/2", "--scoring", "f2", demo()}, "scoring = f2");
    expect({"--param", "alpha=1/2", "--folds", "actors", demo()}, "actors");
    expect({"--param", "alpha=1/2", "--trials", "30", demo()}, "--trials: is of --search random");
    expect({"--param", "alpha=1/2", "--factor", "2", demo()}, "--factor: is of --search halving");
    expect({"--param", "alpha=1/2", "--resume", "x"}, "--resume");
}

TEST(Runs, AKilledRunGoesOnAndEndsAsOneThatWasNot) {
    const TemporaryFolder folder;
    const std::string whole = folder.path("whole"), broken = folder.path("broken");
    ASSERT_EQ(run(tune_words(whole, "temperature")).exit_code, 0);
    const std::vector<std::string> words = tune_words(broken, "temperature");
    int kills = 0;
    for (int wait = 30; kills < 6 && wait < 400; wait += 25) {
        const bool begun = fs::exists(broken + ".part/command.json");
        kills += killed_after(begun ? std::vector<std::string>{"tune", "--resume", broken} : words, wait);
        if (fs::exists(broken)) break;
    }
    EXPECT_GE(kills, 1);
    if (!fs::exists(broken)) {
        const bool begun = fs::exists(broken + ".part/command.json");
        const Outcome end = run(begun ? std::vector<std::string>{"tune", "--resume", broken} : words);
        EXPECT_EQ(end.exit_code, 0) << end.err;
    }
    for (const char* file : {"/table.csv", "/predictions.csv", "/curves.csv", "/model.safetensors"})
        EXPECT_EQ(read_file(broken + file), read_file(whole + file)) << file;
    json a = json::parse(read_file(broken + "/run.json")), b = json::parse(read_file(whole + "/run.json"));
    a.erase("command");
    b.erase("command");
    EXPECT_EQ(a, b);
    EXPECT_TRUE(a["per_fold"][0].contains("calibration"));
    EXPECT_FALSE(fs::exists(broken + ".part"));
}

TEST(Runs, ALineThatWasCutIsDoneAnew) {
    const TemporaryFolder folder;
    const std::string whole = folder.path("whole"), broken = folder.path("broken");
    const auto words = [&](const std::string& place) {
        return std::vector<std::string>{
            "evaluate", "--quiet", "--folds", "loso", "--max-iter", "300", "--hidden-layer-sizes",
            "60,20",    "-o",      place,     demo()};
    };
    ASSERT_EQ(run(words(whole)).exit_code, 0);
    for (int wait = 200; !fs::exists(broken) && !fs::exists(broken + ".part/units.jsonl"); wait += 100)
        killed_after(words(broken), wait);
    if (fs::exists(broken)) GTEST_SKIP() << "too fast to be cut off";
    std::ofstream(broken + ".part/units.jsonl", std::ios::app) << R"({"key": "loso/9/7", "fold": 7, "cli)";
    EXPECT_EQ(run(words(broken)).exit_code, 4) << "an unfinished run is not overwritten";
    const Outcome end = run({"evaluate", "--resume", broken});
    ASSERT_EQ(end.exit_code, 0) << end.err;
    EXPECT_EQ(read_file(broken + "/predictions.csv"), read_file(whole + "/predictions.csv"));
}

TEST(Runs, AreListedAndVerified) {
    const TemporaryFolder folder;
    const std::string evaluated = folder.path("runs/evaluated"), trained = folder.path("runs/trained");
    fs::create_directories(folder.path("runs"));
    ASSERT_EQ(run({"evaluate", "--quiet", "--max-iter", "10", "-o", evaluated, demo()}).exit_code, 0);
    const Outcome train =
        run({"train", "--quiet", "--max-iter", "10", "--run", trained, "-o", folder.path("m"), demo()});
    ASSERT_EQ(train.exit_code, 0) << train.err;
    EXPECT_EQ(read_file(trained + "/model.safetensors"), read_file(folder.path("m")));
    EXPECT_NE(read_file(trained + "/curves.csv").find("fold,seed,epoch,loss"), std::string::npos);

    const Outcome list = run({"runs", folder.path("runs")});
    EXPECT_EQ(list.exit_code, 0) << list.err;
    for (const char* part : {"evaluated", "trained", "speaker:5", "one split by speaker", "synthetic"})
        EXPECT_NE(list.out.find(part), std::string::npos) << list.out;
    const json rows =
        json::parse(run({"runs", "--format", "json", "--sort", "name", folder.path("runs")}).out);
    EXPECT_EQ(rows[0]["run"], "evaluated");

    for (const std::string& one : {evaluated, trained}) {
        const Outcome same = run({"verify", one});
        EXPECT_EQ(same.exit_code, 0) << same.err;
        EXPECT_NE(same.out.find("the same again, bit for bit"), std::string::npos) << same.out;
    }
    std::ofstream(evaluated + "/predictions.csv", std::ios::app) << "x\n";
    const Outcome other = run({"verify", evaluated});
    EXPECT_EQ(other.exit_code, 9) << other.out;
    EXPECT_NE(other.err.find("predictions.csv"), std::string::npos) << other.err;
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path("runs")), {}), 2) << "nothing is left behind";
}

TEST(Runs, SaysWhatIsNoRun) {
    const TemporaryFolder folder;
    const auto expect = [](const std::vector<std::string>& words, const std::string& part) {
        const Outcome outcome = run(words);
        EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
        EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
    };
    expect({"verify", folder.path("none")}, "no such run folder");
    expect({"verify", folder.path()}, "no run.json");
    expect({"runs", folder.path("none")}, "no such folder");
    expect({"runs", folder.path()}, "holds no run");
    expect({"evaluate", "--resume", folder.path("none")}, "no unfinished run");
    fs::create_directories(folder.path("bad"));
    std::ofstream(folder.path("bad/run.json")) << "{";
    EXPECT_EQ(run({"verify", folder.path("bad")}).exit_code, 6);
}

}  // namespace
}  // namespace undertone::test
