#include "corpus/known_names.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <vector>

namespace undertone::corpus {
namespace {

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

// The clips of examples/demo/ (tools/make_demo_clips.sh): emotion - sentence - voice, with RAVDESS' codes.
constexpr std::array kSyntheticParts{Part::emotion, Part::text, Part::speaker};

constexpr std::array kKnown{
    KnownCorpus{"ravdess", "CC BY-NC-SA 4.0", "03-01-05-01-02-01-12.wav",
                R"((0[13])-(0[12])-(\d\d)-(0[12])-(\d\d)-(\d\d)-(\d\d))", kRavdessParts, kRavdessEmotions,
                kRavdessStyles},
    KnownCorpus{"synthetic",
                "CC0-1.0",
                "synthetic-05-01-03.opus",
                R"(synthetic-(\d\d)-(\d\d)-(\d\d))",
                kSyntheticParts,
                kRavdessEmotions,
                {}},
};

constexpr std::size_t kMaxName = 255;  // as file systems have it; the expressions recurse once a character

std::string meaning_of(std::span<const Code> codes, const std::string& code) {
    const auto found =
        std::find_if(codes.begin(), codes.end(), [&](const Code& c) { return c.code == code; });
    return std::string(found == codes.end() ? std::string_view(code) : found->meaning);
}

std::string_view without_zeros(std::string_view digits) {
    return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::span<const KnownCorpus> known_corpora() noexcept { return kKnown; }

std::optional<ParsedName> parse_name(std::string_view stem) {
    static const auto expressions = [] {
        std::vector<std::regex> all;
        all.reserve(kKnown.size());
        for (const KnownCorpus& corpus : kKnown)
            all.emplace_back(std::string(corpus.pattern), std::regex::ECMAScript | std::regex::icase);
        return all;
    }();
    if (stem.size() > kMaxName) return std::nullopt;
    for (std::size_t i = 0; i < kKnown.size(); ++i) {
        std::cmatch match;
        if (!std::regex_match(stem.data(), stem.data() + stem.size(), match, expressions[i])) continue;
        const KnownCorpus& corpus = kKnown[i];
        ParsedName name;
        name.corpus = &corpus;
        name.recording = corpus.name;
        for (std::size_t group = 0; group < corpus.parts.size(); ++group) {
            const std::string value = match[group + 1].str();
            const Part part = corpus.parts[group];
            if (part == Part::emotion) name.emotion_code = value;
            if (part == Part::speaker) name.speaker = std::string(corpus.name) + ":" + value;
            if (part == Part::text) name.text = value;
            if (part == Part::style) name.style = meaning_of(corpus.styles, value);
            if (part == Part::copy)
                name.copy = value;
            else
                name.recording += "/" + value;
        }
        return name;
    }
    return std::nullopt;
}

bool same_code(std::string_view a, std::string_view b) noexcept {
    return a == b || (is_number(a) && is_number(b) && without_zeros(a) == without_zeros(b));
}

}  // namespace undertone::corpus
