#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/demo.hpp"
#include "os/file.hpp"
#include "support/sound.hpp"
#include "support/support.hpp"

namespace undertone::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

void evaluate(const std::string& run_folder, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"evaluate", "--quiet", "--hidden-layer-sizes", "12", "--max-iter", "15",
                                   "-o",       run_folder};
    words.insert(words.end(), more.begin(), more.end());
    words.push_back(demo());
    const Outcome outcome = run(words);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
}

// A run of hand: what a test needs of a folder, without a training.
void make_run(const std::string& folder, const std::string& label, const std::string& speaker,
              const std::string& file) {
    fs::create_directories(folder);
    write_file(folder + "/run.json",
               json{{"verb", "evaluate"},
                    {"folds", "speaker:2"},
                    {"labels", {label, "calm"}},
                    {"corpus", {{"name", label}, {"licence", speaker}, {"clips", 2}}},
                    {"command", {{"words", {"evaluate", file}}, {"folder", "/"}}},
                    {"warnings", {label + speaker}},
                    {"metrics", {{"uar", {{"value", 0.5}, {"low", 0.4}, {"high", 0.6}}}}},
                    {"confusion", {{1, 1}, {0, 2}}},
                    {"classes",
                     {{{"label", label},
                       {"support", 2},
                       {"recall", {{"value", 0.5}, {"low", nullptr}, {"high", nullptr}}}}}}}
                   .dump());
    const auto field = [](std::string text) {
        for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 2))
            text.insert(at, 1, '"');
        return "\"" + text + "\"";
    };
    write_file(folder + "/predictions.csv", "file,speaker,truth,predicted,fold,seed," + field("p_" + label) +
                                                ",p_calm\n" + field(file) + "," + field(speaker) + "," +
                                                field(label) + ",calm,1,9,0.25,0.75\n" + field(file + "2") +
                                                "," + field(speaker) + ",calm,calm,1,9,0.5,0.5\n");
}

TEST(Report, SaysEverythingOfARun) {
    const TemporaryFolder folder;
    evaluate(folder.path("run"), {"--importance", "--folds", "speaker:4", "--seeds", "2"});
    const Outcome outcome = run({"report", folder.path("run"), "-o", folder.path("page.html")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(outcome.out, "report saved: " + folder.path("page.html") + "\n");
    const std::string page = read_file(folder.path("page.html"));
    const json result = json::parse(read_file(folder.path("run/run.json")));
    char uar[16];
    std::snprintf(uar, sizeof uar, "%.3f", result["metrics"]["uar"]["value"].get<double>());
    for (const std::string& part :
         {std::string("<!DOCTYPE html>"), std::string(uar),
          std::string("No speaker is in training and in test."), std::string("CC0-1.0"),
          std::string("--folds speaker:4"), std::string("Over 2 seeds"), std::string("UAR falls by"),
          std::string("The most certain mistakes"), std::string("The least certain hits"),
          std::string("prefers-color-scheme"), std::string("@media print")})
        EXPECT_NE(page.find(part), std::string::npos) << part;
    EXPECT_EQ(count(page, "<figure>"), 5U);  // loss, confusion, reliability, speakers, importance
    EXPECT_GE(count(page, "<audio"), 9U);
    EXPECT_EQ(count(page, "<section"), count(page, "</section>"));
    EXPECT_EQ(page.find("What this page lacks"), std::string::npos);
    EXPECT_LT(page.size(), 500000U);
    for (const char* away : {"http://", "https://", "src=\"//", "@import", "url("}) {
        std::string rest = page;  // but for the name of the SVG language, which nobody fetches
        for (std::size_t at; (at = rest.find("http://www.w3.org/2000/svg")) != std::string::npos;)
            rest.erase(at, 26);
        EXPECT_EQ(rest.find(away), std::string::npos) << away;
    }
}

TEST(Report, EscapesNamesAndKeepsTheirDirectionApart) {
    const TemporaryFolder folder;
    const std::string label = "<script>alert(1)</script>",
                      speaker = "\"a'b\"&\u202e\u0645\u0631\u062d\u0628\u0627";
    make_run(folder.path("run"), label, speaker, "<b>clip</b> \"x\".wav");
    const Outcome outcome = run({"report", folder.path("run"), "-o", folder.path("page.html")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::string page = read_file(folder.path("page.html"));
    EXPECT_EQ(count(page, "<script"), 1U);  // the page's own
    EXPECT_EQ(page.find("<b>"), std::string::npos);
    EXPECT_EQ(page.find("\"a'b\""), std::string::npos);
    EXPECT_NE(page.find("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>"), std::string::npos);
    EXPECT_NE(page.find("\u0645\u0631\u062d\u0628\u0627</bdi>"), std::string::npos);
}

TEST(Report, SaysWhichPartARunLacks) {
    const TemporaryFolder folder;
    make_run(folder.path("run"), "sad", "anna", "a.wav");
    Outcome outcome = run({"report", "--format", "json", folder.path("run"), "-o", folder.path("page.html")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    json line = json::parse(outcome.out);
    EXPECT_EQ(line["written"], folder.path("page.html"));
    EXPECT_EQ(line["missing"].size(), 2U);
    std::string page = read_file(folder.path("page.html"));
    EXPECT_EQ(line["bytes"], page.size());
    EXPECT_NE(page.find("curves.csv is not in the run folder"), std::string::npos);
    EXPECT_NE(page.find("evaluate --importance</code>"), std::string::npos);
    EXPECT_NE(page.find("they cannot be played"), std::string::npos);
    EXPECT_EQ(count(page, "<audio"), 0U);

    fs::remove(folder.path("run/predictions.csv"));
    write_file(folder.path("run/run.json"), "{}");
    outcome = run({"report", folder.path("run"), "-o", folder.path("page.html")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    page = read_file(folder.path("page.html"));
    EXPECT_NE(page.find("predictions.csv is not in the run folder"), std::string::npos);
    EXPECT_NE(page.find("does not name the folds"), std::string::npos);
}

TEST(Report, PutsTwoRunsSideBySide) {
    const TemporaryFolder folder;
    evaluate(folder.path("a"));
    evaluate(folder.path("b"), {"--alpha", "1"});
    const Outcome outcome =
        run({"report", folder.path("a"), folder.path("b"), "-o", folder.path("page.html")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::string page = read_file(folder.path("page.html"));
    const json compared =
        json::parse(run({"compare", "--format", "json", folder.path("a"), folder.path("b")}).out);
    char p[16];
    std::snprintf(p, sizeof p, "%.4f", compared["uar"]["p_value"].get<double>());
    EXPECT_NE(page.find(p), std::string::npos);
    EXPECT_NE(page.find("B - A, 95 %"), std::string::npos);
    EXPECT_EQ(count(page, "<h3>A: <bdi>a</bdi></h3>"), count(page, "<h3>B: <bdi>b</bdi></h3>"));
    EXPECT_EQ(count(page, "<figure>"), 8U);
    make_run(folder.path("other"), "sad", "anna", "a.wav");
    const Outcome unlike =
        run({"report", folder.path("a"), folder.path("other"), "-o", folder.path("page.html")});
    EXPECT_EQ(unlike.exit_code, 0) << unlike.err;
    EXPECT_NE(read_file(folder.path("page.html")).find("The two cannot be compared: "), std::string::npos);
}

TEST(Report, TakesSoundIntoThePageWhenAsked) {
    const TemporaryFolder folder;
    evaluate(folder.path("run"));
    const Outcome unnamed =
        run({"report", "--embed-sound", folder.path("run"), "-o", folder.path("page.html")});
    EXPECT_EQ(unnamed.exit_code, 0) << unnamed.err;
    EXPECT_NE(unnamed.err.find("the page holds recordings of " + fs::canonical(demo()).string()),
              std::string::npos)
        << unnamed.err;
    EXPECT_GE(count(read_file(folder.path("page.html")), "src=\"data:audio/ogg;base64,T2dn"), 9U);
    const Outcome outcome = run(
        {"report", "--embed-sound", "--corpus", demo(), folder.path("run"), "-o", folder.path("page.html")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    const std::string page = read_file(folder.path("page.html"));
    EXPECT_GE(count(page, "src=\"data:audio/ogg;base64,T2dn"), 9U);  // "Ogg"
    EXPECT_EQ(page.find("file://"), std::string::npos);
}

TEST(Report, NamesRecordingsBesideThePageFromThere) {
    const TemporaryFolder folder;
    make_run(folder.path("run"), "sad", "anna", folder.path("so und#1.wav"));
    ASSERT_TRUE(write_sound(folder.path("so und#1.wav"), made_sound(4000)));
    ASSERT_EQ(run({"report", folder.path("run"), "-o", folder.path("page.html")}).exit_code, 0);
    EXPECT_NE(read_file(folder.path("page.html")).find("src=\"./so%20und%231.wav\""), std::string::npos);
    fs::create_directory(folder.path("pages"));
    ASSERT_EQ(run({"report", folder.path("run"), "-o", folder.path("pages/page.html")}).exit_code, 0);
    EXPECT_NE(read_file(folder.path("pages/page.html")).find("src=\"file:///"), std::string::npos);
}

TEST(Report, RefusesInOneLineAndLeavesNothing) {
    const TemporaryFolder folder;
    make_run(folder.path("run"), "sad", "anna", "a.wav");
    const auto refused = [&](std::vector<std::string> words, int code, const std::string& part) {
        words.insert(words.begin(), "report");
        const Outcome outcome = run(words);
        EXPECT_EQ(outcome.exit_code, code) << outcome.err;
        EXPECT_EQ(outcome.out, "");
        EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
        EXPECT_EQ(count(outcome.err, "\n"), 1U) << outcome.err;
    };
    refused({folder.path("nothing")}, 4, "there is no such run folder");
    refused({folder.path("run"), "-o", folder.path("no/where.html")}, 4, "no/where.html");
    refused({folder.path("run"), "-o", folder.path("run")}, 4, folder.path("run"));
    const std::string page = folder.path("page.html");
    write_file(folder.path("run/run.json"), "[1");
    refused({folder.path("run"), "-o", page}, 6, "run.json: is broken JSON");
    write_file(folder.path("run/run.json"), R"({"labels": ["a"], "confusion": [["x"]]})");
    refused({folder.path("run"), "-o", page}, 6, "run.json: confusion = \"x\": must be a whole number");
    make_run(folder.path("run"), "sad", "anna", "a.wav");
    write_file(folder.path("run/predictions.csv"),
               "file,speaker,truth,predicted,fold,seed,p_sad\na,b,sad,sad,1,9,much\n");
    refused({folder.path("run"), "-o", page}, 6, "predictions.csv:2: p_sad: much is no number");
    EXPECT_FALSE(fs::exists(page));
}

TEST(Report, OfASearchAndOfSeveralProtocols) {
    const TemporaryFolder folder;
    Outcome outcome = run({"tune", "--quiet", "--param", "alpha=0.01/1", "--max-iter", "5", "--param",
                           "hidden_layer_sizes=4/6", "--nested", "none", "-o", folder.path("tuned"), demo()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    ASSERT_EQ(run({"report", folder.path("tuned"), "-o", folder.path("tuned.html")}).exit_code, 0);
    std::string page = read_file(folder.path("tuned.html"));
    EXPECT_EQ(count(page, "<figure>"), 1U);
    EXPECT_NE(page.find("the search was not nested"), std::string::npos);
    evaluate(folder.path("inflation"), {"--folds", "inflation"});
    ASSERT_EQ(run({"report", folder.path("inflation"), "-o", folder.path("inflation.html")}).exit_code, 0);
    page = read_file(folder.path("inflation.html"));
    EXPECT_EQ(count(page, "<figure>"), 1U);
    EXPECT_NE(page.find("tested clips of known speakers"), std::string::npos);
}

TEST(Report, OfTwentyFourSpeakersIsQuickAndSmall) {
    const TemporaryFolder folder;
    // 24 speakers, six folds, 1440 clips, eight labels, 200 epochs: files of hand, as large as real ones.
    const std::vector<std::string> labels{"neutral", "calm", "happy",   "sad",
                                          "angry",   "fear", "disgust", "surprise"};
    std::string predictions = "file,speaker,truth,predicted,fold,seed",
                curves = "fold,seed,epoch,loss,val_loss\n";
    for (const std::string& label : labels) predictions += ",p_" + label;
    predictions += "\n";
    json confusion = json::array();
    for (std::size_t r = 0; r < 8; ++r) confusion.push_back(std::vector<int>(8, 22));
    for (int clip = 0; clip < 1440; ++clip) {
        const int speaker = clip % 24, truth = clip / 24 % 8, given = clip / 7 % 8;
        predictions += "/corpus/actor_" + std::to_string(speaker) + "/clip_" + std::to_string(clip) +
                       ".wav,r:" + std::to_string(speaker) + "," + labels[static_cast<std::size_t>(truth)] +
                       "," + labels[static_cast<std::size_t>(given)] + "," + std::to_string(speaker / 4 + 1) +
                       ",9";
        for (int label = 0; label < 8; ++label)
            predictions += label == given ? ",0.6512345678901234" : ",0.04982363315696652";
        predictions += "\n";
    }
    for (int fold = 1; fold <= 6; ++fold)
        for (int epoch = 1; epoch <= 200; ++epoch)
            curves += std::to_string(fold) + ",9," + std::to_string(epoch) + "," +
                      std::to_string(2.0 / epoch) + "," + std::to_string(1.0 + 1.0 / epoch) + "\n";
    fs::create_directory(folder.path("run"));
    write_file(folder.path("run/predictions.csv"), predictions);
    write_file(folder.path("run/curves.csv"), curves);
    write_file(folder.path("run/run.json"),
               json{{"verb", "evaluate"}, {"labels", labels}, {"confusion", confusion}}.dump());
    const Outcome outcome = run({"report", folder.path("run"), "-o", folder.path("page.html")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_LT(fs::file_size(folder.path("page.html")), 2000000U);
}

TEST(PlotRun, DrawsAllOrOneKind) {
    const TemporaryFolder folder;
    evaluate(folder.path("run"));
    Outcome outcome = run({"plot", folder.path("run"), "-o", folder.path("all.svg")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::string all = read_file(folder.path("all.svg"));
    for (const char* title : {"Loss", "Confusion", "Reliability", "UAR by speaker"})
        EXPECT_NE(all.find(title), std::string::npos) << title;
    outcome = run({"plot", folder.path("run"), "--kind", "confusion", "--format", "json", "-o",
                   folder.path("confusion.svg")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(json::parse(outcome.out)["picture"], folder.path("confusion.svg"));
    EXPECT_EQ(read_file(folder.path("confusion.svg")).find("Loss"), std::string::npos);
    for (const std::vector<std::string>& of_recordings :
         std::vector<std::vector<std::string>>{{"--from", "1"}, {"--array", "a.npy"}, {"--n-fft", "512"}}) {
        std::vector<std::string> words{"plot", folder.path("run"), "-o", folder.path("none.svg")};
        words.insert(words.end(), of_recordings.begin(), of_recordings.end());
        outcome = run(words);
        EXPECT_EQ(outcome.exit_code, 2);
        EXPECT_NE(outcome.err.find("is a run"), std::string::npos) << outcome.err;
    }
    outcome = run({"plot", folder.path("run"), "--kind", "tuning", "-o", folder.path("none.svg")});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find("has no figure tuning; it has learning confusion reliability speakers"),
              std::string::npos)
        << outcome.err;
    EXPECT_FALSE(fs::exists(folder.path("none.svg")));
    outcome = run({"plot", folder.path("run"), "--kind", "mel", "-o", folder.path("none.svg")});
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
}

}  // namespace
}  // namespace undertone::test
