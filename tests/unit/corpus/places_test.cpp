// Where corpora come from and what is taken of them: zips, manifests, subsets, several at once.

#include "made_corpus.hpp"
#include "support/sound.hpp"
#include "support/zip.hpp"
#include "undertone/audio.hpp"
#include "undertone/training.hpp"

namespace undertone {
namespace {

using test::MadeCorpus;
using test::told;
using Lines = std::vector<std::string>;

std::string wav_bytes(float pitch) {
    const test::TemporaryFolder folder;
    EXPECT_TRUE(test::write_sound(folder.path("a.wav"), test::made_sound(8000, pitch)));
    return read_file(folder.path("a.wav"));
}

TEST(Places, AZipIsReadInPlace) {
    const MadeCorpus made(MadeCorpus::Files{});
    std::vector<std::pair<std::string, std::string>> files;
    for (const std::string emotion : {"01", "03", "05"})
        for (const std::string actor : {"01", "02", "03"})
            files.emplace_back("Actor_" + actor + "/03-01-" + emotion + "-01-01-01-" + actor + ".wav",
                               wav_bytes(0.01F * static_cast<float>(files.size() + 1)));
    ASSERT_TRUE(test::write_zip(made.path("speech.zip"), files));
    for (const auto& [name, content] : files) made.add("folder/" + name, content);
    const Corpus zipped = made.read_below("speech.zip"), plain = made.read_below("folder");
    EXPECT_EQ(told(zipped), told(plain));
    EXPECT_EQ(zipped.recordings[0].path, made.path("speech.zip/Actor_01/03-01-01-01-01-01-01.wav"));
    EXPECT_EQ(made.read_below("speech.zip/Actor_02").recordings.size(), 3U);
    const auto features = make_feature_set("librosa193");
    EXPECT_EQ(load_dataset(zipped, *features, {}, 3).features,
              load_dataset(plain, *features, {}, 2).features);
    EXPECT_EQ(read_audio_info(zipped.recordings[0].path).n_samples, 8000U);
}

TEST(Places, TablesAndClassFoldersInAZip) {
    const MadeCorpus made(MadeCorpus::Files{});
    ASSERT_TRUE(
        test::write_zip(made.path("t.zip"),
                        {{"top/clips/a.wav", ""}, {"top/labels.csv", "file,emotion\nclips/a.wav,fear\n"}}));
    EXPECT_EQ(told(made.read_below("t.zip")), Lines{"a.wav fear   "});
    ASSERT_TRUE(test::write_zip(made.path("c.zip"), {{"angry/a.wav", ""}, {"sad/b.wav", ""}}));
    EXPECT_EQ(told(made.read_below("c.zip")), (Lines{"a.wav angry   ", "b.wav sad   "}));
    made.add("bad.zip", "PK\x03\x04 and no more");
    EXPECT_ERROR(made.read_below("bad.zip"), Errc::corrupt_data, "bad.zip: is cut");
    EXPECT_ERROR(made.read_below("c.zip/joy"), Errc::io, "joy: no such folder or file in that zip");
}

TEST(Places, AManifestGivesTheSameCorpusBack) {
    const MadeCorpus made(
        {{"r/03-01-05-01-02-01-12.wav", ""},
         {"r/synthetic-03-01-02.opus", ""},
         {"m/a, b.wav", ""},
         {"m/own.csv",
          "file,emotion,speaker,text,start,end\n\"a, b.wav\",joy,x,\"says \"\"hi\"\"\",0.25,1.125\n"}});
    const std::vector<std::string> places{made.path("r"), made.path("m/own.csv")};
    const Corpus corpus = read_corpus(places);
    EXPECT_EQ(corpus.name, "ravdess + synthetic + m");
    EXPECT_EQ(corpus.licence, "CC BY-NC-SA 4.0 + CC0-1.0 + not known");
    write_manifest(corpus, made.path("manifest.csv"));
    Corpus again = made.read_below("manifest.csv");
    EXPECT_EQ(again.name, corpus.name);
    EXPECT_EQ(again.licence, corpus.licence);
    ASSERT_EQ(again.recordings.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NE(again.recordings[i].listed_at, "");
        again.recordings[i].listed_at = corpus.recordings[i].listed_at;
        EXPECT_EQ(again.recordings[i], corpus.recordings[i]) << i;
    }
    EXPECT_NE(read_file(made.path("manifest.csv"))
                  .find("\nr/03-01-05-01-02-01-12.wav,angry,05,ravdess,CC BY-NC-SA "
                        "4.0,ravdess:12,female,en,02,speech,,,\n"),
              std::string::npos);
}

TEST(Places, LabelsAndStylesAreTakenInPart) {
    const MadeCorpus made({{"03-01-05-01-02-01-12.wav", ""},
                           {"03-02-05-01-02-01-12.wav", ""},
                           {"03-01-02-01-02-01-12.wav", ""},
                           {"16b10Wb.wav", ""}});
    LabelOptions options;
    options.labels = {"angry"};
    EXPECT_EQ(made.read(options).recordings.size(), 3U);
    EXPECT_EQ(made.read(options).name, "ravdess + emodb");
    options.style = "speech";
    EXPECT_EQ(made.read(options).recordings.size(), 2U);
    options.style = "song";
    EXPECT_EQ(told(made.read(options)), Lines{"03-02-05-01-02-01-12.wav angry ravdess:12 female "});
    options.labels = {"calm"};
    EXPECT_ERROR(made.read(options), Errc::invalid_argument,
                 "labels: no recording is labelled calm; there are angry (1)");
    options.style = "speech";
    options.map = {{"calm", "neutral"}, {"emodb:W", "hot anger"}};
    options.labels = {"neutral", "hot anger"};
    EXPECT_EQ(made.read(options).recordings.size(), 2U);
}

TEST(Places, OneClipUnderTwoLabelsIsAnError) {
    const MadeCorpus made(
        {{"a.wav", ""}, {"one.csv", "file,emotion\na.wav,sad\n"}, {"two.csv", "file,emotion\na.wav,fear\n"}});
    const std::vector<std::string> places{made.path("one.csv"), made.path("two.csv")};
    EXPECT_ERROR(read_corpus(places), Errc::corrupt_data,
                 "two.csv:2: " + made.path("a.wav") + " is fear here and sad at");
}

TEST(Places, APartOfAFileIsCut) {
    const MadeCorpus made(MadeCorpus::Files{});
    const auto sound = test::made_sound(16000);
    ASSERT_TRUE(test::write_sound(made.path("a.wav"), sound));
    ASSERT_TRUE(test::write_sound(made.path("a.flac"), sound, 16000, SF_FORMAT_FLAC | SF_FORMAT_PCM_16));
    const Clip whole = read_audio(made.path("a.wav"));
    for (const char* name : {"a.wav", "a.flac"}) {
        const Clip part = read_audio(made.path(name), {0.25, 0.75});
        EXPECT_EQ(part.samples,
                  std::vector<float>(whole.samples.begin() + 4000, whole.samples.begin() + 12000))
            << name;
        EXPECT_EQ(read_audio(made.path(name), {0.5, 0}).samples.size(), 8000U);
        EXPECT_EQ(read_audio(made.path(name), {0.5, 1.009}).samples.size(), 8000U);  // rounded in a table
        EXPECT_EQ(read_audio(made.path(name), {0, 0}).samples, whole.samples);
        EXPECT_ERROR(read_audio(made.path(name), {0.5, 1.5}), Errc::invalid_argument,
                     "a part from 0.500 s to 1.500 s is asked, but it ends at 1.000 s; correct the times");
        EXPECT_ERROR(read_audio(made.path(name), {1, 0}), Errc::invalid_argument, "but it ends at 1.000 s");
        EXPECT_ERROR(read_audio(made.path(name), {-1, 0}), Errc::invalid_argument, "must not be negative");
        EXPECT_ERROR(read_audio(made.path(name), {0.5, 0.25}), Errc::invalid_argument,
                     "the end after the start");
        EXPECT_ERROR(read_audio(made.path(name), {0.5, 0.500001}), Errc::invalid_argument,
                     "no sample lies between");
    }
    made.add("t.csv", "file,emotion,start,end\na.wav,sad,0,0.5\na.wav,angry,0.5,1\na.wav,fear,0.5,9\n");
    const Dataset data = load_dataset(made.read_below("t.csv"), *make_feature_set("librosa193"), {}, 2);
    EXPECT_EQ(data.recordings.size(), 2U);
    ASSERT_EQ(data.failed.size(), 1U);
    EXPECT_NE(std::string(data.failed[0].error->what()).find("t.csv:4: "), std::string::npos);
}

TEST(Places, TheRealCorpora) {
    const std::string ravdess = test::shared_data("ravdess"), emodb = test::shared_data("emodb");
    if (ravdess.empty() || emodb.empty()) GTEST_SKIP() << "no shared recordings beside the project";
    const std::vector<std::string> places{emodb, ravdess};
    const Corpus corpus = read_corpus(places);
    EXPECT_EQ(corpus.name, "ravdess + emodb");
    EXPECT_TRUE(corpus.skipped.empty());
    for (const Recording& recording : corpus.recordings) {
        EXPECT_NE(recording.emotion, "");
        EXPECT_NE(recording.speaker, "");
        EXPECT_NE(recording.gender, "");
        EXPECT_NE(recording.text, "");
    }
}

}  // namespace
}  // namespace undertone
