// Run folders of strangers, and very large ones.
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/demo.hpp"
#include "os/file.hpp"
#include "support/sound.hpp"
#include "support/support.hpp"

namespace undertone::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kHeader = "file,speaker,truth,predicted,fold,seed";

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

/// A run of hand with a folder of sound beside it.
struct Made {
    TemporaryFolder folder;
    std::string run_folder = folder.path("run"), page = folder.path("page.html");

    Made() { fs::create_directories(run_folder); }
    void write(const std::string& name, const std::string& text) const {
        write_file(run_folder + "/" + name, text);
    }
    [[nodiscard]] Outcome report(std::vector<std::string> more = {}) const {
        more.insert(more.begin(), {"report", run_folder, "-o", page});
        return run(more);
    }
    /// Made in `folder`, of its `corpus`, and plays these files.
    void plays(const std::vector<std::string>& files) const {
        std::string text = std::string(kHeader) + ",p_sad,p_calm\n";
        for (const std::string& file : files) text += file + ",anna,sad,calm,1,9,0.25,0.75\n";
        write("predictions.csv", text);
        write("run.json", json{{"labels", {"sad", "calm"}},
                               {"command", {{"words", {"evaluate", "corpus"}}, {"folder", folder.path()}}}}
                              .dump());
    }
};

void expect_refused(const Outcome& outcome, const std::string& part) {
    EXPECT_EQ(outcome.exit_code, 6) << outcome.err;
    EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
    EXPECT_EQ(count(outcome.err, "\n"), 1U) << outcome.err;
}

std::string repeated(const std::string& text, std::size_t n) {
    std::string all;
    for (std::size_t i = 0; i < n; ++i) all += (i == 0 ? "" : ",") + text;
    return all;
}

TEST(ReportLimits, EveryNumberHasItsRange) {
    const Made made;
    for (const char* clips : {"1e300", "-1", "2.5", "1e17"}) {
        made.write("run.json",
                   std::string(R"({"reliability": [{"low": 0, "high": 1, "clips": )") + clips + "}]}");
        expect_refused(made.report(), "run.json: clips = ");
    }
    made.write("run.json", R"({"per_fold": [{"fold": "1", "seed": 4294967296}]})");
    expect_refused(made.report(), "seed = 4294967296: must be a whole number from 0 to 4294967295");
    made.write("run.json", R"({"metrics": {"uar": {"value": -1e300}}})");
    expect_refused(made.report(), "must be from -1e15 to 1e15");
    made.write("run.json", R"({"options": {"alpha": 1e300, "clips": -1}})");  // only shown
    EXPECT_EQ(made.report().exit_code, 0);
    for (const char* seed : {"9.7", "4294967296", "-1", "1e3", ""}) {
        made.write("predictions.csv", std::string(kHeader) + ",p_a\na.wav,b,a,a,1," + seed + ",1\n");
        expect_refused(made.report(), "predictions.csv:2: seed: ");
    }
    for (const char* p : {"1.5", "-0.1", "nan", "inf"}) {
        made.write("predictions.csv", std::string(kHeader) + ",p_a\na.wav,b,a,a,1,4294967295," + p + "\n");
        expect_refused(made.report(), "a probability must be from 0 to 1");
    }
    made.write("predictions.csv", std::string(kHeader) + ",p_a\na.wav,b,other,a,1,9,1\n");
    expect_refused(made.report(), "predictions.csv: other has no column");
    fs::remove(made.run_folder + "/predictions.csv");
    made.write("curves.csv", "fold,seed,epoch,loss\n1,9,1,0.5\n1,9,3,0.4\n");
    expect_refused(made.report(), "curves.csv:3: epoch 3 where 2 is due");
    made.write("curves.csv", "fold,seed,epoch,loss\n1,9,1,1e308\n1,9,2,nan\n1,9,3,0.5\n");  // went astray
    EXPECT_EQ(made.report().exit_code, 0);
    fs::remove(made.run_folder + "/curves.csv");
    made.write("importance.json", R"({"groups": [{"name": "pitch", "columns": 1.5}]})");
    expect_refused(made.report(), "importance.json: columns = 1.5");
}

// Within 600 MB, or the program is ended.
Outcome report_within(const Made& made, const std::vector<std::string>& more = {}) {
    rlimit before{};
    getrlimit(RLIMIT_AS, &before);
    rlimit small = before;
    small.rlim_cur = rlim_t{600} << 20;
    if (!kSanitized) setrlimit(RLIMIT_AS, &small);
    Outcome outcome = made.report(more);
    setrlimit(RLIMIT_AS, &before);
    return outcome;
}

TEST(ReportLimits, ASquareIsNotAllocatedForAListOfNothing) {
    const Made made;
    made.write("run.json", R"({"labels": ["a"], "confusion": [)" + repeated("[]", 32000) + "]}");
    expect_refused(report_within(made), "confusion: must have as many columns as rows");
    made.write("run.json", R"({"folds": "matrix", "corpora": [)" + repeated("1", 7000) + "]}");
    expect_refused(report_within(made), "cells: must be one for each two of the corpora");
    json run{{"verb", "tune"}, {"trials", json::array()}};
    json options;
    for (int i = 0; i < 430; ++i) options["p" + std::to_string(i)] = i;
    for (int i = 0; i < 200; ++i)
        run["trials"].push_back({{"options", options}, {"mean", 0.5}, {"rank", i + 1}});
    made.write("run.json", run.dump());
    ASSERT_EQ(report_within(made).exit_code, 0);
    EXPECT_LT(fs::file_size(made.page), 1000000U);
    run["trials"][7]["options"].erase("p3");
    made.write("run.json", run.dump());
    expect_refused(report_within(made), "trials: each must have the same options");
    run = {{"labels", {std::string(500000, 'a'), std::string(500000, 'b')}},
           {"confusion", {{1, 2}, {3, 4}}},
           {"warnings", {std::string(1000000, 'w')}}};
    made.write("run.json", run.dump());
    ASSERT_EQ(report_within(made).exit_code, 0);
    EXPECT_LT(fs::file_size(made.page), 100000U);
}

/// Clips of many speakers and labels, 8 of each speaker.
void write_large(const Made& made, std::size_t n_speakers, std::size_t n_labels) {
    std::string text = kHeader;
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < n_labels; ++i) labels.push_back("label" + std::to_string(i));
    for (const std::string& label : labels) text += ",p_" + label;
    text += "\n";
    json confusion(n_labels <= 400 ? n_labels : 0, std::vector<int>(n_labels, 1)), folds = json::array();
    for (std::size_t clip = 0; clip < 8 * n_speakers; ++clip) {
        const std::size_t truth = clip * 7 % n_labels, given = clip % 3 == 0 ? truth : clip * 5 % n_labels;
        text += "c" + std::to_string(clip) + ".wav,spk" + std::to_string(clip / 8) + "," + labels[truth] +
                "," + labels[given] + ",1,9";
        for (std::size_t i = 0; i < n_labels; ++i) text += i == given ? ",1" : ",0";
        text += "\n";
    }
    for (std::size_t i = 0; i < n_speakers; ++i) folds.push_back({{"fold", std::to_string(i)}});
    json run{{"labels", labels}, {"per_fold", folds}};
    if (!confusion.empty()) run["confusion"] = confusion;
    made.write("predictions.csv", text);
    made.write("run.json", run.dump());
}

TEST(ReportLimits, FiguresHoldForAnyCount) {
    const Made made;
    write_large(made, 1100, 8);
    Outcome outcome = made.report();
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    std::string page = read_file(made.page);
    EXPECT_NE(page.find("UAR: 30 best, 30 worst of 1,100"), std::string::npos);
    EXPECT_NE(page.find("1,040 between"), std::string::npos);
    EXPECT_NE(page.find("And 900 more folds"), std::string::npos);
    EXPECT_LT(page.size(), 300000U);
    ASSERT_EQ(run({"plot", made.run_folder, "-o", made.folder.path("all.png")}).exit_code, 0);
    write_large(made, 60, 300);
    ASSERT_EQ(made.report().exit_code, 0);
    page = read_file(made.page);
    EXPECT_NE(page.find("Confusion: the 40 most mistaken of 300 labels"), std::string::npos);
    EXPECT_NE(page.find(">the other 260<"), std::string::npos);
    EXPECT_EQ(page.find("between ..."), std::string::npos);  // 60 speakers are all shown
    EXPECT_NE(page.find(" and 240 more</dd>"), std::string::npos);
}

TEST(ReportLimits, ThousandsOfLabelsAreQuick) {
    const Made a, b;
    write_large(a, 20, 4000);
    write_large(b, 20, 4000);
    const auto start = std::chrono::steady_clock::now();
    ASSERT_EQ(report_within(a).exit_code, 0);
    const Outcome compared = run({"compare", a.run_folder, b.run_folder});
    EXPECT_EQ(compared.exit_code, 0) << compared.err;
    // It took minutes; on a machine with other work it takes a second.
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST(ReportLimits, ASignalEndsTheWork) {
    const Made made;
    std::string text = std::string(kHeader) + ",p_a,p_b\n";
    for (int i = 0; i < 60000; ++i)
        text += std::to_string(i) + ",,a," + (i % 2 == 0 ? "a" : "b") + ",1,9,1,0\n";
    made.write("predictions.csv", text);
    made.write("run.json", "{}");
    const pid_t child = fork();
    if (child == 0) {
        if (std::freopen("/dev/null", "w", stdout) == nullptr ||
            std::freopen("/dev/null", "w", stderr) == nullptr)
            _exit(126);
        // 20,000 draws of 60,000 clips.
        execl(program().c_str(), "undertone", "compare", made.run_folder.c_str(), made.run_folder.c_str(),
              nullptr);
        _exit(127);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    const auto start = std::chrono::steady_clock::now();
    kill(child, SIGTERM);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 130);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
}

TEST(ReportLimits, OnlySoundOfTheCorpusIsPlayed) {
    const Made made;
    const auto path = [&](const char* name) { return made.folder.path(name); };
    for (const char* name : {"corpus", "private", "corpus/within"}) fs::create_directory(path(name));
    ASSERT_TRUE(write_sound(path("corpus/good.wav"), made_sound(4000)));
    ASSERT_TRUE(write_sound(path("private/secret.wav"), made_sound(4000)));
    write_file(path("corpus/text.wav"), "root:x:0:0:a secret");
    write_file(path("corpus/begins.wav"), "RIFF....WAVEfmt a secret");
    fs::create_symlink("/etc/passwd", path("corpus/passwd.wav"));
    fs::create_symlink(path("private/secret.wav"), path("corpus/link.wav"));
    fs::create_directory_symlink(path("private"), path("corpus/folder"));
    fs::create_symlink("../good.wav", path("corpus/within/again.wav"));
    fs::create_symlink("loop.wav", path("corpus/loop.wav"));
    made.plays({"corpus/good.wav", "corpus/text.wav", "corpus/begins.wav", "corpus/passwd.wav",
                "corpus/link.wav", "corpus/folder/secret.wav", path("private/secret.wav"),
                "corpus/../private/secret.wav"});
    std::vector<std::vector<std::string>> ways{{}, {"--embed-sound", "--corpus", path("corpus")}};
    for (const auto& way : ways) {
        const Outcome outcome = made.report(way);
        ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
        const std::string page = read_file(made.page);
        EXPECT_EQ(count(page, "<audio"), 1U);
        EXPECT_EQ(count(page, "cm9vdDp4"), 0U);  // "root:x" in base64
        EXPECT_EQ(count(page, "root:x"), 0U);
        EXPECT_NE(outcome.err.find("corpus/link.wav: lies outside of the corpus"), std::string::npos)
            << outcome.err;
        EXPECT_NE(outcome.err.find("corpus/text.wav: is no sound that browsers play"), std::string::npos);
        EXPECT_NE(outcome.err.find("corpus/begins.wav: cannot be read as sound"), std::string::npos);
        EXPECT_NE(page.find("Not played: <bdi>corpus/passwd.wav</bdi> lies outside"), std::string::npos);
    }
    made.plays({"/etc/passwd", "/dev/zero", "corpus/loop.wav", "corpus/none.wav"});
    const Outcome absolute = made.report({"--corpus", "/etc", "--corpus", "/dev"});
    EXPECT_EQ(absolute.exit_code, 0) << absolute.err;
    EXPECT_EQ(count(read_file(made.page), "<audio"), 0U);
    EXPECT_NE(absolute.err.find("/etc/passwd: is no sound"), std::string::npos) << absolute.err;
    made.plays({"corpus/within/again.wav", "corpus/link.wav"});
    EXPECT_EQ(made.report().exit_code, 0);
    EXPECT_EQ(count(read_file(made.page), "<audio"), 1U);  // a link within the corpus
    EXPECT_EQ(made.report({"--corpus", path("private")}).exit_code, 0);
    EXPECT_EQ(count(read_file(made.page), "<audio"), 2U);
    // What the run says of itself is not what the user says.
    EXPECT_EQ(made.report({"--embed-sound", "--corpus", path("private")}).exit_code, 0);
    EXPECT_EQ(count(read_file(made.page), "<audio"), 1U);
}

TEST(ReportLimits, PlacesInAPageAreNames) {
    const Made made;
    const std::string nasty =
        "</script><script>alert(1)</script>\" onx=\"'&<!--\u202e\u0085" + std::string("\x01\x7f\xff\xfe");
    const std::string quoted = "\"" + [&] {
        std::string text = nasty;
        for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 2))
            text.insert(at, 1, '"');
        return text;
    }() + "\"";
    std::string in_json = nasty.substr(0, nasty.size() - 2);
    made.write("predictions.csv", std::string(kHeader) + ",\"p_" + quoted.substr(1) + ",p_b\n" + quoted +
                                      "," + quoted + "," + quoted + ",b," + quoted + ",9,0.5,0.5\n");
    std::string with_zero = in_json;
    with_zero += '\0';
    json options{{with_zero, with_zero}};
    made.write("run.json",
               json{{"verb", with_zero},
                    {"undertone", with_zero},
                    {"folds", with_zero},
                    {"labels", {with_zero, "b"}},
                    {"confusion", {{1, 2}, {3, 4}}},
                    {"warnings", {with_zero}},
                    {"notes", {with_zero}},
                    {"corpus", {{"name", with_zero}, {"licence", with_zero}, {"samples", with_zero}}},
                    {"options", {{"framework_options", options}, {"model", with_zero}}},
                    {"classes", {{{"label", with_zero}}}},
                    {"per_fold", {{{"fold", with_zero}, {"test_speakers", {with_zero}}}}},
                    {"trials", {{{"options", options}, {"mean", 0.5}, {"rank", 1}}}},
                    {"command", {{"words", {"evaluate", with_zero}}, {"folder", with_zero}}},
                    {"metrics", {{"uar", {{"value", 0.5}}}}}}
                   .dump());
    made.write("importance.json", json{{"groups", {{{"name", with_zero}, {"columns", 1}}}}}.dump());
    const Outcome outcome = made.report();
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::string page = read_file(made.page);
    EXPECT_EQ(count(page, "<script"), 1U);  // the page's own
    EXPECT_EQ(count(page, "</script"), 1U);
    EXPECT_EQ(count(page, "onx=\""), 0U);
    EXPECT_EQ(count(page, "<!--"), 0U);
    for (const char* part : {"\u0085", "\x01", "\x7f", "\xff"}) EXPECT_EQ(count(page, part), 0U) << part;
    EXPECT_EQ(page.find('\0'), std::string::npos);
}

TEST(ReportLimits, WhatIsNoFileIsNotWaitedFor) {
    const Made made;
    ASSERT_EQ(mkfifo((made.run_folder + "/run.json").c_str(), 0600), 0);
    Outcome outcome = made.report();
    EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
    EXPECT_NE(outcome.err.find("run.json: is a pipe"), std::string::npos) << outcome.err;
    fs::remove(made.run_folder + "/run.json");
    made.write("run.json", "{}");
    for (const char* name : {"predictions.csv", "curves.csv", "importance.json"}) {
        fs::create_symlink("/dev/zero", made.run_folder + "/" + name);
        outcome = made.report();
        EXPECT_EQ(outcome.exit_code, 4) << name;
        EXPECT_NE(outcome.err.find(std::string(name) + ": is a device"), std::string::npos) << outcome.err;
        fs::remove(made.run_folder + "/" + name);
    }
    made.write("predictions.csv", std::string(30000000, ','));
    expect_refused(report_within(made), "has more than the 4096 columns");
    made.write("predictions.csv", "a\n" + std::string(30000000, '\n'));
    expect_refused(report_within(made), "must begin with file,speaker");
}

}  // namespace
}  // namespace undertone::test
