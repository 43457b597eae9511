#include "corpus/labels.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "core/text.hpp"
#include "os/file.hpp"
#include "tables/csv.hpp"
#include "undertone/error.hpp"

namespace undertone {
namespace corpus {
namespace {

constexpr std::array<std::string_view, 12> kCanonical{"neutral", "calm",       "happy",   "sad",
                                                      "angry",   "fear",       "disgust", "surprise",
                                                      "boredom", "frustrated", "excited", "other"};
// What else tables and folders call them, in the corpora that are passed around.
constexpr std::array kWords{Code{"neu", "neutral"},
                            Code{"neutrality", "neutral"},
                            Code{"calmness", "calm"},
                            Code{"hap", "happy"},
                            Code{"happiness", "happy"},
                            Code{"joy", "happy"},
                            Code{"joyful", "happy"},
                            Code{"sadness", "sad"},
                            Code{"ang", "angry"},
                            Code{"anger", "angry"},
                            Code{"fea", "fear"},
                            Code{"fearful", "fear"},
                            Code{"afraid", "fear"},
                            Code{"dis", "disgust"},
                            Code{"disgusted", "disgust"},
                            Code{"sur", "surprise"},
                            Code{"surprised", "surprise"},
                            Code{"ps", "surprise"},
                            Code{"pleasant_surprise", "surprise"},
                            Code{"pleasant surprise", "surprise"},
                            Code{"bored", "boredom"},
                            Code{"boredem", "boredom"},  // EmoBox's spelling
                            Code{"fru", "frustrated"},
                            Code{"frustration", "frustrated"},
                            Code{"exc", "excited"},
                            Code{"excitement", "excited"},
                            Code{"oth", "other"}};

std::string codes(const std::map<std::string, std::string>& emotions) {
    std::string text;
    for (const auto& entry : emotions) text += " " + entry.first;
    return text;
}

}  // namespace

std::optional<std::string_view> canonical_label(std::string_view word) noexcept {
    for (const std::string_view label : kCanonical)
        if (same_letters(label, word)) return label;
    return meaning(kWords, word);
}

std::string canonical_labels() {
    std::string text;
    for (const std::string_view label : kCanonical) text += (text.empty() ? "" : " ") + std::string(label);
    return text;
}

Labels::ByCode::ByCode(const std::map<std::string, std::string>& map) {
    for (const auto& [code, label] : map) labels_.emplace(code_key(code), label);  // keeps the first
}

std::optional<std::string> Labels::ByCode::find(std::string_view code) const {
    const auto found = labels_.find(code_key(code));
    if (found == labels_.end()) return std::nullopt;
    return found->second;
}

Labels::Labels(const LabelOptions& options)
    : options_(options), map_(options.map), emotions_(options.emotions) {
    for (const auto& entry : options.map)
        if (!entry.second.empty()) targets_.emplace(lower_case(entry.second), entry.second);
    for (const std::string& code : options.learn) learned_.insert(code_key(code));
    for (const std::string& code : options.learn)
        if (!options.emotions.empty() && !emotions_.find(code))
            throw Error(
                Errc::invalid_argument,
                "learn = " + code + ": no such code among the emotions; there are" + codes(options.emotions));
    if (!options.style.empty() && options.style != "speech" && options.style != "song")
        throw Error(Errc::invalid_argument, "style = " + shown(options.style) + ": must be speech or song");
}

std::optional<std::string> Labels::mapped(std::string_view corpus, std::string_view key) const {
    const auto label = map_.find(std::string(corpus) + ":" + std::string(key));
    return label ? label : map_.find(key);
}

Verdict Labels::verdict(std::optional<std::string> label, std::string_view code) const {
    if (!label) return {Verdict::Kind::unknown, ""};
    if (!learned_.empty() && !learned_.contains(code_key(code))) return {Verdict::Kind::not_learned, ""};
    if (label->empty()) return {Verdict::Kind::left_out, ""};
    return {Verdict::Kind::taken, std::move(*label)};
}

// A label that the map gives.
std::optional<std::string> Labels::target(std::string_view word) const {
    const auto found = targets_.find(lower_case(word));
    if (found == targets_.end()) return std::nullopt;
    return found->second;
}

Verdict Labels::judge(const KnownCorpus& known, std::string_view code) const {
    std::optional<std::string> own;
    if (!options_.emotions.empty())
        own = emotions_.find(code);
    else if (const auto label = meaning(known.emotions, code))
        own = std::string(*label);
    std::optional<std::string> label = mapped(known.name, code);
    if (!label && own && !own->empty()) label = mapped(known.name, *own);
    if (!label && has_rest(known.name)) {
        if (own) label = target(*own);
        if (!label) label = mapped(known.name, kRest);
    }
    return verdict(label ? label : own, code);
}

// What a line of the map, or else a table of labels, says of a word; nothing where none names it.
std::optional<std::string> Labels::named(std::string_view corpus, std::string_view code,
                                         std::string_view word) const {
    std::optional<std::string> own;
    const KnownCorpus* known = find_known_corpus(corpus);
    const auto its_word = known != nullptr ? meaning(known->emotions, word) : std::nullopt;
    const auto its_code = known != nullptr ? meaning(known->emotions, code) : std::nullopt;
    if (const auto label = canonical_label(word))
        own = std::string(*label);
    else if (its_word)
        own = std::string(*its_word);
    std::optional<std::string> label = mapped(corpus, code);
    // A line that says what the corpus says anyway is no reason to undo what a person corrected in a
    // manifest.
    if (label && its_code && *label == *its_code) label.reset();
    if (!label) label = mapped(corpus, word);
    if (!label && own && !own->empty()) label = mapped(corpus, *own);
    if (!label && has_rest(corpus)) {
        label = target(word);
        return !label && own ? target(*own) : label;
    }
    if (!label) label = own;
    return label ? label : target(word);  // as a manifest made with the map names it
}

Verdict Labels::judge(std::string_view corpus, std::string_view code, std::string_view word) const {
    if (!options_.emotions.empty()) return verdict(emotions_.find(code), code);
    const std::optional<std::string> label = named(corpus, code, word);
    return verdict(label ? label : mapped(corpus, kRest), code);
}

bool Labels::knows(std::string_view corpus, std::string_view word) const {
    if (!options_.emotions.empty()) return emotions_.find(word).has_value();
    return named(corpus, word, word).has_value();
}

}  // namespace corpus

std::map<std::string, std::string> read_label_map(const std::string& path) {
    constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
    const std::string text = read_file(path, kMaxBytes);
    corpus::check_utf8(text, path);
    const corpus::CsvTable table = corpus::parse_csv(text, path);
    const std::size_t code = table.need({"code_or_label", "code"}), label = table.need({"label"});
    std::map<std::string, std::string> map;
    for (const corpus::CsvRow& row : table.rows) {
        if (row.fields[code].empty())
            throw Error(Errc::corrupt_data, table.place(row) + ": has no code or label to map");
        if (!map.emplace(row.fields[code], row.fields[label]).second)
            throw Error(Errc::corrupt_data, table.place(row) + ": " + shown(row.fields[code]) +
                                                " is mapped twice; keep one line");
    }
    return map;
}

std::string label_map_csv(const LabelOptions& options) {
    LabelOptions map_alone;
    map_alone.map = options.map;
    const corpus::Labels labels(map_alone);
    std::string text = "code_or_label,label\n";
    std::set<std::string> written;
    const auto write = [&](const std::string& key, const std::string& label) {
        if (!written.insert(lower_case(key)).second) return;
        text.append(corpus::csv_field(key)).append(",").append(corpus::csv_field(label)).append("\n");
    };
    for (const corpus::KnownCorpus& known : corpus::known_corpora())
        for (const corpus::Code& code : known.emotions) {
            std::string key(known.name);
            key.append(":").append(code.code);
            write(key, labels.judge(known, code.code).label);
        }
    for (const auto& [key, label] : options.map)
        if (key != "*") write(key, label);
    for (const std::string_view label : corpus::kCanonical)
        write(std::string(label), labels.judge("", label, label).label);
    for (const corpus::Code& word : corpus::kWords)
        write(std::string(word.code), labels.judge("", word.code, word.code).label);
    if (const auto rest = options.map.find("*"); rest != options.map.end()) write("*", rest->second);
    return text;
}

}  // namespace undertone
