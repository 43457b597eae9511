#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "support/support.hpp"

namespace undertone::test {
namespace {

std::size_t lines_of(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(Program, AloneShowsItsVerbsAndFails) {
    const Outcome outcome = run({});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find("completion"), std::string::npos) << outcome.err;
}

TEST(Program, EveryVerbHasHelpWithExamples) {
    for (const std::string verb :
         {"train", "predict", "extract", "info", "halve", "import", "export", "demo", "completion"}) {
        const Outcome outcome = run({verb, "--help"});
        EXPECT_EQ(outcome.exit_code, 0) << verb;
        EXPECT_EQ(outcome.err, "") << verb;
        EXPECT_NE(outcome.out.find("Examples:"), std::string::npos) << outcome.out;
        EXPECT_NE(outcome.out.find("undertone " + verb), std::string::npos) << outcome.out;
    }
}

TEST(Program, HelpOfTrainHasTheOptionsOfEveryFramework) {
    const Outcome outcome = run({"train", "--help"});
    for (const std::string flag :
         {"--hidden-layer-sizes", "--learning-rate-init", "--validation-split", "--dropout"})
        EXPECT_NE(outcome.out.find(flag), std::string::npos) << flag;
}

TEST(Program, VersionIsOneLine) {
    const Outcome outcome = run({"--version"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_EQ(outcome.out.rfind("undertone ", 0), 0U) << outcome.out;
    EXPECT_EQ(lines_of(outcome.out), 1U);
}

TEST(Program, WrongArgumentsGetOneLineAndCodeTwo) {
    const std::vector<std::vector<std::string>> wrong{
        {"sing"},
        {"predict"},
        {"extract", "--format", "xml", "a.wav"},
        {"train", "--framework", "torch", "x"},
        {"train", "--framework", "sklearn", "--dropout", "0.1", "x"},
        {"train", "--hidden-layer-sizes", "many", "x"},
        {"train"},
        {"extract", "--format", "npy", "a.wav"},
        {"completion", "fish"},
    };
    for (const auto& arguments : wrong) {
        const Outcome outcome = run(arguments);
        EXPECT_EQ(outcome.exit_code, 2) << arguments.front() << ": " << outcome.err;
        EXPECT_EQ(outcome.out, "");
        EXPECT_EQ(outcome.err.rfind("undertone: ", 0), 0U) << outcome.err;
        EXPECT_EQ(lines_of(outcome.err), 1U) << outcome.err;
    }
}

TEST(Program, OptionThatTheFrameworkLacksListsThoseItHas) {
    const Outcome outcome = run({"train", "--framework", "sklearn", "--dropout", "0.1", "x"});
    EXPECT_NE(outcome.err.find("--dropout"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("--alpha"), std::string::npos) << outcome.err;
}

TEST(Program, WrongWordIsNamedWithWhereToRead) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
        {{"predict", "--modle", "x", "a.wav"},
         "--modle: no such option; undertone predict --help lists them"},
        {{"extract", "-a.wav"},
         "-a.wav: no such option; undertone extract --help lists them; a file of this"},
        {{"--bogus"}, "--bogus: no such option; undertone --help lists them"},
        {{"info", "a", "b"}, "b: one word too many; undertone info --help"},
        {{"predict", "-m", "a", "-m", "b", "c.wav"}, "--model: is given more than once; undertone predict"},
        {{"extract", "-o", "", "a.wav"}, "--output: is given, but empty"},
        {{"predict", ""}, "files: is given, but empty"},
        {{"train", "--test-size", "1", "x"}, "--test-size: Value 1 must be above 0 and below 1"},
        {{"train", "--random-state", "-1", "x"}, "--random-state: Value -1 not in range 0 to 4294967295"},
    };
    for (const auto& [arguments, message] : wrong) {
        const Outcome outcome = run(arguments);
        EXPECT_EQ(outcome.exit_code, 2);
        EXPECT_EQ(outcome.err.rfind("undertone: " + message, 0), 0U) << outcome.err;
        EXPECT_EQ(lines_of(outcome.err), 1U) << outcome.err;
    }
}

TEST(Program, HelpOfAVerbShowsItAsItIsCalled) {
    EXPECT_NE(run({"info", "--help"}).out.find("Usage: undertone info "), std::string::npos);
}

TEST(Program, CompletionScriptsAreWellFormed) {
    const TemporaryFolder folder;
    for (const std::string shell : {"bash", "zsh"}) {
        const Outcome outcome = run({"completion", shell});
        ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
        for (const std::string word : {"train", "--framework", "sklearn", "--validation-split"})
            EXPECT_NE(outcome.out.find(word), std::string::npos) << shell << ": " << word;
        if (std::system(("command -v " + shell + " >/dev/null").c_str()) != 0) {
            std::printf("%s is not here, its script is not tried\n", shell.c_str());
            continue;
        }
        std::ofstream(folder.path(shell)) << outcome.out;
        EXPECT_EQ(std::system((shell + " -n '" + folder.path(shell) + "'").c_str()), 0) << outcome.out;
    }
}

TEST(Program, BashCompletesVerbsFlagsAndChoices) {
    const TemporaryFolder folder;
    std::ofstream(folder.path("try.sh")) << run({"completion", "bash"}).out << R"(
tried() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _undertone; echo "${COMPREPLY[*]}"; }
[[ $(tried undertone ext) == extract ]] || exit 1
[[ $(tried undertone train --framework k) == keras ]] || exit 2
[[ $(tried undertone extract --pad) == --pad-mode ]] || exit 3
[[ $(tried undertone completion z) == zsh ]] || exit 4
touch 'two words.wav'
COMP_WORDS=(undertone predict two) COMP_CWORD=2
_undertone
[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == 'two words.wav' ]] || exit 5
)";
    EXPECT_EQ(std::system(("cd '" + folder.path() + "' && bash try.sh").c_str()), 0);
}

TEST(Program, FullDiskIsNoticed) {
    const std::string command = "'" + program() + "' --version > /dev/full 2> '";
    const TemporaryFolder folder;
    const int status = std::system((command + folder.path("err") + "'").c_str());
    EXPECT_EQ(WEXITSTATUS(status), 4);
    std::ifstream in(folder.path("err"));
    std::string line;
    std::getline(in, line);
    EXPECT_EQ(line, "undertone: standard output: No space left on device");
}

}  // namespace
}  // namespace undertone::test
