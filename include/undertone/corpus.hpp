#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace undertone {

/// One labelled recording of a corpus: a file, an entry of a zip (`corpus.zip/Actor_01/a.wav`), or a part of
/// either.
struct Recording {
    std::string path;
    std::string emotion;         ///< canonical label: "angry"
    std::string speaker;         ///< unique over corpora: "ravdess:01"; empty when it is not known
    std::string text;            ///< what is said, as the corpus numbers it; empty when it is not known
    std::string style;           ///< "speech" or "song"; empty when it is not known
    std::string corpus = {};     ///< "ravdess"
    std::string code = {};       ///< what the corpus itself calls the emotion: "05"
    std::string gender = {};     ///< "female" or "male", or as a table says; empty when it is not known
    std::string language = {};   ///< ISO 639-1, "en"; empty when it is not known
    std::string split = {};      ///< "train", "dev", "test", where the corpus has such parts
    double start_s = 0;          ///< the part of the file that is meant
    double end_s = 0;            ///< 0: to its end
    std::string listed_at = {};  ///< the line of the table that names it: "labels.csv:12"; else empty

    [[nodiscard]] bool operator==(const Recording&) const = default;
};

/// A file that was found but not taken, and why.
struct SkippedFile {
    std::string path, reason;
};

/// What was found in one or more folders.
struct Corpus {
    std::string name;     ///< "ravdess"; of several corpora "ravdess + synthetic"
    std::string licence;  ///< "CC BY-NC-SA 4.0"; of several all, in the same order, "not known" among them
    std::vector<Recording> recordings;  ///< by name of file, then by path: the same on every machine
    std::vector<SkippedFile> skipped;
};

/// Which recordings are taken, and what their emotions are called.
struct LabelOptions {
    /// Code in the name -> label, as the Python project's `emotions` says; empty: the canonical labels.
    std::map<std::string, std::string> emotions;
    std::vector<std::string> learn;  ///< codes to keep; empty: all. Codes match by number: "1" is "01"
    /// What a person calls them: `corpus:code`, code or label -> label, in any case of letters; the first of
    /// these that is there counts, and what is not there keeps its canonical label. An empty label leaves
    /// its recordings out. With a key `*` (or `corpus:*`, for one corpus) the map is the whole table: what
    /// it has neither as a key nor as a label gets that label, and with an empty one is left out.
    std::map<std::string, std::string> map = {};
    std::vector<std::string> labels = {};  ///< labels to keep, after `map`; empty: all
    std::string style = {};                ///< "speech": all but songs; "song": songs alone; empty: both
};

/// Reads a corpus from folders, zips as they were downloaded, tables and single files.
///
/// A published corpus is known by the names of its files, whatever the extension and the nesting; what its
/// own tables tell (labels of IEMOCAP and MELD, genders of CREMA-D and nEMO) is read with them. Where no
/// name is known, a folder or zip is one's own data: an audformat database (`db.yaml`), a table beside the
/// recordings (`.csv`, `.tsv`, `.jsonl` with columns `file` and `emotion`), a folder for each class, or names
/// that end in a label (`hello_angry.wav`). A table or a `db.yaml` can also be named itself. docs/corpora.md
/// has all names, columns and labels.
///
/// Files whose extension is that of audio but whose name is not known, names with an emotion code that is not
/// known, and further copies of one recording (of its name, in whatever folder and format; for RAVDESS also
/// the sound of its film, 01-..., where 03-... is there) are left out and listed in `skipped`. Hidden files
/// and files that are nothing like audio are passed over. Links are followed, loops of links are not.
/// @param folders   folders, zips, tables or single files
/// @throws Error io                a folder that is not there or cannot be read
/// @throws Error corrupt_data      naming file and line: a broken table or zip, a file that a table names
///         and that is not there, one clip under two labels
/// @throws Error invalid_argument  no recording found (the message says what names are known), a label that
///         neither the canonical ones nor `map` know, `labels` that no recording has, or `learn` names a
///         code that `emotions` lacks
[[nodiscard]] Corpus read_corpus(std::span<const std::string> folders, const LabelOptions& labels = {});

/// Reads a table of labels for LabelOptions::map: CSV with the header `code_or_label,label`.
/// @throws Error io, corrupt_data  naming file and line: a missing column, an entry given twice
[[nodiscard]] std::map<std::string, std::string> read_label_map(const std::string& path);

/// The table by which codes and words become labels, as CSV that read_label_map() reads: a line for each code
/// of each published corpus, label and word that is known, and those of `labels.map`. With it as the map
/// names and words have the labels that they have without.
/// @param labels  of which `map` counts
[[nodiscard]] std::string label_map_csv(const LabelOptions& labels = {});

/// Writes a corpus as a table that read_corpus() reads back to the same recordings. Recordings below the
/// table's folder are named from there, so that both can be moved together; others by their whole path.
/// @throws Error io
void write_manifest(const Corpus& corpus, const std::string& path);

}  // namespace undertone
