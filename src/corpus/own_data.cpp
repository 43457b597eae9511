#include "corpus/own_data.hpp"

#include <algorithm>
#include <map>

#include "core/text.hpp"
#include "corpus/audformat.hpp"
#include "corpus/known_names.hpp"
#include "corpus/paths.hpp"
#include "formats/zip.hpp"
#include "undertone/error.hpp"

namespace undertone::corpus {
namespace {

constexpr std::size_t kMaxTable = std::size_t{1} << 27;

[[noreturn]] void refuse(const TableRow& row, const std::string& reason) {
    throw Error(Errc::corrupt_data, row.listed_at + ": " + reason);
}

double time_of(const TableRow& row, std::string_view name, const std::string& text) {
    if (text.empty() || text == "NaT" || text == "nan") return 0;
    const auto time = parse_time(text);
    if (!time)
        refuse(row, std::string(name) + " = " + shown(text) +
                        ": must be seconds from the beginning of the file, 1.5 or 0:00:01.5");
    return *time;
}

std::string gender_of(const std::string& text) {
    std::string lower = lower_case(text);
    for (const std::string_view male : {"m", "man", "male"})
        if (lower == male) return "male";
    for (const std::string_view female : {"f", "w", "woman", "female"})
        if (lower == female) return "female";
    return lower;
}

std::string split_of(const std::string& text) {
    const std::string lower = lower_case(text);
    return lower == "val" || lower == "valid" || lower == "validation" || lower == "development" ? "dev"
                                                                                                 : lower;
}

// "crema-d" and "CREMA_D" are "cremad" where that is a published corpus.
std::string corpus_name(const std::string& name) {
    std::string letters = name;
    letters.erase(std::remove_if(letters.begin(), letters.end(),
                                 [](char c) { return c == '-' || c == '_' || c == ' '; }),
                  letters.end());
    const KnownCorpus* known = find_known_corpus(letters);
    return known != nullptr ? std::string(known->name) : name;
}

// EmoBox names files from its own root, and its lists lie two folders below that.
std::string find_file(const TableRow& row, const std::string& folder) {
    std::string path = join_path(folder, row.file);
    if (!row.of_emobox || names_a_file(path)) return path;
    constexpr int kLevels = 4;
    std::string up = folder;
    for (int level = 0; level < kLevels; ++level) {
        up = join_path(up, "..");
        std::string other = join_path(up, row.file);
        if (names_a_file(other)) return other;
    }
    return path;
}

// EmoBox' lists lack speakers; the names of its recordings tell.
void fill_from_name(Recording& recording) {
    const KnownCorpus* known = find_known_corpus(recording.corpus);
    if (known == nullptr) return;
    const auto name = parse_name(folder_of(recording.path) + "/" + stem_of(recording.path));
    if (!name || name->corpus != known) return;
    const auto fill = [](std::string& field, const std::string& value) {
        if (field.empty()) field = value;
    };
    fill(recording.speaker, name->speaker);
    fill(recording.text, name->text);
    fill(recording.gender, name->gender);
    fill(recording.language, name->language);
    fill(recording.style, name->style);
}

Recording recording_of(const TableRow& row, const std::string& folder, const std::string& name) {
    if (row.file.empty()) refuse(row, "names no file");
    Recording recording;
    recording.path = find_file(row, folder);
    recording.emotion = row.emotion;
    recording.code = row.code.empty() ? row.emotion : row.code;
    recording.corpus = row.corpus.empty() ? name : corpus_name(row.corpus);
    if (!row.speaker.empty())
        recording.speaker = row.speaker.starts_with(recording.corpus + ":")
                                ? row.speaker
                                : recording.corpus + ":" + row.speaker;
    recording.text = row.text;
    recording.style = lower_case(row.style);
    recording.gender = gender_of(row.gender);
    recording.language = row.language;
    recording.split = split_of(row.split);
    recording.start_s = time_of(row, "start", row.start);
    recording.end_s = time_of(row, "end", row.end);
    if (recording.end_s != 0 && recording.end_s <= recording.start_s)
        refuse(row, "end = " + shown(row.end) +
                        " is not after start = " + (row.start.empty() ? "0" : shown(row.start)));
    recording.listed_at = row.listed_at;
    if (row.of_emobox) fill_from_name(recording);
    return recording;
}

void check_files(const OwnData& data, std::span<const TableRow> rows) {
    std::size_t n_missing = 0;
    const TableRow* first = nullptr;
    std::string path;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (names_a_file(data.recordings[i].path)) continue;
        if (n_missing++ == 0) {
            first = &rows[i];
            path = data.recordings[i].path;
        }
    }
    if (n_missing == 0) return;
    refuse(*first,
           "there is no file " + path + " (" + std::to_string(n_missing) + " of " +
               std::to_string(rows.size()) +
               " are missing); paths are taken from the table's folder: correct them or take the lines "
               "out");
}

}  // namespace

OwnData from_rows(std::span<const TableRow> rows, const std::string& folder, const std::string& name) {
    OwnData data;
    data.name = name;
    data.recordings.reserve(rows.size());
    data.licences.reserve(rows.size());
    for (const TableRow& row : rows) {
        data.recordings.push_back(recording_of(row, folder, name));
        data.licences.push_back(row.licence == kNoLicence ? "" : row.licence);
    }
    check_files(data, rows);
    return data;
}

OwnData read_table(const std::string& path) {
    const std::string extension = extension_of(path);
    if (extension == ".yaml" || extension == ".yml") return read_audformat(path);
    const std::string text = read_bytes(path, kMaxTable);
    const std::vector<TableRow> rows = extension == ".jsonl" || extension == ".ndjson"
                                           ? parse_jsonl_rows(text, path)
                                           : parse_csv_rows(text, path);
    if (rows.empty())
        throw Error(Errc::corrupt_data, path + ":1: names columns but no recording; add a line for each");
    return from_rows(rows, folder_of(path), name_of_place(folder_of(path)));
}

bool is_table_name(std::string_view path) noexcept {
    const std::string extension = extension_of(path);
    for (const std::string_view one : {".csv", ".tsv", ".jsonl", ".ndjson", ".yaml", ".yml"})
        if (extension == one) return true;
    return false;
}

bool is_table_of_recordings(const std::string& path) {
    const std::string extension = extension_of(path);
    if (extension == ".yaml" || extension == ".yml") return file_name(path) == "db.yaml";
    std::string text;
    try {
        text = read_bytes(path, kMaxTable);
    } catch (const Error&) {
        return false;  // whoever needs it will say why it cannot be read
    }
    text.resize(std::min(text.find_first_of("\r\n"), text.size()));
    try {
        if (extension == ".jsonl" || extension == ".ndjson") return !parse_jsonl_rows(text, path).empty();
        const CsvTable header = parse_csv(text, path);
        return header.find({"file", "path", "wav", "filename"}) && header.find({"emotion", "label", "emo"});
    } catch (const Error&) {
        return false;
    }
}

}  // namespace undertone::corpus
