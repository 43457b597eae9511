#include "corpus/labels.hpp"

#include "core/text.hpp"
#include "corpus/known_names.hpp"
#include "os/file.hpp"
#include "support/support.hpp"

namespace undertone::corpus {
namespace {

TEST(CanonicalLabel, WordsOfTablesAndFolders) {
    EXPECT_EQ(canonical_label("Angry"), "angry");
    EXPECT_EQ(canonical_label("HAPPINESS"), "happy");
    EXPECT_EQ(canonical_label("boredem"), "boredom");
    EXPECT_EQ(canonical_label("ps"), "surprise");
    EXPECT_EQ(canonical_label("stress"), std::nullopt);
    EXPECT_EQ(canonical_label(""), std::nullopt);
}

TEST(Labels, TheMapComesBeforeTheCorpusAndTheCorpusBeforeNothing) {
    LabelOptions options;
    options.map = {{"emodb:W", "rage"}, {"W", "wow"}, {"calm", "neutral"}, {"03", "joy"}, {"xyz", ""}};
    const Labels labels(options);
    const KnownCorpus& emodb = *find_known_corpus("emodb");
    const KnownCorpus& shemo = *find_known_corpus("shemo");
    const KnownCorpus& ravdess = *find_known_corpus("ravdess");
    EXPECT_EQ(labels.judge(emodb, "w").label, "rage");
    EXPECT_EQ(labels.judge(shemo, "W").label, "wow");
    EXPECT_EQ(labels.judge(emodb, "F").label, "happy");
    EXPECT_EQ(labels.judge(ravdess, "02").label, "neutral");  // by its label
    EXPECT_EQ(labels.judge(ravdess, "03").label, "joy");      // by its code
    EXPECT_EQ(labels.judge(ravdess, "09").kind, Verdict::Kind::unknown);
    EXPECT_EQ(labels.judge("mine", "joy", "joy").label, "happy");
    EXPECT_EQ(labels.judge("mine", "rage", "Rage").label, "rage");  // a target of the map is a label
    EXPECT_EQ(labels.judge("mine", "xyz", "xyz").kind, Verdict::Kind::left_out);
    EXPECT_EQ(labels.judge("mine", "stress", "stress").kind, Verdict::Kind::unknown);
    EXPECT_EQ(labels.judge("ravdess", "05", "sad").label, "sad");  // a person corrected the manifest
    EXPECT_EQ(labels.judge("shemo", "W", "W").label, "wow");
}

TEST(Labels, ACodeMayStandForNoLabel) {
    const LabelOptions options;
    const Labels labels(options);
    EXPECT_EQ(labels.judge(*find_known_corpus("iemocap"), "xxx").kind, Verdict::Kind::left_out);
    EXPECT_EQ(labels.judge(*find_known_corpus("iemocap"), "exc").label, "excited");
}

TEST(Labels, ALineForTheRestMakesTheMapTheWholeTable) {
    LabelOptions options;
    options.map = {
        {"*", ""}, {"angry", "angry"}, {"excited", "happy"}, {"emodb:W", "rage"}, {"tess:*", "rest"}};
    const Labels labels(options);
    const KnownCorpus& ravdess = *find_known_corpus("ravdess");
    EXPECT_EQ(labels.judge(ravdess, "05").label, "angry");
    EXPECT_EQ(labels.judge(ravdess, "03").label, "happy");  // a label that the map gives
    EXPECT_EQ(labels.judge(ravdess, "04").kind, Verdict::Kind::left_out);
    EXPECT_EQ(labels.judge(ravdess, "99").kind, Verdict::Kind::left_out);
    EXPECT_EQ(labels.judge(*find_known_corpus("emodb"), "W").label, "rage");
    EXPECT_EQ(labels.judge(*find_known_corpus("tess"), "sad").label, "rest");
    EXPECT_EQ(labels.judge("mine", "Anger", "Anger").label, "angry");
    EXPECT_EQ(labels.judge("mine", "joy", "joy").label, "happy");
    EXPECT_EQ(labels.judge("mine", "stress", "stress").kind, Verdict::Kind::left_out);
    EXPECT_EQ(labels.judge("emodb", "W", "rage").label, "rage");  // its manifest
    EXPECT_TRUE(labels.knows("mine", "joy"));
    EXPECT_FALSE(labels.knows("mine", "Actor_01"));
    options.map = {{"*", "other"}, {"angry", "angry"}};
    EXPECT_EQ(Labels(options).judge("mine", "stress", "stress").label, "other");
}

// What a corpus' codes and some words become.
// @param corrected  what a person wrote into a manifest instead of each label as well, where that is not
// empty
std::vector<std::string> judged(const LabelOptions& options, const std::string& corrected = "") {
    const Labels labels(options);
    const auto told = [](const Verdict& verdict) {
        return std::to_string(static_cast<int>(verdict.kind)) + verdict.label;
    };
    std::vector<std::string> all;
    for (const KnownCorpus& known : known_corpora())
        for (const Code& code : known.emotions) {
            all.push_back(told(labels.judge(known, code.code)));
            all.push_back(told(labels.judge(known.name, code.code, code.meaning)));
            if (!corrected.empty()) all.push_back(told(labels.judge(known.name, code.code, corrected)));
        }
    for (const char* word : {"joy", "ANGER", "ps", "neu", "W", "05", "stress", "loud", "other"})
        all.push_back(told(labels.judge("mine", word, word)));
    return all;
}

TEST(LabelMapCsv, ReadBackGivesTheSameLabels) {
    const test::TemporaryFolder folder;
    const std::string path = folder.path("map.csv");
    LabelOptions options, again;
    write_file(path, label_map_csv());
    again.map = read_label_map(path);
    EXPECT_EQ(again.map.at("emodb:W"), "angry");
    EXPECT_EQ(again.map.at("iemocap:xxx"), "");
    EXPECT_EQ(again.map.at("joy"), "happy");
    EXPECT_EQ(judged(again, "disgust"), judged(options, "disgust"));
    options.map = {{"calm", "neutral"}, {"Angry", "loud"}, {"ravdess:03", ""}, {"W", "wow"}, {"*", "other"}};
    write_file(path, label_map_csv(options));
    again.map = read_label_map(path);
    EXPECT_EQ(again.map.at("ravdess:02"), "neutral");
    EXPECT_EQ(judged(again), judged(options));
    again.map.clear();
    options.map.erase("*");
    write_file(path, label_map_csv(options));
    again.map = read_label_map(path);
    EXPECT_EQ(judged(again), judged(options));
}

TEST(Labels, RefusesAnUnknownStyle) {
    LabelOptions options;
    options.style = "opera";
    EXPECT_ERROR(Labels(options), Errc::invalid_argument, "style = opera: must be speech or song");
}

TEST(ReadLabelMap, IsATableOfTwoColumns) {
    const test::TemporaryFolder folder;
    const std::string path = folder.path("map.csv");
    write_file(path, "code_or_label,label\ncalm,neutral\nemodb:W,angry\nnoise,\n");
    const auto map = read_label_map(path);
    EXPECT_EQ(map,
              (std::map<std::string, std::string>{{"calm", "neutral"}, {"emodb:W", "angry"}, {"noise", ""}}));
    write_file(path, "code_or_label,label\ncalm,neutral\ncalm,sad\n");
    EXPECT_ERROR(read_label_map(path), Errc::corrupt_data, "map.csv:3: calm is mapped twice");
    write_file(path, "from,label\n");
    EXPECT_ERROR(read_label_map(path), Errc::corrupt_data, "map.csv:1: has no column code_or_label");
}

// The obvious twin of Labels: every question goes through the whole map.
struct Linear {
    const LabelOptions& options;
    using Label = std::optional<std::string>;

    static Label find(const std::map<std::string, std::string>& map, const std::string& code) {
        for (const auto& [key, label] : map)
            if (same_code(key, code)) return label;
        return std::nullopt;
    }
    [[nodiscard]] Label mapped(const std::string& corpus, const std::string& key) const {
        const Label label = find(options.map, corpus + ":" + key);
        return label ? label : find(options.map, key);
    }
    [[nodiscard]] Label target(const std::string& word) const {
        for (const auto& entry : options.map)
            if (!entry.second.empty() && same_letters(entry.second, word)) return entry.second;
        return std::nullopt;
    }
    // Of a corpus that is not a published one.
    [[nodiscard]] Label judge(const std::string& corpus, const std::string& code,
                              const std::string& word) const {
        Label own;
        if (const auto canonical = canonical_label(word)) own = std::string(*canonical);
        Label label = mapped(corpus, code);
        if (!label) label = mapped(corpus, word);
        if (!label && own) label = mapped(corpus, *own);
        if (!label && mapped(corpus, "*")) {
            label = target(word);
            if (!label && own) label = target(*own);
        } else if (!label) {
            label = own ? own : target(word);
        }
        return label ? label : mapped(corpus, "*");
    }
};

TEST(Labels, LookingUpIsTheSameAsGoingThroughTheWholeMap) {
    const std::vector<std::string> words{"1",   "01",  "001", "0",     "00",    "a",     "A",   "joy", "Joy",
                                         "mad", "MAD", "sad", "anger", "angry", "12",    "*",   "",    "1a",
                                         "01a", "W",   "w",   "rage",  "happy", "HAPPY", "12 ", "b:1"};
    std::uint32_t noise = 7;
    const auto any = [&]() -> const std::string& {
        noise = noise * 1664525U + 1013904223U;
        return words[(noise >> 8) % words.size()];
    };
    for (int round = 0; round < 500; ++round) {
        LabelOptions options;
        for (int i = round % 12; i > 0; --i) {
            const std::string key = i % 3 == 0 ? "mine:" + any() : any();
            if (!key.empty()) options.map.emplace(key, any());
        }
        if (round % 5 == 0) options.learn = {any(), any()};
        const Labels labels(options);
        const Linear linear{options};
        for (const std::string& code : words)
            for (const std::string& word : words) {
                const auto expected = linear.judge("mine", code, word);
                const bool learned = options.learn.empty() || same_code(options.learn[0], code) ||
                                     same_code(options.learn[1], code);
                const Verdict verdict = labels.judge("mine", code, word);
                const auto kind = !expected           ? Verdict::Kind::unknown
                                  : !learned          ? Verdict::Kind::not_learned
                                  : expected->empty() ? Verdict::Kind::left_out
                                                      : Verdict::Kind::taken;
                EXPECT_EQ(verdict.kind, kind) << code << " " << word;
                if (kind == Verdict::Kind::taken) {
                    EXPECT_EQ(verdict.label, *expected) << code << " " << word;
                }
            }
    }
}

}  // namespace
}  // namespace undertone::corpus
