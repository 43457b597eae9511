#include "undertone/protocols.hpp"

#include <set>

#include "made_dataset.hpp"
#include "support/support.hpp"

namespace undertone::eval {
namespace {

FoldPlan plan(const Dataset& dataset, const std::string& text) {
    return plan_folds(dataset, parse_protocol(text));
}

TEST(Protocols, AreReadAndWritten) {
    for (const char* text :
         {"speaker", "speaker:10", "loso", "text", "text:2", "random:3", "stratified:5", "corpus", "emobox"})
        EXPECT_EQ(protocol_text(parse_protocol(text)), text);
    EXPECT_ERROR(parse_protocol("people"), Errc::invalid_argument,
                 "must be one of speaker[:K] loso text[:K]");
    EXPECT_ERROR(parse_protocol("loso:3"), Errc::invalid_argument, "loso takes no number");
    for (const char* text : {"speaker:", "speaker:1", "speaker:two", "random:-3", "random:3x"})
        EXPECT_ERROR(parse_protocol(text), Errc::invalid_argument, "at least 2");
}

TEST(Protocols, SpeakerFoldsKeepSpeakersApart) {
    const Dataset data = made_dataset(120, 8);
    for (const char* text : {"speaker", "speaker:4", "loso"}) {
        const FoldPlan made = plan(data, text);
        EXPECT_EQ(made.overlap.n_tested, 120U);
        EXPECT_EQ(made.overlap.of_speakers, 0U);
        EXPECT_GT(made.overlap.of_texts, 0U);
    }
    EXPECT_EQ(plan(data, "speaker").protocol, "speaker:5");
    EXPECT_EQ(plan(made_dataset(120, 3), "speaker").folds.size(), 3U);  // no more than there are
    EXPECT_EQ(plan(data, "loso").folds[2].name, "c0:02");
}

TEST(Protocols, OthersCountWhatTheyShare) {
    Dataset data = made_dataset(120, 8);
    data.sample_hashes[7] = data.sample_hashes[31];
    const FoldPlan random = plan(data, "random:4");
    EXPECT_EQ(random.overlap.of_speakers, 120U);
    EXPECT_EQ(random.overlap.of_texts, 120U);
    const FoldPlan text = plan(data, "text");
    EXPECT_EQ(text.folds.size(), 4U);
    EXPECT_EQ(text.overlap.of_texts, 0U);
    EXPECT_EQ(text.overlap.of_speakers, 120U);
    std::size_t most = 0;
    for (std::uint32_t seed = 0; seed < 5; ++seed)
        most = std::max(most, plan_folds(data, {Protocol::random, 4, seed}).overlap.of_duplicates);
    EXPECT_EQ(most, 2U);  // each tests while the other trains
    data.sample_hashes.clear();
    EXPECT_FALSE(plan(data, "random:4").overlap.duplicates_known);
}

TEST(Protocols, CorporaAreFolds) {
    const FoldPlan made = plan(made_dataset(120, 8, 3), "corpus");
    ASSERT_EQ(made.folds.size(), 3U);
    EXPECT_EQ(made.folds[1].name, "c1");
    EXPECT_EQ(made.overlap.of_speakers, 0U);
}

TEST(Protocols, EmoboxFoldsAreThoseOfTheBenchmark) {
    Dataset data = made_dataset(240, 20);
    for (Recording& recording : data.recordings) {
        const int actor = std::stoi(recording.speaker.substr(3)) + 1;
        recording.speaker = "ravdess:" + std::string(actor < 10 ? "0" : "") + std::to_string(actor);
    }
    const FoldPlan made = plan(data, "emobox");
    ASSERT_EQ(made.folds.size(), 6U);
    std::set<std::string> first;
    for (const std::size_t clip : made.folds[0].test) first.insert(data.recordings[clip].speaker);
    EXPECT_EQ(first, (std::set<std::string>{"ravdess:01", "ravdess:11", "ravdess:20"}));
    ASSERT_EQ(made.notes.size(), 1U);
    EXPECT_NE(made.notes[0].find("20 of their 24"), std::string::npos);
    EXPECT_ERROR(plan(made_dataset(60, 4), "emobox"), Errc::invalid_argument, "24 actors of RAVDESS");
}

TEST(Protocols, SayWhatToDoWhenTheyCannotBe) {
    EXPECT_ERROR(plan(Dataset{}, "random"), Errc::invalid_argument, "no clip to evaluate");
    EXPECT_ERROR(plan(made_dataset(30, 1), "speaker"), Errc::invalid_argument, "only one speaker, c0:00");
    EXPECT_ERROR(plan(made_dataset(30, 1), "loso"), Errc::invalid_argument, "take random folds");
    EXPECT_ERROR(plan(made_dataset(60, 4), "speaker:5"), Errc::invalid_argument,
                 "5 folds but only 4 speakers");
    EXPECT_ERROR(plan(made_dataset(60, 4), "corpus"), Errc::invalid_argument, "only one corpus, c0");
    EXPECT_ERROR(plan(made_dataset(12, 4), "random:5"), Errc::invalid_argument,
                 "label calm has 4 clips for 5 folds");
    Dataset unknown = made_dataset(60, 4);
    unknown.recordings[8].speaker = "";
    EXPECT_ERROR(plan(unknown, "speaker"), Errc::invalid_argument, "clip8.flac is not known");
    unknown.recordings[8].text = "";
    EXPECT_ERROR(plan(unknown, "text"), Errc::invalid_argument, "the text of every clip");

    Dataset rare = made_dataset(60, 4);  // all of one label are of one speaker
    for (std::size_t i = 2; i < 60; i += 3) rare.recordings[i].speaker = "c0:09";
    EXPECT_ERROR(plan(rare, "loso"), Errc::invalid_argument,
                 "fold c0:09 of loso has no clip of angry left to train on: leave such labels out");

    Dataset copied = made_dataset(60, 4);  // one recording under two speakers
    copied.sample_hashes[1] = copied.sample_hashes[5];
    EXPECT_ERROR(plan(copied, "speaker:4"), Errc::invalid_argument, "are the same recording");
    EXPECT_ERROR(plan(copied, "loso"), Errc::invalid_argument, "clip1.flac");
}

FoldPlan from_file(const Dataset& dataset, const std::string& text) {
    return plan_folds(dataset, text, "folds.json");
}

TEST(FoldFile, NamesClipsByPathNameOrNameWithoutEnding) {
    const Dataset data = made_dataset(30, 4);
    const FoldPlan made = from_file(
        data, R"({"folds": [{"test": ["dir/clip0.flac", "clip4.flac", "clip5.wav"]}, {"test": ["clip7"]}]})");
    ASSERT_EQ(made.folds.size(), 2U);
    EXPECT_EQ(made.folds[0].test, (std::vector<std::size_t>{0, 4, 5}));
    EXPECT_EQ(made.folds[0].train.size(), 27U);
    EXPECT_EQ(made.folds[1].test, (std::vector<std::size_t>{7}));
    EXPECT_EQ(made.notes, (std::vector<std::string>{"26 clips only train: no fold of the file tests them"}));
    EXPECT_GT(made.overlap.of_speakers, 0U);
}

TEST(FoldFile, NamesSpeakers) {
    const FoldPlan made = from_file(
        made_dataset(60, 4), R"({"folds": [{"speakers": ["c0:00", "c0:02"]}, {"speakers": ["c0:01"]}]})");
    EXPECT_EQ(made.folds[0].test.size(), 30U);
    EXPECT_EQ(made.overlap.of_speakers, 0U);
}

TEST(FoldFile, SaysWhatIsWrong) {
    const Dataset data = made_dataset(30, 4);
    const auto one = [](const std::string& fold) { return "{\"folds\": [" + fold + "]}"; };
    EXPECT_ERROR(from_file(data, "folds"), Errc::corrupt_data, "folds.json: is broken JSON at byte 2");
    EXPECT_ERROR(from_file(data, "[]"), Errc::corrupt_data, "must be {\"folds\"");
    EXPECT_ERROR(from_file(data, one("")), Errc::corrupt_data, "has no fold");
    EXPECT_ERROR(from_file(data, one("{}")), Errc::corrupt_data, "either \"test\" or \"speakers\"");
    EXPECT_ERROR(from_file(data, one(R"({"test": ["clip1"], "valid": []})")), Errc::corrupt_data,
                 "\"valid\"");
    EXPECT_ERROR(from_file(data, one(R"({"test": [3]})")), Errc::corrupt_data, "no text");
    EXPECT_ERROR(from_file(data, one(R"({"test": ["clip1", "gone", "away.wav"]})")), Errc::invalid_argument,
                 "not among the clips: gone, away.wav");
    EXPECT_ERROR(from_file(data, one(R"({"speakers": ["c0:77"]})")), Errc::invalid_argument, "c0:77");
    EXPECT_ERROR(from_file(data, one(R"({"test": ["clip1"]}, {"test": ["clip1"]})")), Errc::invalid_argument,
                 "clip1.flac tests in folds 1 and 2");
    Dataset twice = data;
    twice.recordings[3].path = "other/clip1.flac";
    EXPECT_ERROR(from_file(twice, one(R"({"test": ["clip1.flac"]})")), Errc::invalid_argument,
                 "write the path");
}

}  // namespace
}  // namespace undertone::eval
