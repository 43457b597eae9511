#include "corpus/known_names.hpp"

#include <algorithm>
#include <regex>
#include <vector>

#include "core/text.hpp"

namespace undertone::corpus {
namespace {

// As file systems have it, for the name and each folder of it; the expressions recurse once a character.
constexpr std::size_t kMaxName = 255;

std::string_view without_zeros(std::string_view digits) {
    return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The last component of a path and so many folders before it; those that are not there are empty.
std::optional<std::string> last_components(std::string_view path, int n_folders) {
    std::string last;
    for (int i = 0; i <= n_folders; ++i) {
        const std::size_t slash = path.rfind('/');
        const std::string_view part = slash == std::string_view::npos ? path : path.substr(slash + 1);
        if (part.size() > kMaxName) return std::nullopt;
        last.insert(0, std::string(part) + (i == 0 ? "" : "/"));
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
    }
    return last;
}

std::string in_letters(std::string_view text, Letters letters) {
    return letters == Letters::upper ? upper_case(text) : lower_case(text);
}

std::string meaning_or_code(std::span<const Code> codes, const std::string& code) {
    return std::string(meaning(codes, code).value_or(code));
}

void take_part(ParsedName& name, Part part, const std::string& value) {
    const KnownCorpus& corpus = *name.corpus;
    switch (part) {
        case Part::emotion:
            name.emotion_code += value;
            break;
        case Part::speaker:
            name.speaker += in_letters(value, corpus.speaker_letters);
            break;
        case Part::text:
            name.text = in_letters(value, corpus.text_letters);
            break;
        case Part::style:
            name.style = meaning_or_code(corpus.styles, value);
            break;
        case Part::gender:
            name.gender = meaning_or_code(corpus.genders, value);
            break;
        case Part::split:
            name.split += meaning_or_code(corpus.splits, value);
            break;
        case Part::copy:
            name.copy = value;
            break;
        case Part::other:
        case Part::ignore:
            break;
    }
    if (part != Part::copy && part != Part::ignore && !value.empty())
        name.recording += "/" + lower_case(value);
}

const std::vector<std::regex>& expressions() {
    static const auto all = [] {
        std::vector<std::regex> made;
        for (const KnownCorpus& corpus : known_corpora())
            made.emplace_back(std::string(corpus.pattern), std::regex::ECMAScript | std::regex::icase);
        return made;
    }();
    return all;
}

}  // namespace

const KnownCorpus* find_known_corpus(std::string_view name) noexcept {
    for (const KnownCorpus& corpus : known_corpora())
        if (same_letters(corpus.name, name)) return &corpus;
    return nullptr;
}

std::optional<ParsedName> parse_name(std::string_view path) {
    for (std::size_t i = 0; i < known_corpora().size(); ++i) {
        const KnownCorpus& corpus = known_corpora()[i];
        const std::optional<std::string> text = last_components(path, corpus.n_folders);
        std::smatch match;
        if (!text || !std::regex_match(*text, match, expressions()[i])) continue;
        ParsedName name;
        name.corpus = &corpus;
        name.stem = path.substr(path.rfind('/') + 1);
        name.recording = corpus.name;
        name.language = corpus.language;
        for (std::size_t group = 0; group < corpus.parts.size(); ++group)
            take_part(name, corpus.parts[group], match[group + 1].str());
        if (name.gender.empty())
            name.gender = std::string(meaning(corpus.genders, name.speaker).value_or(""));
        if (corpus.complete != nullptr) corpus.complete(name);
        if (!name.speaker.empty()) name.speaker = std::string(corpus.name) + ":" + name.speaker;
        return name;
    }
    return std::nullopt;
}

std::string code_key(std::string_view code) {
    if (!is_number(code)) return lower_case(code);
    const std::string_view digits = without_zeros(code);
    return std::string(digits.empty() ? "0" : digits);
}

bool same_code(std::string_view a, std::string_view b) noexcept {
    return same_letters(a, b) || (is_number(a) && is_number(b) && without_zeros(a) == without_zeros(b));
}

std::optional<std::string_view> meaning(std::span<const Code> codes, std::string_view code) noexcept {
    for (const Code& known : codes)
        if (same_code(known.code, code)) return known.meaning;
    return std::nullopt;
}

}  // namespace undertone::corpus
