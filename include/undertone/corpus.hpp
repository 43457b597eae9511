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
    std::string name;                   ///< "ravdess"
    std::string licence;                ///< "CC BY-NC-SA 4.0"
    std::vector<Recording> recordings;  ///< by name of file, then by path: the same on every machine
    std::vector<SkippedFile> skipped;
};

/// How labels are read, as the Python project's `emotions` and `learn_emotions` say.
struct LabelOptions {
    std::map<std::string, std::string> emotions;  ///< code in the name -> label; empty: the corpus' own
    std::vector<std::string> learn;               ///< codes to keep, in this order; empty: all
};

/// Reads a corpus: every recording below the folders whose name a known corpus gives, whatever the extension
/// and the nesting.
///
/// Files of no known name are left out and listed in `skipped`, as is the second of two files of one name.
/// @param folders   folders or single files
/// @throws Error io                a folder that is not there
/// @throws Error invalid_argument  no recording found (the message says what names are known), or `learn`
/// names
///         a code that `emotions` lacks
[[nodiscard]] Corpus read_corpus(std::span<const std::string> folders, const LabelOptions& labels = {});

}  // namespace undertone
