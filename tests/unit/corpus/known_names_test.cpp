#include "corpus/known_names.hpp"

#include "support/support.hpp"

namespace undertone::corpus {
namespace {

struct Case {
    const char* path;  // without its extension
    const char *corpus, *code, *label, *speaker, *gender, *text, *language, *split;
};

// Real names of each corpus, in the folders that it has and in other letters.
const Case kCases[] = {
    {"03-01-05-01-02-01-12", "ravdess", "05", "angry", "ravdess:12", "female", "02", "en", ""},
    {"03-02-02-01-01-01-03", "ravdess", "02", "calm", "ravdess:03", "male", "01", "en", ""},
    {"synthetic-05-01-03", "synthetic", "05", "angry", "synthetic:03", "", "01", "en", ""},
    {"wav/16b10Wb", "emodb", "W", "angry", "emodb:16", "female", "b10", "de", ""},
    {"03A07FC", "emodb", "F", "happy", "emodb:03", "male", "a07", "de", ""},
    {"12b02la", "emodb", "l", "boredom", "emodb:12", "male", "b02", "de", ""},
    {"samples/SK1_surprised_7", "nemo", "surprised", "surprise", "nemo:SK1", "", "7", "pl", ""},
    {"AudioWAV/1076_MTI_SAD_XX", "cremad", "SAD", "sad", "cremad:1076", "", "MTI", "en", ""},
    {"1001_IEO_ANG_HI", "cremad", "ANG", "angry", "cremad:1001", "", "IEO", "en", ""},
    {"OAF_back_ps", "tess", "ps", "surprise", "tess:OAF", "female", "back", "en", ""},
    {"oa_bite_neutral", "tess", "neutral", "neutral", "tess:OAF", "female", "bite", "en", ""},
    {"AudioData/DC/sa01", "savee", "sa", "sad", "savee:DC", "male", "sa01", "en", ""},
    {"x/KL_su15", "savee", "su", "surprise", "savee:KL", "male", "su15", "en", ""},
    {"JK_n30", "savee", "n", "neutral", "savee:JK", "male", "n30", "en", ""},
    {"EMOVO/f2/gio-f2-n3", "emovo", "gio", "happy", "emovo:f2", "female", "n3", "it", ""},
    {"male/M12W03", "shemo", "W", "surprise", "shemo:M12", "male", "", "fa", ""},
    {"F21N105", "shemo", "N", "neutral", "shemo:F21", "female", "", "fa", ""},
    {"0011/Angry/0011_000351", "esd", "Angry", "angry", "esd:0011", "", "en1", "en", ""},
    {"0003/Sad/evaluation/0003_001051", "esd", "Sad", "sad", "esd:0003", "", "zh1", "zh", "dev"},
    {"flat/0020_001750", "esd", "Surprise", "surprise", "esd:0020", "", "en350", "en", ""},
    {"0020_000001", "esd", "Neutral", "neutral", "esd:0020", "", "en1", "en", ""},
    {"Session1/sentences/wav/Ses01F_impro05_M019/Ses01F_impro05_M019", "iemocap", "", "", "iemocap:Ses01M",
     "male", "impro05", "en", ""},
    {"Ses05M_script01_2b_F008", "iemocap", "", "", "iemocap:Ses05F", "female", "script01_2b", "en", ""},
    {"MELD.Raw/train_splits/dia12_utt3", "meld", "", "", "", "", "", "en", "train"},
    {"dev_splits_complete/wav/dia0_utt0", "meld", "", "", "", "", "", "en", "dev"},
    {"output_repeated_splits_test/dia279_utt14", "meld", "", "", "", "", "", "en", "test"},
};

TEST(ParseName, EachPublishedCorpus) {
    for (const Case& known : kCases) {
        const auto name = parse_name(known.path);
        ASSERT_TRUE(name) << known.path;
        EXPECT_EQ(name->corpus->name, known.corpus) << known.path;
        EXPECT_EQ(name->emotion_code, known.code) << known.path;
        EXPECT_EQ(meaning(name->corpus->emotions, name->emotion_code).value_or(""), known.label)
            << known.path;
        EXPECT_EQ(name->speaker, known.speaker) << known.path;
        EXPECT_EQ(name->gender, known.gender) << known.path;
        EXPECT_EQ(name->text, known.text) << known.path;
        EXPECT_EQ(name->language, known.language) << known.path;
        EXPECT_EQ(name->split, known.split) << known.path;
    }
}

TEST(ParseName, EveryExampleIsAName) {
    for (const KnownCorpus& corpus : known_corpora()) {
        std::string example(corpus.example);
        const auto name = parse_name(example.substr(0, example.rfind('.')));
        ASSERT_TRUE(name) << example;
        EXPECT_EQ(name->corpus, &corpus) << example;
    }
}

TEST(ParseName, NearMissesAreOfNoCorpus) {
    for (const char* path : {"DCx/a01", "a01", "sa01", "1001_XXX_ANG_HI", "SK1_joy_7", "M12E03", "F1A01",
                             "0021_000001", "0011_000000", "0011_001751", "dia0_utt0", "a/dia0_utt0",
                             "Ses06F_impro01_F000", "gio-x1-b1", "17c01Qa", "OAF_back_glad"})
        EXPECT_FALSE(parse_name(path)) << path;
}

TEST(ParseName, TwoLayoutsOfOneRecordingAreOneRecording) {
    const auto same = [](const char* a, const char* b) {
        return parse_name(a)->recording == parse_name(b)->recording;
    };
    EXPECT_TRUE(same("DC/a01", "flat/DC_a01"));
    EXPECT_TRUE(same("0011/Angry/0011_000351", "Angry/train/0011_000351"));
    EXPECT_TRUE(same("OA_bite_neutral", "OAF_bite_neutral"));
    EXPECT_TRUE(same("03a01Wa", "03A01WA"));
    EXPECT_FALSE(same("train_splits/dia0_utt0", "dev_splits_complete/dia0_utt0"));
    EXPECT_FALSE(same("JE/a01", "DC/a01"));
}

}  // namespace
}  // namespace undertone::corpus
