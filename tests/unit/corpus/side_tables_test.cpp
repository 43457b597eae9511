#include "corpus/side_tables.hpp"

#include "made_corpus.hpp"

namespace undertone {
namespace {

using test::MadeCorpus;
using test::told;
using Lines = std::vector<std::string>;

TEST(SideTables, NemoTellsGenders) {
    const MadeCorpus made({{"samples/SK1_anger_1.wav", ""},
                           {"samples/KA2_fear_1.wav", ""},
                           {"data.tsv",
                            "file_id\temotion\traw_text\tnormalized_text\tspeaker_id\tgender\tage\n"
                            "SK1_anger_1.wav\tanger\t On rzek\xC5\x82: \"tak\".\t on\tSK1\tmale\t25\n"}});
    EXPECT_EQ(told(made.read()),
              (Lines{"KA2_fear_1.wav fear nemo:KA2  ", "SK1_anger_1.wav angry nemo:SK1 male "}));
}

TEST(SideTables, CremadTellsGenders) {
    const MadeCorpus made({{"AudioWAV/1001_DFA_ANG_XX.wav", ""},
                           {"AudioWAV/1002_DFA_HAP_XX.wav", ""},
                           {"VideoDemographics.csv",
                            "ActorID,Age,Sex,Race,Ethnicity\r\n1001,51,Male,Caucasian,Not Hispanic\r\n"
                            "1002,21,Female,Caucasian,Not Hispanic\r\n"}});
    EXPECT_EQ(told(made.read()), (Lines{"1001_DFA_ANG_XX.wav angry cremad:1001 male ",
                                        "1002_DFA_HAP_XX.wav happy cremad:1002 female "}));
}

TEST(SideTables, EsdTextsTellTheEmotionWhereNoFolderDoes) {
    // Against the number of the utterance, so that it shows where an emotion is from.
    const MadeCorpus made(
        {{"0001/0001_000001.wav", ""},
         {"0001/0001_000002.wav", ""},
         {"0001/Sad/0001_000003.wav", ""},
         {"0001/0001.txt",
          "0001_000001\t\xE6\x89\x93\t\xE5\xBF\xAB\xE4\xB9\x90\n0001_000002\ttext\t\xB1\xB1\xBE\xA9\n"
          "0001_000003\tx\tHappy\n"}});
    EXPECT_EQ(told(made.read()),
              (Lines{"0001_000001.wav happy esd:0001  ", "0001_000002.wav neutral esd:0001  ",
                     "0001_000003.wav sad esd:0001  "}));
}

TEST(SideTables, IemocapTellsWhatTheRatersAgreedOn) {
    const MadeCorpus made(
        {{"Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav", ""},
         {"Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M001.wav", ""},
         {"Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M002.wav", ""},
         {"Session1/sentences/wav/Ses01F_impro01/._Ses01F_impro01_M001.wav", ""},
         {"Session1/sentences/ForcedAlignment/Ses01F_impro01/Ses01F_impro01_F000.wdseg", ""},
         {"Session1/dialog/EmoEvaluation/._Ses01F_impro01.txt", "x"},
         {"Session1/dialog/EmoEvaluation/Ses01F_impro01.txt",
          "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n"
          "[6.2901 - 8.2357]\tSes01F_impro01_F000\texc\t[2.5000, 2.5000, 2.5000]\n"
          "C-E2:\tNeutral;\t()\nA-E3:\tval 3; act 2; dom  2;\t()\n\n"
          "[10.0100 - 11.3925]\tSes01F_impro01_M001\txxx\t[2.5000, 2.5000, 2.5000]\r\n"}});
    const Corpus corpus = made.read();
    EXPECT_EQ(told(corpus), Lines{"Ses01F_impro01_F000.wav excited iemocap:Ses01F female "});
    ASSERT_EQ(corpus.skipped.size(), 3U);
    EXPECT_EQ(corpus.skipped[0].reason, ".wdseg is not audio that is read");
    EXPECT_EQ(corpus.skipped[1].reason, "code xxx stands for no label");
    EXPECT_EQ(corpus.skipped[2].reason, "no table beside it tells its emotion");
}

TEST(SideTables, MeldCountsAnewInEachPart) {
    const std::string header =
        "Sr "
        "No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime\n";
    const MadeCorpus made(
        {{"MELD.Raw/train_splits/dia0_utt0.wav", ""},
         {"MELD.Raw/dev_splits_complete/dia0_utt0.wav", ""},
         {"MELD.Raw/output_repeated_splits_test/dia0_utt0.wav", ""},
         {"MELD.Raw/train_splits/dia0_utt1.mp4", ""},
         {"MELD.Raw/train_sent_emo.csv",
          header + "1,\"I\x92m \"\"the\"\" "
                   "one,\nreally\",Chandler,joy,positive,0,0,8,21,\"00:16:16,059\",\"00:16:21,731\"\n"
                   "2,gone,Joey,anger,negative,7,7,1,1,\"0:0:1,0\",\"0:0:2,0\"\n"},
         {"MELD.Raw/dev_sent_emo.csv",
          header + "1,Oh,Phoebe,sadness,negative,0,0,4,7,\"0:0:1,0\",\"0:0:2,0\"\n"}});
    const Corpus corpus = made.read();
    EXPECT_EQ(told(corpus),
              (Lines{"dia0_utt0.wav sad meld:Phoebe  dev", "dia0_utt0.wav happy meld:Chandler  train"}));
    ASSERT_EQ(corpus.skipped.size(), 2U);  // the film, and the clip of the part whose table is not there
    made.add("MELD.Raw/dev_sent_emo.csv", header + "1,\"Oh,Phoebe\n");
    EXPECT_ERROR(made.read(), Errc::corrupt_data,
                 "dev_sent_emo.csv:2: a quote that is opened here is never closed");
    made.add("MELD.Raw/dev_sent_emo.csv", "Utterance,Speaker\n");
    EXPECT_ERROR(made.read(), Errc::corrupt_data,
                 "dev_sent_emo.csv:1: has no column Emotion; its header names");
}

}  // namespace
}  // namespace undertone
