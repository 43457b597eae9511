#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace undertone::corpus {

/// A code as file names carry it, and what it stands for.
struct Code {
    std::string_view code, meaning;
};

/// What a group of a name's pattern tells.
enum class Part {
    emotion,
    speaker,
    text,
    style,
    copy,   ///< which of several copies of one recording this is; the greatest is taken
    other,  ///< tells recordings apart, and no more
};

/// What is known of a published corpus.
struct KnownCorpus {
    std::string_view name, licence;
    std::string_view example;        ///< a name, for messages
    std::string_view pattern;        ///< ECMAScript expression of the name without its extension; any case
    std::span<const Part> parts;     ///< what its groups tell, in order
    std::span<const Code> emotions;  ///< code -> canonical label
    std::span<const Code> styles;    ///< code -> "speech" or "song"
};

/// Every corpus whose names are read.
[[nodiscard]] std::span<const KnownCorpus> known_corpora() noexcept;

/// What the name of one file says.
struct ParsedName {
    const KnownCorpus* corpus = nullptr;
    std::string emotion_code, speaker, text, style;  ///< speaker as in Recording: "ravdess:01"
    std::string recording;  ///< the same for two copies of one recording, and only then
    std::string copy;
};

/// Reads the name of a file, its extension left out.
/// @return  nothing when no known corpus names its files like this
[[nodiscard]] std::optional<ParsedName> parse_name(std::string_view stem);

/// Whether two codes are the same: as text, or as decimal numbers ("1" and "01").
[[nodiscard]] bool same_code(std::string_view a, std::string_view b) noexcept;

}  // namespace undertone::corpus
