#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "undertone/corpus.hpp"

namespace undertone::corpus {

/// A code as file names carry it, and what it stands for.
struct Code {
    std::string_view code, meaning;
};

/// What a group of a name's pattern tells.
enum class Part {
    emotion,
    speaker,  ///< several such groups are joined
    text,
    style,
    gender,
    split,
    copy,    ///< which of several copies of one recording this is; the greatest is taken
    other,   ///< tells recordings apart, and no more
    ignore,  ///< lies within another group
};

/// How letters are made the same where names differ in them.
enum class Letters { upper, lower };

struct KnownCorpus;

/// What the name of one file says.
struct ParsedName {
    const KnownCorpus* corpus = nullptr;
    std::string stem;  ///< the name without its extension
    std::string emotion_code, speaker, text, style, gender, language, split;
    bool emotion_in_folder = false;  ///< what a folder says counts more than a table beside it
    std::string recording;           ///< the same for two copies of one recording, and only then
    std::string copy;
};

/// What is known of a published corpus. A further one is a row in known_corpora.cpp.
struct KnownCorpus {
    std::string_view name, licence;
    std::string_view language;          ///< ISO 639-1; empty: `complete` tells
    std::string_view example;           ///< a name, for messages
    std::string_view pattern;           ///< ECMAScript expression of the name without its extension; any case
    std::span<const Part> parts;        ///< what its groups tell, in order
    std::span<const Code> emotions;     ///< code -> canonical label; an empty label leaves the recording out
    std::span<const Code> styles = {};  ///< code -> "speech" or "song"
    std::span<const Code> genders = {};  ///< speaker, or the gender's own code -> "female" or "male"
    std::span<const Code> splits = {};   ///< code -> "train", "dev" or "test"
    int n_folders = 0;                   ///< how many folders the pattern sees before the name: `Angry/a`
    Letters speaker_letters = Letters::upper;
    Letters text_letters = Letters::lower;
    /// What follows from the groups by a rule. The speaker is still without the corpus' name.
    void (*complete)(ParsedName& name) = nullptr;
    /// Adds what the corpus' own tables among `files` tell of its recordings, to those that are in them.
    void (*read_side_tables)(std::span<const std::string> files, std::span<ParsedName*> names) = nullptr;
};

/// Every corpus whose names are read.
[[nodiscard]] std::span<const KnownCorpus> known_corpora() noexcept;

/// The corpus of this name, or nullptr.
[[nodiscard]] const KnownCorpus* find_known_corpus(std::string_view name) noexcept;

/// Reads the name of a file, its extension left out.
/// @param name  with its folders, where the corpus needs them: "Angry/0011_000351"
/// @return      nothing when no known corpus names its files like this
[[nodiscard]] std::optional<ParsedName> parse_name(std::string_view name);

/// Whether two codes are the same: as text in any case of letters, or as decimal numbers ("1" and "01").
[[nodiscard]] bool same_code(std::string_view a, std::string_view b) noexcept;

/// A text that two codes share where same_code() says so, for looking them up.
[[nodiscard]] std::string code_key(std::string_view code);

/// The meaning of a code, or nothing.
[[nodiscard]] std::optional<std::string_view> meaning(std::span<const Code> codes,
                                                      std::string_view code) noexcept;

}  // namespace undertone::corpus
