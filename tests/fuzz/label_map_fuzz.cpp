#include "corpus/labels.hpp"
#include "mutate_text.hpp"
#include "parts.hpp"

// A label map, and what it makes of the words and codes that it names itself and of those of each corpus.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    static const fuzz::ScratchFolder folder("label-map");
    fuzz::parse_or_refuse([&] {
        folder.write("map.csv", fuzz::as_text(data, size));
        LabelOptions options;
        options.map = read_label_map(folder.path() + "/map.csv");
        const corpus::Labels labels(options);
        for (const auto& [key, label] : options.map) {
            fuzz::require(!key.empty());
            const std::size_t colon = key.find(':');
            const std::string corpus = colon == std::string::npos ? "" : key.substr(0, colon);
            const std::string word = colon == std::string::npos ? key : key.substr(colon + 1);
            static_cast<void>(labels.judge(corpus, word, word));
            static_cast<void>(labels.knows(corpus, word));
        }
        // Written as a whole table, it says of every code what it said before.
        LabelOptions again;
        folder.write("again.csv", label_map_csv(options));
        again.map = read_label_map(folder.path() + "/again.csv");
        const corpus::Labels same(again);
        for (const corpus::KnownCorpus& known : corpus::known_corpora())
            for (const corpus::Code& code : known.emotions)
                fuzz::require(labels.judge(known, code.code).label == same.judge(known, code.code).label);
    });
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace undertone::fuzz;
    static constexpr std::array<std::string_view, 24> kWords{
        "code_or_label", "code",      "label",      "*",     "ravdess:*",  "ravdess:01",
        "ravdess:05",    "emodb:W",   "cremad:ANG", "nemo:", "neutral",    "happy",
        "joy",           "ps",        "other",      "",      "RAVDESS:01", ":",
        "crema-d:",      "iemocap:*", "meld:joy",   "1",     "01",         "savee:a"};
    return mutate(data, size, max_size, seed,
                  [](const std::string& text, Dice& dice) { return changed_table(text, dice, kWords); });
}
