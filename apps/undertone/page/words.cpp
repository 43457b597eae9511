#include "page/words.hpp"

#include <array>
#include <string_view>

#include "output/output.hpp"

namespace undertone::app::html {

namespace {

struct Meaning {
    std::string_view protocol, sentence;
};

constexpr std::array kMeanings{
    Meaning{"speaker",
            "In each fold all clips of some speakers were set aside, a model was trained on the others and "
            "tested on these: on voices that it had never heard."},
    Meaning{
        "loso",
        "Each speaker in turn was left out, a model was trained on all the others and tested on the one it "
        "had never heard."},
    Meaning{
        "emobox",
        "The folds are those of the EmoBox benchmark for RAVDESS: a model is tested on actors whom it had "
        "never heard."},
    Meaning{
        "corpus",
        "Each corpus in turn was left out: a model was trained on all the others and tested on recordings of "
        "another room, other speakers and often another language."},
    Meaning{
        "text",
        "In each fold a model was tested on a text that it had not been trained on, spoken by speakers whom "
        "it knew."},
    Meaning{
        "random",
        "Clips were dealt into folds at random: the speakers and texts tested were heard in training too. "
        "Such a figure says little of a new voice."},
    Meaning{
        "stratified",
        "Clips were dealt into folds at random, label by label: the speakers and texts tested were heard in "
        "training too. Such a figure says little of a new voice."},
    Meaning{"model", "A model that was there already was tested; nothing was trained in this run."},
    Meaning{"file", "The folds are those of a file."},
    Meaning{
        "one split by speaker",
        "Once, all clips of some speakers were set aside, and the model that was trained on the others was "
        "tested on these: on voices that it had never heard."},
    Meaning{"one random split",
            "Once, clips were set aside at random: speakers tested were heard in training too. Such a figure "
            "says "
            "little of a new voice."},
    Meaning{"inflation",
            "The same training was tested in several ways. What known voices and known texts add to the "
            "figure is "
            "the difference between the rows; only rows of new speakers say anything of a new voice."},
    Meaning{
        "matrix",
        "A model was trained on each corpus and tested on each, over the labels that all share. On the "
        "diagonal speakers are held apart; elsewhere all of one corpus trained and all of the other tested."},
};

}  // namespace

std::string counted(double n, const std::string& one) {
    std::string digits = fixed(n, 0);
    for (std::size_t at = digits.size(); at > 3; at -= 3)
        if (at - 3 > 0 && digits[at - 4] != '-') digits.insert(at - 3, ",");
    return digits + " " + one + (n == 1 ? "" : "s");
}

std::string protocol_sentence(const RunData& run) {
    const std::string protocol = text_of(run.json, "folds");
    std::string sentence;
    for (const Meaning& meaning : kMeanings)
        if (meaning.protocol == protocol || meaning.protocol == protocol.substr(0, protocol.find(':')))
            sentence = meaning.sentence;
    if (sentence.empty())
        sentence = protocol.empty() ? "run.json does not name the folds." : "Folds: " + protocol + ".";
    if (text_of(run.json, "verb") == "tune")
        sentence =
            "Options were searched anew within each fold's training part, and what won was tested on the "
            "clips "
            "that had no say. " +
            sentence;
    return sentence;
}

std::vector<std::string> overlap_sentences(const Json& evaluation) {
    const Json& overlap = part_of(evaluation, "overlap");
    if (overlap.is_null()) return {};
    const auto count = [&](const char* key) { return number_of(overlap, key).value_or(0); };
    const auto known = [&](const char* key) {
        const Json& part = part_of(overlap, key);
        return part.is_bool() && part.get<bool>();
    };
    const auto digits = [&](const char* key) {
        const std::string text = counted(count(key), "");
        return text.substr(0, text.find(' '));
    };
    const std::string of_tested = " of " + counted(count("tested"), "tested clip") + " ";
    std::vector<std::string> sentences;
    if (!known("speakers_known"))
        sentences.emplace_back("Who speaks is not known: some speakers may be in training and in test.");
    else if (count("speakers") == 0)
        sentences.emplace_back("No speaker is in training and in test.");
    else
        sentences.push_back(digits("speakers") + of_tested + "are of speakers heard in training.");
    if (known("texts_known"))
        sentences.push_back(count("texts") == 0
                                ? "No text is in training and in test."
                                : digits("texts") + of_tested + "say a text that was heard in training.");
    if (known("duplicates_known"))
        sentences.push_back(count("duplicates") == 0 ? "No recording is in both, compared sample for sample."
                                                     : digits("duplicates") + of_tested +
                                                           "are in training too, sample for sample.");
    return sentences;
}

std::string shell_word(const std::string& word) {
    constexpr std::string_view kPlain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/,:=+@%";
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

}  // namespace undertone::app::html
