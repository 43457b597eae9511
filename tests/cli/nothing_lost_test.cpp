#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "cli/demo.hpp"
#include "formats/json.hpp"
#include "os/file.hpp"
#include "support/support.hpp"

namespace undertone::test {
namespace {

namespace fs = std::filesystem;

using Content = std::map<std::string, std::string>;

// What lies in a folder: of files their bytes, of links where they lead, of folders "/".
Content content(const std::string& folder) {
    Content all;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        const std::string name = entry.path().lexically_relative(folder).string();
        const fs::file_status status = entry.symlink_status();
        all[name] = fs::is_symlink(status)     ? "-> " + fs::read_symlink(entry.path()).string()
                    : fs::is_directory(status) ? "/"
                                               : read_file(entry.path());
    }
    return all;
}

class NothingLost : public ::testing::Test {
protected:
    // Runs a command that must be refused in one line, and leave everything as it was.
    void refused(const std::vector<std::string>& words, int code, const std::string& part) {
        const Content before = content(folder_.path());
        const Outcome outcome = run(words, "", folder_.path());
        EXPECT_EQ(outcome.exit_code, code) << outcome.err;
        EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
        EXPECT_TRUE(content(folder_.path()) == before) << words.front();  // too long to be printed
    }

    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }

    // Two speakers' clips, and beside them a table of them.
    void make_corpus() const {
        fs::create_directory(path("clips"));
        for (const auto& entry : fs::directory_iterator(demo()))
            if (const std::string name = entry.path().filename().string();
                name.ends_with("-01.opus") || name.ends_with("-02.opus"))
                fs::copy(entry.path(), path("clips/" + name));
        ASSERT_EQ(run({"corpus", "-o", path("table.csv"), path("clips")}).exit_code, 0);
    }

    [[nodiscard]] std::vector<std::string> evaluate(const std::string& name) const {
        return {"evaluate", "--quiet", "--folds", "loso", "--max-iter", "5", "-o", name, "clips"};
    }

    // A run that was ended after its first trainings, as its journal became larger than files may be.
    void make_unfinished(const std::string& name) {
        const std::string limited = "ulimit -f 8; exec \"$0\" \"$@\"";  // in blocks of 512 bytes
        std::vector<std::string> words{"-c", limited, program()};
        const std::vector<std::string> own = evaluate(name);
        words.insert(words.end(), own.begin(), own.end());
        ASSERT_NE(run(words, "", folder_.path(), "/bin/sh").exit_code, 0);
        const std::string journal = read_file(path(name + ".part/units.jsonl"));
        ASSERT_GE(std::count(journal.begin(), journal.end(), '\n'), 2);
    }

    TemporaryFolder folder_;
};

TEST_F(NothingLost, FoldersOfOthersAreNeitherTakenNorRemoved) {
    make_corpus();
    fs::create_directory(path("corpus.zip.part"));
    write_file(path("corpus.zip"), "");
    write_file(path("corpus.zip.part/x"), "theirs");
    refused({"evaluate", "--resume", "corpus.zip"}, 4, "corpus.zip.part: is there and is no unfinished run");
    fs::create_directory(path("w.part"));
    refused(evaluate("w"), 4, "w.part: is there and is no unfinished run of undertone; name another run");
    refused({"evaluate", "-o", "w", "mistyped"}, 4, "w.part: is there");
    refused({"train", "--run", "w", "-o", "m", "clips"}, 4, "w.part: is there");
    fs::create_directory(path("real"));
    fs::create_symlink("real", path("v.part"));
    refused(evaluate("v"), 4, "v.part: is there");
    refused({"evaluate", "-o", "a/b/c", "mistyped"}, 4, "mistyped: no such folder or file");
    refused({"evaluate", "--resume", "clips"}, 4, "clips: there is no unfinished run");
    fs::create_directory(path("x.verify"));
    ASSERT_EQ(run(evaluate("x"), "", folder_.path()).exit_code, 0);
    refused({"verify", "x"}, 4, "x.verify: is there");
}

TEST_F(NothingLost, ALinkInAnUnfinishedRunIsNotFollowed) {
    make_corpus();
    make_unfinished("run");
    fs::create_directory(path("far"));
    fs::remove_all(path("run.part/result"));
    fs::create_directory_symlink(path("far"), path("run.part/result"));
    refused({"evaluate", "--resume", "run"}, 4, "move it away: ");
    write_file(path("run.part/units.jsonl"), "");
    refused(evaluate("run"), 4, "run.part: holds what undertone did not make; move it away: run.part/result");
    fs::remove(path("run.part/result"));
    write_file(path("theirs"), "theirs");
    fs::remove(path("run.part/command.json"));
    fs::create_symlink(path("theirs"), path("run.part/command.json"));
    refused(evaluate("run"), 4, "move it away: run.part/command.json");
}

TEST_F(NothingLost, WhatIsReadIsNotWrittenOver) {
    make_corpus();
    write_file(path("map.csv"), "code_or_label,label\nangry,mad\n");
    ASSERT_EQ(run({"train", "--quiet", "--dtype", "float32", "--max-iter", "5", "-o", "m", "clips"}, "",
                  folder_.path())
                  .exit_code,
              0);
    ASSERT_EQ(run(evaluate("run"), "", folder_.path()).exit_code, 0);
    fs::copy(path("clips/synthetic-01-01-01.opus"), path("x.svg"));
    const std::string clip = "clips/synthetic-01-01-01.opus", why = ": is read and would be written over";
    refused({"train", "--quiet", "-o", clip, "clips"}, 2, clip + why);
    refused({"train", "--quiet", "-o", "table.csv", "table.csv"}, 2, "table.csv" + why);
    refused({"train", "--quiet", "--label-map", "map.csv", "-o", "map.csv", "clips"}, 2, "map.csv" + why);
    refused({"corpus", "-o", "table.csv", "table.csv"}, 2, "table.csv" + why);
    refused({"extract", "-o", clip, "clips"}, 2, clip + why);
    refused({"report", "-o", "run/predictions.csv", "run"}, 2, "run/predictions.csv" + why);
    refused({"plot", "-o", "x.svg", "x.svg"}, 2, "x.svg" + why);
    refused({"explain", "--quiet", "-m", "m", "-o", "x.svg", "x.svg"}, 2, "x.svg" + why);
    refused({"halve", "-o", "m", "m"}, 2, "m" + why);
    refused({"export", "--to", "sklearn", "-o", "m", "m"}, 2, "m" + why);
    fs::create_hard_link(path("m"), path("same"));
    refused({"halve", "-o", "same", "m"}, 2, "same" + why);
}

TEST_F(NothingLost, AFileThatMayNotBeWrittenToStays) {
    make_corpus();
    write_file(path("m"), "theirs");
    ASSERT_EQ(chmod(path("m").c_str(), 0444), 0);
    refused({"train", "--quiet", "-o", "m", "clips"}, 4,
            "m: is there and may not be written to; name another file, or allow it: chmod u+w m");
    fs::create_symlink("b", path("a"));
    fs::create_symlink("a", path("b"));
    refused({"train", "--quiet", "-o", "a", "clips"}, 4,
            "a: cannot be written: Too many levels of symbolic links");
}

TEST_F(NothingLost, ARefusedResumeLeavesEverythingAsItWas) {
    make_corpus();
    make_unfinished("run");
    const std::string file = path("run.part/units.jsonl"), journal = read_file(file);
    const auto with = [&](const std::string& text) { std::ofstream(file, std::ios::trunc) << text; };
    const std::string head = journal.substr(0, journal.find('\n') + 1);
    refused(evaluate("run"), 4,
            "run.part: an unfinished run is there: go on with --resume run, or remove it");
    with("{\"of\": \"another version\"}\n" + journal.substr(head.size()));
    refused({"evaluate", "--resume", "run"}, 2, "nothing was changed");
    with("{\"key\": 1}\n{\"key\"");
    refused({"evaluate", "--resume", "run"}, 2, "nothing was changed");
    with(journal);
    write_file(path("run.part/command.json"), std::string(200'000, '['));
    refused({"evaluate", "--resume", "run"}, 6, "command.json: is nested deeper");
}

TEST_F(NothingLost, ABrokenLineIsKeptNamedAndDoneAnew) {
    make_corpus();
    ASSERT_EQ(run(evaluate("whole"), "", folder_.path()).exit_code, 0);
    make_unfinished("run");
    const std::string file = path("run.part/units.jsonl"), journal = read_file(file);
    const std::size_t head = journal.find('\n') + 1, first = journal.find('\n', head) + 1;
    ASSERT_NE(first, 0U);
    std::string foreign = journal.substr(head, first - head);
    foreign.replace(foreign.find("\"seed\":9"), 8, "\"seed\":9.7");
    std::ofstream(file, std::ios::trunc) << journal.substr(0, head) << foreign << "{\"cut\n"
                                         << journal.substr(head);
    const Outcome outcome = run({"evaluate", "--resume", "run"}, "", folder_.path());
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("units.jsonl:2: seed = 9.7: must be a whole number"), std::string::npos)
        << outcome.err;
    EXPECT_NE(outcome.err.find("units.jsonl:3: is broken JSON"), std::string::npos) << outcome.err;
    EXPECT_FALSE(fs::exists(path("run.part")));
}

TEST_F(NothingLost, TheRestOfARunThatIsWholeGoes) {
    make_corpus();
    make_unfinished("run");
    fs::rename(path("run.part"), path("kept.part"));
    ASSERT_EQ(run(evaluate("run"), "", folder_.path()).exit_code, 0);
    fs::rename(path("kept.part"), path("run.part"));
    const Outcome outcome = run({"evaluate", "--resume", "run"}, "", folder_.path());
    EXPECT_EQ(outcome.out, "run is whole: run\n") << outcome.err;
    EXPECT_FALSE(fs::exists(path("run.part")));
}

TEST_F(NothingLost, WhatTheTerminalObeysIsNotPrinted) {
    make_corpus();
    const std::string evil = "ang\x1B[31m\u009B31m\u202Ery";
    write_file(path("map.csv"), "code_or_label,label\nangry,\"" + evil + "\"\n");
    const std::vector<std::string> map{"--label-map", "map.csv"};
    const auto quiet_of = [](const std::string& text) {
        return text.find('\x1B') == std::string::npos && text.find('\x9B') == std::string::npos &&
               text.find("\u202E") == std::string::npos;
    };
    const auto tried = [&](const std::vector<std::string>& words) {
        const Outcome outcome = run(words, "", folder_.path());
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_TRUE(quiet_of(outcome.out) && quiet_of(outcome.err))
            << words.front() << outcome.out << outcome.err;
        return outcome.out;
    };
    const std::string train =
        tried({"train", "--quiet", "--max-iter", "5", "--label-map", "map.csv", "-o", "m", "clips"});
    EXPECT_NE(train.find("ang?[31m?31m?ry"), std::string::npos) << train;
    tried({"predict", "-m", "m", "clips/synthetic-01-01-01.opus"});
    tried({"info", "m"});
    const std::string told = tried({"info", "--format", "json", "m"});
    EXPECT_NE(format_json(parse_json(told, "info")).find("ang\\u001b[31m\\u009b31m\\u202ery"),
              std::string::npos);
    tried({"corpus", "--label-map", "map.csv", "clips"});
    fs::create_directory(path("runs"));
    tried({"evaluate", "--quiet", "--max-iter", "5", "--label-map", "map.csv", "-o", "runs/a\x1B[31m",
           "clips"});
    tried({"runs", "runs"});
    fs::create_symlink("loop", path("runs/loop"));
    const Outcome outcome = run({"runs", "runs"}, "", folder_.path());
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.err.find("runs/loop: cannot be looked at: Too many levels"), std::string::npos)
        << outcome.err;
    EXPECT_NE(outcome.out.find("a?[31m"), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace undertone::test
