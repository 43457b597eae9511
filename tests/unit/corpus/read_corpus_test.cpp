#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "corpus/folder.hpp"
#include "corpus/known_names.hpp"
#include "os/file.hpp"
#include "support/support.hpp"
#include "undertone/audio.hpp"
#include "undertone/corpus.hpp"

namespace undertone {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;

// A folder of empty files: only names matter to a corpus.
class Folder : public TemporaryFolder {
public:
    explicit Folder(const std::vector<std::string>& names) {
        for (const std::string& name : names) {
            fs::create_directories(fs::path(path(name)).parent_path());
            write_file(path(name), "");
        }
    }
    [[nodiscard]] Corpus read(const LabelOptions& labels = {}) const {
        const std::vector<std::string> folders{path()};
        return read_corpus(folders, labels);
    }
};

// "file: reason", the file as it is called below the folder.
std::vector<std::string> skipped(const Corpus& corpus, const Folder& folder) {
    std::vector<std::string> lines;
    for (const SkippedFile& file : corpus.skipped) {
        std::string line = file.path + ": " + file.reason;
        for (std::size_t at = line.find(folder.path()); at != std::string::npos;
             at = line.find(folder.path()))
            line.erase(at, folder.path().size() + 1);
        lines.push_back(line);
    }
    return lines;
}

std::vector<std::string> labels(const Corpus& corpus) {
    std::vector<std::string> all;
    for (const Recording& recording : corpus.recordings) all.push_back(recording.emotion);
    return all;
}

using Texts = std::vector<std::string>;

TEST(ReadCorpus, RavdessNamesInAnyFolderAndFormat) {
    const Folder folder(
        {"b/Actor_12/03-01-05-01-02-01-12.wav", "a/03-02-02-02-01-02-03.FLAC", "03-01-08-01-01-01-24.mp3"});
    const Corpus corpus = folder.read();
    EXPECT_EQ(corpus.name, "ravdess");
    EXPECT_EQ(corpus.licence, "CC BY-NC-SA 4.0");
    EXPECT_TRUE(corpus.skipped.empty());
    ASSERT_EQ(corpus.recordings.size(), 3U);
    const Recording& first = corpus.recordings[0];  // by name of file
    EXPECT_EQ(first.path, folder.path("b/Actor_12/03-01-05-01-02-01-12.wav"));
    EXPECT_EQ(first.emotion, "angry");
    EXPECT_EQ(first.speaker, "ravdess:12");
    EXPECT_EQ(first.text, "02");
    EXPECT_EQ(first.style, "speech");
    EXPECT_EQ(corpus.recordings[1].emotion, "surprise");
    EXPECT_EQ(corpus.recordings[2].style, "song");
}

TEST(ReadCorpus, WhatIsLeftOutIsListedWithItsReason) {
    const Folder folder({"03-01-01-01-01-01-01.wav", "03-01-09-01-01-01-01.wav", "hello.wav", "README.md",
                         "list.csv", "03-01-02-01-01-01-01.csv", "01-01-02-01-01-01-01.mp4",
                         "._03-01-03-01-01-01-01.wav", ".git/03-01-04-01-01-01-01.wav",
                         "02-01-05-01-01-01-01.wav"});
    const Corpus corpus = folder.read();
    EXPECT_EQ(labels(corpus), Texts{"neutral"});
    EXPECT_EQ(skipped(corpus, folder),
              (Texts{"01-01-02-01-01-01-01.mp4: .mp4 is not audio that is read",
                     "02-01-05-01-01-01-01.wav: its name is of no corpus that is known",
                     "03-01-02-01-01-01-01.csv: .csv is not audio that is read",
                     "03-01-09-01-01-01-01.wav: unknown emotion code 09",
                     "hello.wav: its name is of no corpus that is known"}));
}

TEST(ReadCorpus, OfTwoCopiesOneIsTaken) {
    const Folder folder({"Actor_01/03-01-03-01-01-01-01.wav", "copy/Actor_01/03-01-03-01-01-01-01.wav",
                         "03-01-04-01-01-01-01.flac", "03-01-04-01-01-01-01.wav",
                         "film/01-01-05-01-01-01-01.wav", "03-01-05-01-01-01-01.wav",
                         "film/01-01-06-01-01-01-01.wav"});
    const Corpus corpus = folder.read();
    EXPECT_EQ(labels(corpus), (Texts{"fear", "happy", "sad", "angry"}));
    EXPECT_EQ(skipped(corpus, folder),
              (Texts{"03-01-04-01-01-01-01.wav: is the same recording as 03-01-04-01-01-01-01.flac",
                     "copy/Actor_01/03-01-03-01-01-01-01.wav: is the same recording as "
                     "Actor_01/03-01-03-01-01-01-01.wav",
                     "film/01-01-05-01-01-01-01.wav: is the same recording as 03-01-05-01-01-01-01.wav"}));
}

TEST(ReadCorpus, EachCorpusIsNamedWithItsLicence) {
    const Folder folder({"synthetic-05-02-07.opus", "03-01-03-01-01-01-07.wav"});
    const Corpus corpus = folder.read();
    EXPECT_EQ(corpus.name, "ravdess + synthetic");
    EXPECT_EQ(corpus.licence, "CC BY-NC-SA 4.0 + CC0-1.0");
    ASSERT_EQ(corpus.recordings.size(), 2U);
    EXPECT_EQ(corpus.recordings[0].speaker, "ravdess:07");
    EXPECT_EQ(corpus.recordings[1].speaker, "synthetic:07");
    EXPECT_EQ(corpus.recordings[1].emotion, "angry");
    EXPECT_EQ(corpus.recordings[1].text, "02");
    EXPECT_EQ(corpus.recordings[1].style, "");
}

TEST(ReadCorpus, TheClipsOfTheDemo) {
    const std::vector<std::string> folders{test::project_file("examples/demo")};
    const Corpus corpus = read_corpus(folders);
    EXPECT_EQ(corpus.name, "synthetic");
    EXPECT_EQ(corpus.licence, "CC0-1.0");
    EXPECT_TRUE(corpus.skipped.empty());
    EXPECT_EQ(corpus.recordings.size(), 80U);
    for (const Recording& recording : corpus.recordings) {
        const Clip clip = read_audio(recording.path);
        EXPECT_EQ(clip.sample_rate, 16000);
        EXPECT_GT(clip.duration_s(), 0.8);
    }
}

TEST(ReadCorpus, FoldersGivenTwiceCountOnce) {
    const Folder folder({"a/03-01-03-01-01-01-01.wav"});
    const std::vector<std::string> folders{folder.path(), folder.path("a"),
                                           folder.path("a/03-01-03-01-01-01-01.wav")};
    const Corpus corpus = read_corpus(folders);
    EXPECT_EQ(corpus.recordings.size(), 1U);
    EXPECT_TRUE(corpus.skipped.empty());
}

TEST(ReadCorpus, LabelsAndCodesToLearnAreTheCallers) {
    const Folder folder({"03-01-01-01-01-01-01.wav", "03-01-06-01-01-01-01.wav", "03-01-09-01-01-01-01.wav"});
    LabelOptions options{.emotions = {{"01", "neutral"}, {"6", "fearful"}, {"09", "bored"}}, .learn = {}};
    EXPECT_EQ(labels(folder.read(options)), (Texts{"neutral", "fearful", "bored"}));
    options.learn = {"09", "6"};
    EXPECT_EQ(labels(folder.read(options)), (Texts{"fearful", "bored"}));
    EXPECT_EQ(labels(folder.read({.emotions = {}, .learn = {"1"}})), Texts{"neutral"});
    options.learn = {"02"};
    EXPECT_ERROR(folder.read(options), Errc::invalid_argument,
                 "learn = 02: no such code among the emotions; there are 01 09 6");
    EXPECT_ERROR(folder.read({.emotions = {}, .learn = {"02"}}), Errc::invalid_argument,
                 "2 are of emotions that are not to be learned");
}

TEST(ReadCorpus, LoopsOfLinksEnd) {
    const Folder folder({"a/b/03-01-01-01-01-01-01.wav"});
    fs::create_directory_symlink(folder.path(), folder.path("a/b/up"));
    fs::create_symlink("self", folder.path("self"));
    fs::create_symlink("gone.wav", folder.path("03-01-02-01-01-01-01.wav"));
    const Corpus corpus = folder.read();
    EXPECT_EQ(corpus.recordings.size(), 1U);
    EXPECT_EQ(skipped(corpus, folder), Texts{"03-01-02-01-01-01-01.wav: is a link to nothing"});
}

TEST(ReadCorpus, RefusesWhatHoldsNoRecording) {
    const Folder empty({}), strangers({"hello.wav", "you.wav"});
    EXPECT_ERROR(empty.read(), Errc::invalid_argument,
                 "no recording found; names are read of ravdess (03-01-05-01-02-01-12.wav) synthetic (");
    EXPECT_ERROR(strangers.read(), Errc::invalid_argument,
                 "hello.wav: its name is of no corpus that is known, and 1 more");
    const Folder unknown({"03-01-99-01-01-01-01.wav"});
    EXPECT_ERROR(unknown.read(), Errc::invalid_argument, "03-01-99-01-01-01-01.wav: unknown emotion code 99");
    const std::vector<std::string> gone{empty.path("gone")};
    EXPECT_ERROR(read_corpus(gone), Errc::io, "gone: no such folder or file");
    EXPECT_ERROR(read_corpus({}), Errc::invalid_argument, "no folder of recordings given");
}

TEST(ReadCorpus, AFolderThatCannotBeReadIsNotPassedOver) {
    if (geteuid() == 0) GTEST_SKIP() << "root may read every folder";
    const Folder folder({"a/03-01-01-01-01-01-01.wav", "b/03-01-02-01-01-01-01.wav"});
    fs::permissions(folder.path("b"), fs::perms::none);
    EXPECT_ERROR(folder.read(), Errc::io, "b: the folder cannot be read: Permission denied");
    fs::permissions(folder.path("b"), fs::perms::owner_all);
}

TEST(ParseName, OnlyWholeNames) {
    using corpus::parse_name;
    EXPECT_TRUE(parse_name("03-01-05-01-02-01-12"));
    for (const char* name : {"", "03-01-05-01-02-01-1", "03-01-05-01-02-01-123", "x03-01-05-01-02-01-12",
                             "03-03-05-01-02-01-12", "03-01-05-03-02-01-12", "03_01_05_01_02_01_12"})
        EXPECT_FALSE(parse_name(name)) << name;
    EXPECT_FALSE(parse_name(std::string(100000, '0')));
}

TEST(Glob, Patterns) {
    using corpus::fits;
    EXPECT_TRUE(fits("", "*"));
    EXPECT_TRUE(fits("abc", "a*c"));
    EXPECT_TRUE(fits("abcbc", "a*bc"));
    EXPECT_TRUE(fits("a]", "a[]]"));
    EXPECT_TRUE(fits("a[", "a["));
    EXPECT_TRUE(fits("x-", "x[a-]"));
    EXPECT_TRUE(fits("Actor_07", "Actor_[0-9][!0-6]"));
    EXPECT_FALSE(fits("Actor_03", "Actor_[0-9][!0-6]"));
    EXPECT_FALSE(fits("abc", "a?"));
    EXPECT_FALSE(fits("ABC", "abc"));
    EXPECT_FALSE(fits("abc", "*d"));
    EXPECT_FALSE(fits("", "?"));
    EXPECT_FALSE(fits(std::string(10000, 'a'), "*a*a*a*a*a*b"));  // in time that is not exponential
}

TEST(ReadCorpus, APipeInAFolderIsPassedOver) {
    const test::TemporaryFolder folder;
    ASSERT_EQ(mkfifo(folder.path("03-01-05-01-02-01-12.wav").c_str(), 0600), 0);
    const std::vector<std::string> folders{folder.path()};
    EXPECT_ERROR(read_corpus(folders), Errc::invalid_argument, "no recording found");
}

}  // namespace
}  // namespace undertone
