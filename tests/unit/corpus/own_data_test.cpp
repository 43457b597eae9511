#include "corpus/own_data.hpp"

#include "corpus/audformat.hpp"
#include "made_corpus.hpp"

namespace undertone {
namespace {

using corpus::parse_time;
using test::MadeCorpus;
using test::told;
using Lines = std::vector<std::string>;

TEST(ParseTime, SecondsClocksAndTimedeltas) {
    EXPECT_EQ(parse_time("1.5"), 1.5);
    EXPECT_EQ(parse_time("1:02:03.5"), 3723.5);
    EXPECT_EQ(parse_time("0 days 00:00:01.500000"), 1.5);
    EXPECT_EQ(parse_time("1 days"), 86400.0);
    EXPECT_EQ(parse_time("0 days 00:00:02"), 2.0);
    for (const char* wrong : {"", "-1", "a", "1,5", "1:", ":1", "1:2:3:4", "inf", "nan", "days", "x days 1"})
        EXPECT_FALSE(parse_time(wrong)) << wrong;
}

TEST(OwnData, ATableBesideItsFiles) {
    const MadeCorpus made(
        {{"mine/a.wav", ""},
         {"mine/sub/b b.wav", ""},
         {"mine/labels.csv",
          "Emotion,file,speaker,gender,language,text,start,end,split,arousal\n"
          "Anger,a.wav,ann,F,en,hello,0.5,1.5,validation,3\njoy,a.wav,ann,F,en,,1.5,,train,\n"
          "sadness,\"sub/b b.wav\",bob,male,,,,,test,\n"}});
    const Corpus corpus = made.read_below("mine");
    EXPECT_EQ(corpus.name, "mine");
    EXPECT_EQ(corpus.licence, "");
    EXPECT_EQ(told(corpus), (Lines{"a.wav angry mine:ann female dev", "a.wav happy mine:ann female train",
                                   "b b.wav sad mine:bob male test"}));
    const Recording& first = corpus.recordings[0];
    EXPECT_EQ(first.path, made.path("mine/a.wav"));
    EXPECT_EQ(first.code, "Anger");
    EXPECT_EQ(first.text, "hello");
    EXPECT_EQ(first.start_s, 0.5);
    EXPECT_EQ(first.end_s, 1.5);
    EXPECT_EQ(first.listed_at, made.path("mine/labels.csv:2"));
    EXPECT_EQ(corpus.recordings[1].end_s, 0);
    EXPECT_EQ(made.read_below("mine/labels.csv").recordings, corpus.recordings);
}

TEST(OwnData, EachFaultIsNamedWithFileAndLine) {
    const MadeCorpus made(MadeCorpus::Files{{"a.wav", ""}});
    const auto refused = [&](const std::string& text, const std::string& part,
                             const std::string& name = "t.csv") {
        made.add(name, text);
        EXPECT_ERROR(made.read_below(name), Errc::corrupt_data, part);
    };
    refused("file,label\n", "t.csv:1: names columns but no recording");
    refused("file,speaker\na.wav,x\n",
            "t.csv:1: has no column emotion or label or emo; its header names file speaker");
    refused("file,emotion\na.wav,sad\nb.wav,sad\nc.wav,sad\n",
            "t.csv:3: there is no file " + made.path("b.wav") + " (2 of 3 are missing)");
    refused("file,emotion\n\"a.wav,sad\n", "t.csv:2: a quote that is opened here is never closed");
    refused("file,emotion\na.wav,sad\na.wav,happy\n",
            "t.csv:3: " + made.path("a.wav") + " is happy here and sad at ");
    refused("file,emotion\na.wav,s\xE9\n", "t.csv:2: byte 20 is not UTF-8");
    refused("file,emotion,start\na.wav,sad,soon\n", "t.csv:2: start = soon: must be seconds");
    refused("file,emotion,start,end\na.wav,sad,2,1\n", "t.csv:2: end = 1 is not after start = 2");
    refused("file,emotion\n,sad\n", "t.csv:2: names no file");
    refused("{\"file\": \"a.wav\"}\n", "t.jsonl:1: lacks the file or the emotion", "t.jsonl");
    refused("\n{\"file\": \n", "t.jsonl:2: is broken JSON at byte 9; a line of one", "t.jsonl");
    refused("", "t.jsonl:1: is empty", "t.jsonl");
    made.add("t.csv", "file,emotion\na.wav,stress\n");
    EXPECT_ERROR(made.read_below("t.csv"), Errc::invalid_argument,
                 "t.csv:2: emotion stress is no label that is known; map it");
    LabelOptions options;
    options.map = {{"stress", "fear"}};
    EXPECT_EQ(made.read_below("t.csv", options).recordings.at(0).emotion, "fear");
}

TEST(OwnData, TablesOfOneFolderAreOneCorpus) {
    const MadeCorpus made({{"mine/a.wav", ""},
                           {"mine/b.wav", ""},
                           {"mine/c.wav", ""},
                           {"mine/train.csv", "file,emotion,speaker\na.wav,sad,ann\n"},
                           {"mine/test.csv", "file,emotion,speaker\nb.wav,sad,ann\n"},
                           {"mine/other.csv", "a,b\n1,2\n"},
                           {"mine/other.jsonl", "{\"a\": 1}\n"}});
    const Corpus corpus = made.read_below("mine");
    EXPECT_EQ(told(corpus), (Lines{"a.wav sad mine:ann  ", "b.wav sad mine:ann  "}));
    ASSERT_EQ(corpus.skipped.size(), 1U);
    EXPECT_EQ(corpus.skipped[0].reason, "no line of " + made.path("mine/test.csv") + " names it");
}

TEST(OwnData, TheSameLineTwiceIsLeftOutOnce) {
    const MadeCorpus made({{"a.wav", ""}, {"t.csv", "file,emotion\na.wav,sad\n./a.wav,sadness\n"}});
    const Corpus corpus = made.read_below("t.csv");
    EXPECT_EQ(corpus.recordings.size(), 1U);
    ASSERT_EQ(corpus.skipped.size(), 1U);
    EXPECT_EQ(corpus.skipped[0].reason, "is named again at " + made.path("t.csv:3"));
}

TEST(OwnData, JsonlOfOnesOwnAndOfEmobox) {
    const MadeCorpus made(
        {{"mine/a.wav", ""},
         {"mine/mine.jsonl",
          "{\"file\": \"a.wav\", \"emotion\": \"joy\", \"speaker\": 7, \"start\": 0.5}\r\n"},
         {"downloads/iemocap/Ses01F_impro01_M000.wav", ""},
         {"data/iemocap/iemocap.jsonl",
          "{\"key\": \"Ses01F_impro01_M000\", \"dataset\": \"iemocap\", \"wav\": "
          "\"downloads/iemocap/Ses01F_impro01_M000.wav\", \"sample_rate\": 16000, \"length\": 1.9, \"task\": "
          "\"category\", \"emo\": \"Neutral\", \"channel\": 1}\n"}});
    const Corpus mine = made.read_below("mine/mine.jsonl");
    EXPECT_EQ(told(mine), Lines{"a.wav happy mine:7  "});
    EXPECT_EQ(mine.recordings[0].start_s, 0.5);
    const Corpus emobox = made.read_below("data/iemocap/iemocap.jsonl");
    EXPECT_EQ(told(emobox), Lines{"Ses01F_impro01_M000.wav neutral iemocap:Ses01M male "});
    EXPECT_EQ(emobox.name, "iemocap");
    EXPECT_EQ(emobox.licence, "research only, by agreement");
}

TEST(OwnData, AFolderForEachClass) {
    const MadeCorpus made({{"mine/Anger/a.wav", ""},
                           {"mine/happy/ann/b.wav", ""},
                           {"mine/bob/sad/c.mp3", ""},
                           {"mine/loose.wav", ""},
                           {"mine/happy/notes.txt", ""}});
    const Corpus corpus = made.read_below("mine");
    EXPECT_EQ(corpus.name, "mine");
    EXPECT_EQ(told(corpus), (Lines{"a.wav angry   ", "b.wav happy   ", "c.mp3 sad   "}));
    ASSERT_EQ(corpus.skipped.size(), 1U);
    EXPECT_EQ(corpus.skipped[0].reason, "lies in no folder of a class");
    made.add("mine/traffic/d.wav", "");
    EXPECT_ERROR(made.read_below("mine"), Errc::invalid_argument,
                 "its folder traffic is called like no label (1 such");
    LabelOptions options;
    options.map = {{"traffic", ""}};
    EXPECT_EQ(made.read_below("mine", options).recordings.size(), 3U);
}

constexpr const char* kHeader = R"(name: mydb
license: CC-BY-4.0
languages: [deu]
schemes:
  emotion: {dtype: str, labels: [anger, happiness]}
  speaker:
    dtype: int
    labels:
      3: {gender: male, age: 31}
      8: {gender: female}
tables:
  emotion:
    type: filewise
    columns:
      emotion: {scheme_id: emotion}
  emotion.test:
    type: filewise
    split_id: test
    columns: {rating: {scheme_id: emotion}}
  files:
    type: filewise
    columns: {speaker: {scheme_id: speaker}, transcription: {}}
  parts:
    type: segmented
    columns: {emotion: {scheme_id: emotion}}
)";

TEST(OwnData, AnAudformatDatabase) {
    const MadeCorpus made(
        {{"db/wav/a.wav", ""},
         {"db/wav/b.wav", ""},
         {"db/wav/c.wav", ""},
         {"db/db.yaml", kHeader},
         {"db/db.emotion.csv", "file,emotion\nwav/a.wav,anger\nwav/b.wav,happiness\n"},
         {"db/db.emotion.test.csv", "file,rating\nwav/b.wav,happiness\n"},
         {"db/db.files.csv", "file,speaker,transcription\nwav/a.wav,3,t1\nwav/b.wav,8,t2\n"},
         {"db/db.parts.csv",
          "file,start,end,emotion\nwav/c.wav,0 days 00:00:01.5,0 days 00:00:02,anger\n"
          "wav/c.wav,0 days 00:00:02,NaT,\nwav/c.wav,0 days 00:00:03,,happiness\n"}});
    const Corpus corpus = made.read_below("db");
    EXPECT_EQ(corpus.name, "mydb");
    EXPECT_EQ(corpus.licence, "CC-BY-4.0");
    EXPECT_EQ(told(corpus), (Lines{"a.wav angry mydb:3 male ", "b.wav happy mydb:8 female test",
                                   "c.wav angry   ", "c.wav happy   "}));
    EXPECT_EQ(corpus.recordings[0].text, "t1");
    EXPECT_EQ(corpus.recordings[0].language, "de");
    EXPECT_EQ(corpus.recordings[2].start_s, 1.5);
    EXPECT_EQ(corpus.recordings[2].end_s, 2);
    EXPECT_EQ(corpus.recordings[3].end_s, 0);
    std::filesystem::rename(made.path("db/db.files.csv"), made.path("db/db.files.parquet"));
    EXPECT_ERROR(made.read_below("db"), Errc::corrupt_data, "db.files.parquet: is broken Parquet");
    std::filesystem::rename(made.path("db/db.files.parquet"), made.path("db/db.files.pkl"));
    EXPECT_ERROR(made.read_below("db"), Errc::unsupported_format,
                 "db.files.pkl: is not read; save the database as CSV");
    std::filesystem::remove(made.path("db/db.files.pkl"));
    EXPECT_ERROR(made.read_below("db"), Errc::corrupt_data, "names table files, but there is no file");
    made.add("db/db.yaml", "a: [\n");
    EXPECT_ERROR(made.read_below("db"), Errc::corrupt_data, "db.yaml:2: is broken YAML");
    made.add("db/db.yaml", "a: 1\n");
    EXPECT_ERROR(made.read_below("db"), Errc::corrupt_data, "is no audformat header");
}

TEST(OwnData, NamesThatEndInALabel) {
    const MadeCorpus made(
        {{"own/one_two_happy.wav", ""}, {"own/sub/3_ANGER.flac", ""}, {"own/plain.wav", ""}});
    const Corpus corpus = made.read_below("own");
    EXPECT_EQ(told(corpus), (Lines{"3_ANGER.flac angry   ", "one_two_happy.wav happy   "}));
    EXPECT_EQ(corpus.name, "own");
    ASSERT_EQ(corpus.skipped.size(), 1);
    EXPECT_EQ(corpus.skipped[0].reason, "its name does not end in _ and a label");
    made.add("own/4_traffic.wav", "");
    EXPECT_ERROR(made.read_below("own"), Errc::invalid_argument,
                 "4_traffic.wav: its name ends in traffic, which is no label (1 such");
    LabelOptions rest;
    rest.map = {{"*", ""}, {"happy", "happy"}};
    EXPECT_EQ(told(made.read_below("own", rest)), Lines{"one_two_happy.wav happy   "});
}

TEST(OwnData, ALineForTheRestIsNoFolderOfAClass) {
    const MadeCorpus made({{"own/angry/take_1/a.wav", ""}, {"own/traffic/b.wav", ""}, {"own/sad/c.wav", ""}});
    LabelOptions rest;
    rest.map = {{"*", ""}, {"angry", "angry"}};
    const Corpus corpus = made.read_below("own", rest);
    EXPECT_EQ(told(corpus), Lines{"a.wav angry   "});
    ASSERT_EQ(corpus.skipped.size(), 2);
    EXPECT_EQ(corpus.skipped[0].reason, "sad is mapped to no label");
}

TEST(OwnData, AudformatSpeakersInATableOfTheirOwn) {
    const MadeCorpus made(
        {{"a.wav", ""},
         {"db.yaml",
          "name: d\nschemes: {speaker: {labels: speaker}}\ntables:\n  t: {type: filewise, columns: {emotion: "
          "{}, "
          "speaker: {scheme_id: speaker}}}\nmisc_tables:\n  speaker: {columns: {sex: {}}}\n"},
         {"db.t.csv", "file,emotion,speaker\na.wav,anger,s1\n"},
         {"db.speaker.csv", "speaker,sex\ns1,female\n"}});
    EXPECT_EQ(told(made.read()), Lines{"a.wav angry d:s1 female "});
}

}  // namespace
}  // namespace undertone
