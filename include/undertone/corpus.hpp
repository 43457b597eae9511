#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace undertone {

/// One labelled recording of a corpus.
struct Recording {
    std::string path;
    std::string emotion;  ///< canonical label: "angry"
    std::string speaker;  ///< unique over corpora: "ravdess:01"; empty when it is not known
    std::string text;     ///< what is said, as the corpus numbers it; empty when it is not known
    std::string style;    ///< "speech" or "song"; empty when it is not known
};

/// A file that was found but not taken, and why.
struct SkippedFile {
    std::string path, reason;
};

/// What was found in one or more folders.
struct Corpus {
    std::string name;                   ///< "ravdess"; of several corpora "ravdess + synthetic"
    std::string licence;                ///< "CC BY-NC-SA 4.0"; of several all, in the same order
    std::vector<Recording> recordings;  ///< by name of file, then by path: the same on every machine
    std::vector<SkippedFile> skipped;
};

/// How labels are read, as the Python project's `emotions` and `learn_emotions` say.
struct LabelOptions {
    /// Code in the name -> label; empty: the canonical labels, neutral calm happy sad angry fear disgust
    /// surprise.
    std::map<std::string, std::string> emotions;
    std::vector<std::string> learn;  ///< codes to keep; empty: all. Codes match by number: "1" is "01"
};

/// Reads a corpus: every recording below the folders whose name a known corpus gives, whatever the extension
/// and the nesting.
///
/// Files whose extension is that of audio but whose name is not known, names with an emotion code that is not
/// known, and further copies of one recording (of its name, in whatever folder and format; for RAVDESS also
/// the sound of its film, 01-..., where 03-... is there) are left out and listed in `skipped`. Hidden files
/// and files that are nothing like audio are passed over. Links are followed, loops of links are not.
/// @param folders   folders or single files
/// @throws Error io                a folder that is not there or cannot be read
/// @throws Error invalid_argument  no recording found (the message says what names are known), or
///         `learn` names a code that `emotions` lacks
[[nodiscard]] Corpus read_corpus(std::span<const std::string> folders, const LabelOptions& labels = {});

}  // namespace undertone
