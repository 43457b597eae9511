#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "cli/demo.hpp"
#include "os/file.hpp"
#include "support/support.hpp"

namespace undertone::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

Outcome evaluate(std::vector<std::string> arguments, const std::string& corpus = demo()) {
    arguments.insert(arguments.begin(),
                     {"evaluate", "--quiet", "--hidden-layer-sizes", "12", "--max-iter", "15"});
    arguments.push_back(corpus);
    return run(arguments);
}

void expect_error(const Outcome& outcome, int code, const std::string& part) {
    EXPECT_EQ(outcome.exit_code, code) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
    EXPECT_EQ(lines(outcome.err).size(), 1U) << outcome.err;
}

TEST(Evaluate, WritesARunThatSaysWhatItsTableSays) {
    const TemporaryFolder folder;
    const Outcome outcome = evaluate({"--folds", "loso", "--seeds", "2", "-o", folder.path("run")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    EXPECT_NE(outcome.out.find("no speaker and no recording is in training and in test"), std::string::npos);
    EXPECT_NE(outcome.out.find("bootstrap over 8 speakers, 10000 draws"), std::string::npos);
    EXPECT_NE(outcome.out.find("over 2 seeds"), std::string::npos);

    const json run = json::parse(read_file(folder.path("run/run.json")));
    EXPECT_EQ(run["folds"], "loso");
    EXPECT_EQ(run["corpus"]["licence"], "CC0-1.0");
    EXPECT_EQ(run["corpus"]["clips"], 80);
    EXPECT_EQ(run["options"]["seeds"], json({9, 10}));
    EXPECT_EQ(run["options"]["framework_options"]["max_iter"], "15");
    EXPECT_EQ(run["per_fold"].size(), 16U);
    EXPECT_EQ(run["per_fold"][0]["test_speakers"].size(), 1U);
    EXPECT_EQ(run["overlap"]["speakers"], 0);
    const double uar = run["metrics"]["uar"]["value"], low = run["metrics"]["uar"]["low"];
    EXPECT_LE(low, uar);
    EXPECT_GT(uar, 0.2);

    const auto rows = lines(read_file(folder.path("run/predictions.csv")));
    ASSERT_EQ(rows.size(), 161U);  // 80 clips, two seeds
    EXPECT_EQ(rows[0], "file,speaker,truth,predicted,fold,seed,p_neutral,p_happy,p_sad,p_angry,p_fear");
    std::size_t n_right = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        std::istringstream row(rows[i]);
        std::string file, speaker, truth, predicted;
        std::getline(std::getline(std::getline(std::getline(row, file, ','), speaker, ','), truth, ','),
                     predicted, ',');
        if (truth == predicted) ++n_right;
    }
    EXPECT_DOUBLE_EQ(static_cast<double>(n_right) / 160, run["metrics"]["accuracy"]["value"].get<double>());

    // Nothing is written over, and nothing is left beside it.
    expect_error(evaluate({"-o", folder.path("run")}), 4, "is there already");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(Evaluate, SaysTheSameForAnyNumberOfThreads) {
    const Outcome one = evaluate({"--format", "json", "--threads", "1"}),
                  two = evaluate({"--format", "json", "--threads", "2"});
    ASSERT_EQ(one.exit_code, 0) << one.err;
    json a = json::parse(one.out), b = json::parse(two.out);
    a.erase("command");
    b.erase("command");
    EXPECT_EQ(a, b);
    EXPECT_EQ(json::parse(one.out)["folds"], "speaker:5");
}

TEST(Evaluate, SaysLoudlyWhatRandomFoldsShare) {
    const Outcome outcome = evaluate({"--folds", "stratified:4"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("WARNING: 80 of 80 tested clips are of speakers heard in training"),
              std::string::npos)
        << outcome.out;
}

TEST(Evaluate, ReportsInflation) {
    const TemporaryFolder folder;
    const Outcome outcome = evaluate({"--folds", "inflation", "-o", folder.path("run")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    for (const char* row : {"\nrandom:5 ", "\nspeaker:5 "})
        EXPECT_NE(outcome.out.find(row), std::string::npos) << outcome.out;
    EXPECT_EQ(json::parse(read_file(folder.path("run/run.json")))["folds"], "inflation");
    const Outcome compared = run({"compare", folder.path("run/random-5"), folder.path("run/speaker-5")});
    EXPECT_EQ(compared.exit_code, 0) << compared.err;
}

TEST(Evaluate, TakesAFoldFile) {
    const TemporaryFolder folder;
    std::ofstream(folder.path("folds.json"))
        << R"({"folds": [{"speakers": ["synthetic:01", "synthetic:02"]}, {"speakers": ["synthetic:03"]}]})";
    const Outcome outcome = evaluate({"--folds", "file:" + folder.path("folds.json"), "--format", "json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const json run = json::parse(outcome.out);
    EXPECT_EQ(run["per_fold"].size(), 2U);
    EXPECT_EQ(run["overlap"]["tested"], 30);
    std::ofstream(folder.path("folds.json"))
        << R"({"folds": [{"test": ["synthetic-01-01-01", "gone.wav"]}]})";
    expect_error(evaluate({"--folds", "file:" + folder.path("folds.json")}), 2,
                 "names what is not among the clips: gone.wav");
}

TEST(Evaluate, TestsAModel) {
    const TemporaryFolder folder;
    const std::string model = folder.path("m.safetensors");
    ASSERT_EQ(run({"train", "--quiet", "--max-iter", "10", "--hidden-layer-sizes", "8", "-o", model, demo()})
                  .exit_code,
              0);
    const Outcome outcome = run({"evaluate", "--quiet", "-m", model, "--labels", "sad,angry", demo()});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.err.find("WARNING: the model was trained on synthetic"), std::string::npos);
    EXPECT_NE(outcome.out.find("32 clips"), std::string::npos) << outcome.out;
    expect_error(run({"evaluate", "-m", model, "--folds", "loso", demo()}), 2, "--folds excludes --model");
    expect_error(run({"evaluate", "-m", model, "--alpha", "1", demo()}), 2, "excludes --model");
}

TEST(Evaluate, SaysWhatIsWrong) {
    expect_error(evaluate({"--folds", "people"}), 2, "must be one of speaker[:K]");
    expect_error(evaluate({"--folds", "people"}), 2, "file:FOLDS.json, inflation, matrix");
    expect_error(evaluate({"--folds", "speaker:9"}), 2, "9 folds but only 8 speakers");
    expect_error(evaluate({"--folds", "emobox"}), 2, "24 actors of RAVDESS");
    expect_error(evaluate({"--folds", "corpus"}), 2, "only one corpus, synthetic");
    expect_error(evaluate({"--folds", "matrix"}), 2, "at least two");
    expect_error(evaluate({"--folds", "random:40"}), 2, "has 16 clips for 40 folds");
    expect_error(evaluate({"--folds", "file:not-there.json"}), 4, "not-there.json");
    expect_error(evaluate({"--labels", "sad,bored"}), 2, "no recording is labelled bored");
    expect_error(evaluate({"--labels", "sad"}), 2, "only one emotion, sad");
    expect_error(evaluate({"--dropout", "0.5"}), 2, "--dropout: no option of sklearn");
    expect_error(evaluate({"--momentum", "0.5"}), 2, "--momentum: does nothing with --solver adam");
    expect_error(evaluate({"--power-t", "0.3", "--solver", "sgd"}), 2, "add --learning-rate invscaling");
    expect_error(evaluate({"--validation-fraction", "0.3"}), 2, "add --early-stopping true");
    expect_error(evaluate({"-o", "/proc/run"}), 4, "/proc/run");
}

TEST(Evaluate, LabelsKeepTheirOrder) {
    const Outcome outcome = evaluate({"--labels", "sad,happy"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("2 classes: sad happy\n"), std::string::npos) << outcome.out;
}

TEST(Evaluate, NormalisesSpeakersAndSaysSo) {
    const TemporaryFolder folder;
    const std::string run_folder = folder.path("runs/first");  // runs/ is made on the way
    const Outcome outcome = evaluate({"--normalise", "speaker", "-o", run_folder});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::string note = "each speaker's clips, tested ones too";
    EXPECT_NE(outcome.out.find("note: " + note), std::string::npos);
    EXPECT_NE(read_file(run_folder + "/run.json").find(note), std::string::npos);
}

TEST(Evaluate, CalibratesAndShowsHowOftenProbabilitiesAreRight) {
    const TemporaryFolder folder;
    const Outcome outcome =
        evaluate({"--folds", "speaker:3", "--calibrate", "temperature", "-o", folder.path("run")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("temperature"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("\nprobability "), std::string::npos) << outcome.out;
    const Outcome bare = evaluate({"--folds", "speaker:3", "--format", "json"});
    const json run = json::parse(read_file(folder.path("run/run.json"))), plain = json::parse(bare.out);
    EXPECT_EQ(run["options"]["calibrate"], "temperature");
    EXPECT_EQ(plain["options"]["calibrate"], "none");
    EXPECT_EQ(run["confusion"], plain["confusion"]);
    EXPECT_NE(run["metrics"]["log_loss"], plain["metrics"]["log_loss"]);
    EXPECT_FALSE(plain["per_fold"][0].contains("calibration"));
    for (const json& fold : run["per_fold"]) {
        EXPECT_EQ(fold["calibration"]["clips"], fold["n_train"]);
        EXPECT_EQ(fold["calibration"]["speakers"], fold["train_speakers"].size());
        EXPECT_GT(fold["calibration"]["temperature"], 0);
    }
    double error = 0;
    for (const json& bin : run["reliability"])
        if (bin["clips"] > 0)
            error += bin["clips"].get<double>() / 80 *
                     std::abs(bin["accuracy"].get<double>() - bin["confidence"].get<double>());
    EXPECT_NEAR(error, run["metrics"]["ece"]["value"].get<double>(), 1e-12);
    const Outcome verified = undertone::test::run({"verify", folder.path("run")});
    EXPECT_EQ(verified.exit_code, 0) << verified.err;
}

TEST(Evaluate, InterruptLeavesNothing) {
    const TemporaryFolder folder;
    const std::string out = folder.path("run");
    const std::vector<std::string> words{program(), "evaluate", "--quiet", "--max-iter",
                                         "1000000", "--tol",    "0",       "--n-iter-no-change",
                                         "1000000", "-o",       out,       demo()};
    const pid_t child = fork();
    if (child == 0) {
        std::vector<char*> argv;
        for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
        argv.push_back(nullptr);
        if (std::freopen("/dev/null", "wb", stderr) == nullptr) _exit(126);
        execv(argv[0], argv.data());
        _exit(127);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    kill(child, SIGINT);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 130);
    EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Compare, TellsRunsApart) {
    const TemporaryFolder folder;
    ASSERT_EQ(evaluate({"-o", folder.path("a")}).exit_code, 0);
    ASSERT_EQ(evaluate({"--random-state", "3", "--seeds", "2", "-o", folder.path("b")}).exit_code, 0);
    const Outcome same = run({"compare", "--format", "json", folder.path("a"), folder.path("a")});
    ASSERT_EQ(same.exit_code, 0) << same.err;
    EXPECT_EQ(json::parse(same.out)["uar"]["difference"], 0.0);
    EXPECT_EQ(json::parse(same.out)["uar"]["p_value"], 1.0);
    EXPECT_EQ(json::parse(same.out)["mcnemar"]["p_value"], 1.0);
    const Outcome other = run({"compare", folder.path("a"), folder.path("b") + "/"});
    ASSERT_EQ(other.exit_code, 0) << other.err;
    EXPECT_NE(other.out.find("8 speakers drawn and swapped, every way of swapping"), std::string::npos);
    EXPECT_EQ(other.out.find("McNemar"), std::string::npos);  // a clip has two labels in B
}

TEST(Compare, SaysWhatIsWrong) {
    const TemporaryFolder folder;
    const auto write = [&](const std::string& name, const std::string& text) {
        fs::create_directories(folder.path(name));
        std::ofstream(folder.path(name + "/predictions.csv")) << text;
        return folder.path(name);
    };
    const std::string head = "file,speaker,truth,predicted,fold,seed,p_a,p_b\n";
    const std::string good = write("good", head + "x/1.wav,s:1,a,a,1,9,1,0\n\"x/2,.wav\",s:2,b,a,1,9,1,0\n");
    EXPECT_EQ(run({"compare", good,
                   write("moved", head + "y/1.wav,s:1,a,b,1,9,0,1\n\"y/2,.wav\",s:2,b,b,1,9,0,1\n")})
                  .exit_code,
              0);
    expect_error(run({"compare", good, folder.path("none")}), 4, "no such run folder");
    expect_error(run({"compare", good, folder.path()}), 4, "run folders within are");
    expect_error(run({"compare", good, write("less", head + "x/1.wav,s:1,a,a,1,9,1,0\n")}), 2,
                 "lacks 2,.wav");
    expect_error(run({"compare", good,
                      write("told", head + "x/1.wav,s:1,a,a,1,9,1,0\n\"x/2,.wav\",s:2,a,a,1,9,1,0\n")}),
                 2, "x/2,.wav is labelled a, elsewhere b");
    expect_error(run({"compare", good, write("open", head + "\"x/1.wav,s:1,a,a,1,9,1,0\n")}), 6,
                 "predictions.csv:2: a quote that is opened here is never closed");
    expect_error(run({"compare", good, write("short", head + "x/1.wav,s:1,a\n")}), 6, "predictions.csv:2: ");
    expect_error(run({"compare", good, write("head", "file,truth\n")}), 6, "must begin with file,speaker");
    expect_error(run({"compare", good, write("empty", "")}), 6, "is empty");
}

}  // namespace
}  // namespace undertone::test
