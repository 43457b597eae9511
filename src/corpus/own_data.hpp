#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tables/csv.hpp"
#include "undertone/corpus.hpp"

namespace undertone::corpus {

/// One line of a table of one's own, as text: what a CSV, a JSONL and an audformat table say alike.
struct TableRow {
    std::string listed_at;  ///< "labels.csv:12"
    std::string file, emotion;
    std::string code, corpus, licence, speaker, gender, language, text, style, split, start, end;
    bool of_emobox = false;  ///< files are named from where EmoBox stands, and known by their names
};

/// Stands for a licence that is not known, among those of several corpora.
inline constexpr std::string_view kNoLicence = "not known";

/// Recordings of one's own: `code` is the emotion as written, `emotion` is still to be found.
struct OwnData {
    std::string name, licence;
    std::vector<Recording> recordings;
    std::vector<SkippedFile> skipped;
    std::vector<std::string> licences = {};  ///< for each recording, where a table tells; else empty
};

/// Reads CSV or TSV with the columns `file` and `emotion`, and any of `code corpus licence speaker gender
/// language text style split start end`; other columns are passed over.
/// @throws Error corrupt_data  naming file and line
[[nodiscard]] std::vector<TableRow> parse_csv_rows(std::string_view text, const std::string& origin);

/// Reads one JSON object a line with the same keys, or EmoBox's: `key dataset wav emo`.
/// @throws Error corrupt_data  naming file and line
[[nodiscard]] std::vector<TableRow> parse_jsonl_rows(std::string_view text, const std::string& origin);

/// Seconds from "1.5", "1:02:03.5" or pandas' "0 days 00:00:01.500000"; nothing for another text.
[[nodiscard]] std::optional<double> parse_time(std::string_view text) noexcept;

/// What the rows of a table mean: files are found from its folder, times are read.
/// @param name     the corpus' name where rows do not tell
/// @throws Error corrupt_data  naming the row: a file that is not there, a time that is none, a file
///         named twice under two emotions
[[nodiscard]] OwnData from_rows(std::span<const TableRow> rows, const std::string& folder,
                                const std::string& name);

/// Reads a table by its extension: .csv, .tsv, .jsonl, .ndjson; or db.yaml with the tables beside it.
[[nodiscard]] OwnData read_table(const std::string& path);

/// Whether read_table() reads files of this name.
[[nodiscard]] bool is_table_name(std::string_view path) noexcept;

/// Whether a table has the columns that read_table() needs.
[[nodiscard]] bool is_table_of_recordings(const std::string& path);

/// A folder for each class: the nearest folder above a recording whose name is a label.
/// @param files  audio files below `root`
/// @return       nothing when no folder is called like a label
/// @throws Error invalid_argument  a recording in no folder of a label that is known
[[nodiscard]] std::optional<OwnData> read_class_folders(std::span<const std::string> files,
                                                        const std::string& root, const LabelOptions& labels);

/// Names that end in a label: `hello_angry.wav`.
/// @param files  audio files below `root`
/// @return       nothing when no name ends in one
/// @throws Error invalid_argument  a recording whose name ends in a word that is no label
[[nodiscard]] std::optional<OwnData> read_class_names(std::span<const std::string> files,
                                                      const std::string& root, const LabelOptions& labels);

}  // namespace undertone::corpus
