#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "corpus/known_names.hpp"
#include "undertone/corpus.hpp"

namespace undertone::corpus {

/// The canonical label that a word of a table or the name of a folder stands for: "happiness", "Joy" and
/// "hap" are "happy". Nothing for a word that is not known.
[[nodiscard]] std::optional<std::string_view> canonical_label(std::string_view word) noexcept;

/// "neutral calm happy ...", for messages.
[[nodiscard]] std::string canonical_labels();

/// What becomes of a code under the caller's options.
struct Verdict {
    enum class Kind {
        taken,
        unknown,      ///< neither the map nor the corpus' own table knows the code
        not_learned,  ///< its code is not among `learn`
        left_out,     ///< its label is empty: by the map, or since the corpus has none for it
    };
    Kind kind;
    std::string label;  ///< of what is taken
};

/// Which label a code stands for, and whether it is to be learned.
class Labels {
public:
    /// @param options  must outlive this, and stay as they are
    /// @throws Error invalid_argument  `learn` names a code that `emotions` lacks, or an unknown style
    explicit Labels(const LabelOptions& options);

    /// Of a code that the name or a table of a published corpus tells.
    [[nodiscard]] Verdict judge(const KnownCorpus& known, std::string_view code) const;

    /// Of a word that a person's table or folder tells.
    /// @param code  what the corpus itself calls it, or the word again
    [[nodiscard]] Verdict judge(std::string_view corpus, std::string_view code, std::string_view word) const;

    /// Whether a word is a label, or stands for one by name: not only since the map has a line for the rest.
    [[nodiscard]] bool knows(std::string_view corpus, std::string_view word) const;

    /// Whether the map has a line for what no other line names.
    [[nodiscard]] bool has_rest(std::string_view corpus) const { return mapped(corpus, kRest).has_value(); }

private:
    static constexpr std::string_view kRest = "*";

    /// A map by what same_code() takes for the same; of several keys that are the same the first counts.
    class ByCode {
    public:
        explicit ByCode(const std::map<std::string, std::string>& map);
        [[nodiscard]] std::optional<std::string> find(std::string_view code) const;

    private:
        std::unordered_map<std::string, std::string> labels_;
    };

    [[nodiscard]] std::optional<std::string> named(std::string_view corpus, std::string_view code,
                                                   std::string_view word) const;
    [[nodiscard]] std::optional<std::string> target(std::string_view word) const;
    [[nodiscard]] std::optional<std::string> mapped(std::string_view corpus, std::string_view key) const;
    [[nodiscard]] Verdict verdict(std::optional<std::string> label, std::string_view code) const;

    const LabelOptions& options_;
    ByCode map_, emotions_;
    std::unordered_map<std::string, std::string> targets_;  // lower case -> label of the map
    std::unordered_set<std::string> learned_;
};

}  // namespace undertone::corpus
