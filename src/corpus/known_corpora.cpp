// The facts of each published corpus: a further one is a row here, with what is special in it above. Names
// and counts were checked against the published lists of files; docs/corpora.md shows the same for people.

#include <array>
#include <charconv>

#include "core/text.hpp"
#include "corpus/known_names.hpp"
#include "corpus/side_tables.hpp"

namespace undertone::corpus {
namespace {

int number(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

// Livingstone & Russo 2018, PLoS ONE 13(5) e0196391:
// modality - channel - emotion - intensity - statement - repetition - actor.
// Modality 01 is the film with its sound, which is the sound of 03; 02, the film without sound, is left out.
// Emotion, statement, repetition and actor may be any number, so that recordings of one's own can be added.
constexpr std::array kRavdessParts{Part::copy, Part::style, Part::emotion, Part::other,
                                   Part::text, Part::other, Part::speaker};
constexpr std::array kRavdessEmotions{Code{"01", "neutral"}, Code{"02", "calm"},    Code{"03", "happy"},
                                      Code{"04", "sad"},     Code{"05", "angry"},   Code{"06", "fear"},
                                      Code{"07", "disgust"}, Code{"08", "surprise"}};
constexpr std::array kRavdessStyles{Code{"01", "speech"}, Code{"02", "song"}};
void complete_ravdess(ParsedName& name) { name.gender = number(name.speaker) % 2 == 1 ? "male" : "female"; }

// The clips of examples/demo/ (tools/make_demo_clips.sh): emotion - sentence - voice, with RAVDESS' codes.
constexpr std::array kSyntheticParts{Part::emotion, Part::text, Part::speaker};

// Burkhardt et al. 2005: speaker, text, emotion (by its German name), version.
constexpr std::array kEmodbParts{Part::speaker, Part::text, Part::emotion, Part::other};
constexpr std::array kEmodbEmotions{Code{"W", "angry"},  Code{"L", "boredom"}, Code{"E", "disgust"},
                                    Code{"A", "fear"},   Code{"F", "happy"},   Code{"T", "sad"},
                                    Code{"N", "neutral"}};
constexpr std::array kEmodbGenders{
    Code{"03", "male"}, Code{"08", "female"}, Code{"09", "female"}, Code{"10", "male"}, Code{"11", "male"},
    Code{"12", "male"}, Code{"13", "female"}, Code{"14", "female"}, Code{"15", "male"}, Code{"16", "female"}};

// Christop 2024: speaker, emotion, sentence; each actor says each of 90 sentences in each emotion.
constexpr std::array kNemoParts{Part::speaker, Part::emotion, Part::text};
constexpr std::array kNemoEmotions{Code{"anger", "angry"},     Code{"fear", "fear"},
                                   Code{"happiness", "happy"}, Code{"neutral", "neutral"},
                                   Code{"sadness", "sad"},     Code{"surprised", "surprise"}};

// Cao et al. 2014: actor, sentence, emotion, level.
constexpr std::array kCremadParts{Part::speaker, Part::text, Part::emotion, Part::other};
constexpr std::array kCremadEmotions{Code{"ANG", "angry"}, Code{"DIS", "disgust"}, Code{"FEA", "fear"},
                                     Code{"HAP", "happy"}, Code{"NEU", "neutral"}, Code{"SAD", "sad"}};

// Pichora-Fuller & Dupuis 2020: speaker, word, emotion; "ps" is pleasant surprise. Copies exist in which one
// name of OAF lacks its F.
constexpr std::array kTessParts{Part::speaker, Part::text, Part::emotion};
constexpr std::array kTessEmotions{Code{"angry", "angry"}, Code{"disgust", "disgust"}, Code{"fear", "fear"},
                                   Code{"happy", "happy"}, Code{"neutral", "neutral"}, Code{"ps", "surprise"},
                                   Code{"sad", "sad"}};
constexpr std::array kTessGenders{Code{"OAF", "female"}, Code{"YAF", "female"}};
void complete_tess(ParsedName& name) {
    if (name.speaker == "OA") name.speaker = "OAF";
    name.gender = "female";
    name.recording = "tess/" + name.speaker + "/" + name.text + "/" + lower_case(name.emotion_code);
}

// Haq & Jackson 2009: the speaker is the folder, or stands before the name; "sa" and "su" come before "s".
// All speakers say the same sentences, but each emotion has its own.
constexpr std::array kSaveeParts{Part::speaker, Part::speaker, Part::emotion, Part::text};
constexpr std::array kSaveeEmotions{Code{"a", "angry"},    Code{"d", "disgust"}, Code{"f", "fear"},
                                    Code{"h", "happy"},    Code{"n", "neutral"}, Code{"sa", "sad"},
                                    Code{"su", "surprise"}};
constexpr std::array kSaveeGenders{Code{"DC", "male"}, Code{"JE", "male"}, Code{"JK", "male"},
                                   Code{"KL", "male"}};
void complete_savee(ParsedName& name) { name.text = lower_case(name.emotion_code) + name.text; }

// Costantini et al. 2014: emotion, speaker, sentence.
constexpr std::array kEmovoParts{Part::emotion, Part::speaker, Part::gender, Part::text};
constexpr std::array kEmovoEmotions{Code{"dis", "disgust"}, Code{"gio", "happy"}, Code{"neu", "neutral"},
                                    Code{"pau", "fear"},    Code{"rab", "angry"}, Code{"sor", "surprise"},
                                    Code{"tri", "sad"}};
constexpr std::array kLetterGenders{Code{"f", "female"}, Code{"m", "male"}};

// Mohamad Nezami et al. 2019: sex and number are the speaker, then emotion and a running number. W is
// surprise here and anger in EMO-DB.
constexpr std::array kShemoParts{Part::speaker, Part::gender, Part::emotion, Part::other};
constexpr std::array kShemoEmotions{Code{"A", "angry"},   Code{"F", "fear"}, Code{"H", "happy"},
                                    Code{"N", "neutral"}, Code{"S", "sad"},  Code{"W", "surprise"}};

// Zhou et al. 2021: speaker and number of the utterance. Of its 1750 each speaker's first 350 are neutral,
// and so on; the same 350 sentences are said in each emotion. Speakers 1-10 speak Mandarin, 11-20 English.
constexpr std::array kEsdParts{Part::emotion, Part::emotion, Part::split, Part::speaker, Part::other};
constexpr std::array kEsdEmotions{
    Code{"Neutral", "neutral"},   Code{"Angry", "angry"},  Code{"Happy", "happy"}, Code{"Sad", "sad"},
    Code{"Surprise", "surprise"}, Code{"中立", "neutral"}, Code{"生气", "angry"},  Code{"快乐", "happy"},
    Code{"伤心", "sad"},          Code{"惊喜", "surprise"}};
constexpr std::array kEsdSplits{Code{"train", "train"}, Code{"evaluation", "dev"}, Code{"test", "test"}};
void complete_esd(ParsedName& name) {
    constexpr int kSentences = 350, kMandarinSpeakers = 10;
    const int index = number(std::string_view(name.stem).substr(name.stem.rfind('_') + 1));
    if (index < 1 || index > 5 * kSentences) return;  // the pattern leaves no other
    name.emotion_in_folder = !name.emotion_code.empty();
    if (!name.emotion_in_folder)
        name.emotion_code = kEsdEmotions[static_cast<std::size_t>((index - 1) / kSentences)].code;
    name.text = std::to_string((index - 1) % kSentences + 1);
    name.language = number(name.speaker) <= kMandarinSpeakers ? "zh" : "en";
    name.text = name.language + name.text;
    name.recording = "esd/" + name.stem;
}

// Busso et al. 2008: session, who wears the markers, dialogue, who speaks, number of the turn. The speaker is
// the session with the letter before the last digits; the one after the session is whose markers are filmed.
constexpr std::array kIemocapParts{Part::speaker, Part::other,  Part::text,
                                   Part::speaker, Part::gender, Part::other};
constexpr std::array kIemocapEmotions{
    Code{"neu", "neutral"}, Code{"hap", "happy"},      Code{"exc", "excited"}, Code{"sad", "sad"},
    Code{"ang", "angry"},   Code{"fru", "frustrated"}, Code{"fea", "fear"},    Code{"sur", "surprise"},
    Code{"dis", "disgust"}, Code{"oth", "other"},      Code{"xxx", ""}};  // xxx: the raters did not agree
void complete_iemocap(ParsedName& name) { name.speaker.replace(0, 3, "Ses"); }

// Poria et al. 2019: dialogue and utterance, numbered anew in each of the three parts.
constexpr std::array kMeldParts{Part::split, Part::split, Part::other, Part::other};
constexpr std::array kMeldEmotions{
    Code{"anger", "angry"},     Code{"disgust", "disgust"}, Code{"fear", "fear"},        Code{"joy", "happy"},
    Code{"neutral", "neutral"}, Code{"sadness", "sad"},     Code{"surprise", "surprise"}};
constexpr std::array kMeldSplits{Code{"train", "train"}, Code{"dev", "dev"}, Code{"test", "test"},
                                 Code{"output_repeated", "test"}};

constexpr std::array kKnown{
    KnownCorpus{.name = "ravdess",
                .licence = "CC BY-NC-SA 4.0",
                .language = "en",
                .example = "03-01-05-01-02-01-12.wav",
                .pattern = R"((0[13])-(0[12])-(\d\d)-(0[12])-(\d\d)-(\d\d)-(\d\d))",
                .parts = kRavdessParts,
                .emotions = kRavdessEmotions,
                .styles = kRavdessStyles,
                .complete = complete_ravdess},
    KnownCorpus{.name = "synthetic",
                .licence = "CC0-1.0",
                .language = "en",
                .example = "synthetic-05-01-03.opus",
                .pattern = R"(synthetic-(\d\d)-(\d\d)-(\d\d))",
                .parts = kSyntheticParts,
                .emotions = kRavdessEmotions},
    KnownCorpus{.name = "emodb",
                .licence = "CC BY 4.0",
                .language = "de",
                .example = "03a01Wa.wav",
                .pattern = R"((\d\d)([a-z]\d\d)([WLEAFTN])([a-z]))",
                .parts = kEmodbParts,
                .emotions = kEmodbEmotions,
                .genders = kEmodbGenders},
    KnownCorpus{.name = "nemo",
                .licence = "CC BY-NC-SA 4.0",
                .language = "pl",
                .example = "SK1_anger_12.wav",
                .pattern = R"(([A-Z]{2}\d)_(anger|fear|happiness|neutral|sadness|surprised)_(\d+))",
                .parts = kNemoParts,
                .emotions = kNemoEmotions,
                .read_side_tables = read_nemo_table},
    KnownCorpus{.name = "cremad",
                .licence = "ODbL 1.0",
                .language = "en",
                .example = "1001_IEO_ANG_HI.wav",
                .pattern = R"((1\d{3})_(IEO|TIE|IOM|IWW|TAI|MTI|IWL|ITH|DFA|ITS|TSI|WSI)_)"
                           R"((ANG|DIS|FEA|HAP|NEU|SAD)_(LO|MD|HI|XX|X))",
                .parts = kCremadParts,
                .emotions = kCremadEmotions,
                .text_letters = Letters::upper,
                .read_side_tables = read_cremad_demographics},
    KnownCorpus{.name = "tess",
                .licence = "CC BY-NC-ND 4.0",
                .language = "en",
                .example = "OAF_back_angry.wav",
                .pattern = R"((OAF|YAF|OA)_([a-z']+)_(angry|disgust|fear|happy|neutral|ps|sad))",
                .parts = kTessParts,
                .emotions = kTessEmotions,
                .genders = kTessGenders,
                .complete = complete_tess},
    KnownCorpus{.name = "savee",
                .licence = "research only, by registration",
                .language = "en",
                .example = "DC/a01.wav",
                .pattern = R"((?:(DC|JE|JK|KL)/|[^/]*/(DC|JE|JK|KL)_)(sa|su|a|d|f|h|n)(\d\d))",
                .parts = kSaveeParts,
                .emotions = kSaveeEmotions,
                .genders = kSaveeGenders,
                .n_folders = 1,
                .complete = complete_savee},
    KnownCorpus{.name = "emovo",
                .licence = "not stated here: read it at its source",
                .language = "it",
                .example = "dis-f1-b1.wav",
                .pattern = R"((dis|gio|neu|pau|rab|sor|tri)-(([fm])\d)-([a-z]+\d*))",
                .parts = kEmovoParts,
                .emotions = kEmovoEmotions,
                .genders = kLetterGenders,
                .speaker_letters = Letters::lower},
    KnownCorpus{.name = "shemo",
                .licence = "free for academic use",
                .language = "fa",
                .example = "F01A01.wav",
                .pattern = R"((([MF])\d\d)([AFHNSW])(\d{2,3}))",
                .parts = kShemoParts,
                .emotions = kShemoEmotions,
                .genders = kLetterGenders},
    KnownCorpus{.name = "esd",
                .licence = "academic use, by agreement",
                .language = "",
                .example = "0011/Angry/0011_000351.wav",
                .pattern = R"((?:[^/]*/(neutral|angry|happy|sad|surprise)/|)"
                           R"((neutral|angry|happy|sad|surprise)/(train|test|evaluation)/|[^/]*/[^/]*/))"
                           R"((00(?:0[1-9]|1\d|20))_(000(?!000)\d{3}|001[0-6]\d\d|0017[0-4]\d|001750))",
                .parts = kEsdParts,
                .emotions = kEsdEmotions,
                .splits = kEsdSplits,
                .n_folders = 2,
                .complete = complete_esd,
                .read_side_tables = read_esd_texts},
    KnownCorpus{.name = "iemocap",
                .licence = "research only, by agreement",
                .language = "en",
                .example = "Ses01F_impro01_F000.wav",
                .pattern = R"((Ses0[1-5])([FM])_(\S+)_(([FM]))(\d{3}))",
                .parts = kIemocapParts,
                .emotions = kIemocapEmotions,
                .genders = kLetterGenders,
                .complete = complete_iemocap,
                .read_side_tables = read_iemocap_evaluation},
    KnownCorpus{.name = "meld",
                .licence = "GPL-3.0, sound by permission of its owners",
                .language = "en",
                .example = "train_splits/dia0_utt0.wav",
                .pattern = R"((?:(train|dev|test|output_repeated)[^/]*/[^/]*|)"
                           R"([^/]*/(train|dev|test|output_repeated)[^/]*)/dia(\d+)_utt(\d+))",
                .parts = kMeldParts,
                .emotions = kMeldEmotions,
                .splits = kMeldSplits,
                .n_folders = 2,
                .read_side_tables = read_meld_tables},
};

}  // namespace

std::span<const KnownCorpus> known_corpora() noexcept { return kKnown; }

}  // namespace undertone::corpus
