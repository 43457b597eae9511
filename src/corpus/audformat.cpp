#include "corpus/audformat.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>

#include "core/text.hpp"
#include "corpus/known_names.hpp"
#include "corpus/paths.hpp"
#include "formats/zip.hpp"
#include "tables/csv.hpp"
#include "tables/parquet/parquet.hpp"
#include "tables/yaml.hpp"
#include "undertone/error.hpp"

namespace undertone::corpus {
namespace {

constexpr std::size_t kMaxHeader = std::size_t{1} << 24, kMaxTable = std::size_t{1} << 27;

// audformat names languages by ISO 639-3.
constexpr std::array kLanguages{Code{"deu", "de"}, Code{"eng", "en"}, Code{"pol", "pl"}, Code{"ita", "it"},
                                Code{"fas", "fa"}, Code{"zho", "zh"}, Code{"cmn", "zh"}, Code{"fra", "fr"},
                                Code{"spa", "es"}, Code{"jpn", "ja"}, Code{"kor", "ko"}, Code{"dan", "da"},
                                Code{"est", "et"}, Code{"ell", "el"}, Code{"tur", "tr"}, Code{"urd", "ur"},
                                Code{"nld", "nl"}, Code{"por", "pt"}, Code{"rus", "ru"}, Code{"hun", "hu"}};

std::string language_of(const std::string& code) {
    return std::string(meaning(kLanguages, code).value_or(code));
}

std::string text_of(const YAML::Node& node) { return node && node.IsScalar() ? node.Scalar() : ""; }

YAML::Node child(const YAML::Node& node, const char* key) {
    return node && node.IsMap() ? node[key] : YAML::Node(YAML::NodeType::Undefined);
}

AudformatTable table_of(const std::string& id, const YAML::Node& node) {
    AudformatTable table;
    table.id = id;
    table.split = text_of(child(node, "split_id"));
    const std::string type = text_of(child(node, "type"));
    if (type == "segmented") table.type = AudformatTable::Type::segmented;
    if (type == "misc") table.type = AudformatTable::Type::misc;
    const YAML::Node columns = child(node, "columns");
    if (columns && columns.IsMap())
        for (const auto& column : columns)
            table.columns[text_of(column.first)] = text_of(child(column.second, "scheme_id"));
    return table;
}

void take_scheme(AudformatHeader& header, const std::string& id, const YAML::Node& node) {
    const YAML::Node labels = child(node, "labels");
    if (!labels) return;
    if (labels.IsScalar()) header.label_tables[id] = labels.Scalar();
    if (!labels.IsMap()) return;
    for (const auto& label : labels) {
        LabelFacts& facts = header.labels[id][text_of(label.first)];
        if (label.second.IsMap())
            for (const auto& fact : label.second) facts[text_of(fact.first)] = text_of(fact.second);
    }
}

// YAML allows a key twice; each would be read again. A table lies beside the header, in a file of its name.
void check_tables(const AudformatHeader& header, const std::string& origin) {
    std::set<std::string_view> ids;
    for (const AudformatTable& table : header.tables)
        if (table.id.empty() || table.id.find('/') != std::string::npos)
            throw Error(Errc::corrupt_data, origin + ": table \"" + shown(table.id) +
                                                "\": its name must name a file beside this one");
    for (const AudformatTable& table : header.tables)
        if (!ids.insert(table.id).second)
            throw Error(Errc::corrupt_data, origin + ": table " + shown(table.id) + " stands in it twice");
}

AudformatHeader header_of(const YAML::Node& root, const std::string& origin) {
    if (!root.IsMap() || !child(root, "tables") || !child(root, "tables").IsMap())
        throw Error(Errc::corrupt_data,
                    origin + ":1: is no audformat header: it has no tables; write the database again");
    AudformatHeader header;
    header.name = text_of(child(root, "name"));
    header.licence = text_of(child(root, "license"));
    if (header.licence.empty()) header.licence = text_of(child(root, "usage"));
    const YAML::Node languages = child(root, "languages");
    if (languages && languages.IsSequence() && languages.size() == 1)
        header.language = language_of(text_of(languages[0]));
    for (const auto& table : child(root, "tables"))
        header.tables.push_back(table_of(text_of(table.first), table.second));
    for (const char* part : {"misc_tables"})  // older versions keep them apart
        if (const YAML::Node tables = child(root, part); tables && tables.IsMap())
            for (const auto& table : tables) {
                header.tables.push_back(table_of(text_of(table.first), table.second));
                header.tables.back().type = AudformatTable::Type::misc;
            }
    check_tables(header, origin);
    if (const YAML::Node schemes = child(root, "schemes"); schemes && schemes.IsMap())
        for (const auto& scheme : schemes) take_scheme(header, text_of(scheme.first), scheme.second);
    return header;
}

// The columns that tell something of recordings, by name or by scheme.
constexpr std::array<std::string_view, 8> kFacts{"emotion",  "speaker",       "gender", "sex",
                                                 "language", "transcription", "text",   "sentence"};

// Columns that the header does not name are the index: file, start, end, or the key of a misc table.
bool is_wanted(const AudformatTable& table, std::string_view name) {
    const auto column = table.columns.find(std::string(name));
    return column == table.columns.end() || std::any_of(kFacts.begin(), kFacts.end(), [&](auto fact) {
               return same_letters(fact, column->first) || same_letters(fact, column->second);
           });
}

// A duration in Parquet is a number whose unit stands elsewhere in the file, or nowhere.
void check_times(const CsvTable& table) {
    for (const std::string_view name : {"start", "end"}) {
        const auto column = table.find({name});
        if (!column) continue;
        for (const CsvRow& row : table.rows)
            if (const std::string& time = row.fields[*column];
                !time.empty() && time.find_first_not_of("-0123456789") == std::string::npos)
                throw Error(Errc::unsupported_format,
                            table.place(row) + ": " + std::string(name) + " = " + time +
                                ": is a number without a unit; save it as a duration (timedelta64), or the "
                                "database as CSV: db.save(root, storage_format='csv')");
    }
}

class Tables {
public:
    Tables(const AudformatHeader& header, const std::string& path) : header_(header), path_(path) {}

    [[nodiscard]] CsvTable read(const AudformatTable& table) const {
        const std::string base = join_path(folder_of(path_), "db." + table.id);
        if (names_a_file(base + ".csv")) {
            const std::string text = read_bytes(base + ".csv", kMaxTable);
            check_utf8(text, base + ".csv");
            return parse_csv(text, base + ".csv");
        }
        if (names_a_file(base + ".parquet")) {
            CsvTable read = parse_parquet(read_bytes(base + ".parquet", kMaxTable), base + ".parquet",
                                          [&](std::string_view name) { return is_wanted(table, name); });
            check_times(read);
            return read;
        }
        if (names_a_file(base + ".pkl"))
            throw Error(
                Errc::unsupported_format,
                base + ".pkl: is not read; save the database as CSV: db.save(root, storage_format='csv')");
        throw Error(Errc::corrupt_data, path_ + ": names table " + shown(table.id) +
                                            ", but there is no file " + base + ".csv or .parquet");
    }

    /// The column of a table that is called so, or whose scheme is.
    static std::optional<std::string> column(const AudformatTable& table,
                                             const std::vector<std::string_view>& names) {
        for (const std::string_view name : names)
            for (const auto& column : table.columns)
                if (same_letters(column.first, name)) return column.first;
        for (const std::string_view name : names)
            for (const auto& column : table.columns)
                if (same_letters(column.second, name)) return column.first;
        return std::nullopt;
    }

    [[nodiscard]] const AudformatTable* find(const std::string& id) const {
        for (const AudformatTable& table : header_.tables)
            if (table.id == id) return &table;
        return nullptr;
    }

private:
    const AudformatHeader& header_;
    const std::string& path_;
};

// What tables tell of whole files.
struct FileFacts {
    std::string speaker, gender, language, text;
};

// What is known of each speaker: from the labels of the scheme, in the header or in a misc table.
std::map<std::string, LabelFacts> speakers_of(const AudformatHeader& header, const Tables& tables) {
    std::map<std::string, LabelFacts> speakers;
    if (const auto labels = header.labels.find("speaker"); labels != header.labels.end())
        speakers = labels->second;
    const auto named = header.label_tables.find("speaker");
    const AudformatTable* table = named == header.label_tables.end() ? nullptr : tables.find(named->second);
    if (table == nullptr) return speakers;
    const CsvTable csv = tables.read(*table);
    for (const CsvRow& row : csv.rows)  // the first column is the index
        for (std::size_t i = 1; i < csv.columns.size(); ++i)
            speakers[row.fields.front()][lower_case(csv.columns[i])] = row.fields[i];
    return speakers;
}

void take_facts(const AudformatTable& table, const CsvTable& csv, std::map<std::string, FileFacts>& facts) {
    using Field = std::pair<std::string FileFacts::*, std::vector<std::string_view>>;
    const std::array fields{Field{&FileFacts::speaker, {"speaker"}},
                            Field{&FileFacts::gender, {"gender", "sex"}},
                            Field{&FileFacts::language, {"language"}},
                            Field{&FileFacts::text, {"transcription", "text", "sentence"}}};
    const std::size_t file = csv.need({"file"});
    for (const Field& field : fields) {
        const auto name = Tables::column(table, field.second);
        const auto column = name ? csv.find({*name}) : std::nullopt;
        if (!column) continue;
        for (const CsvRow& row : csv.rows) {
            std::string& value = facts[row.fields[file]].*field.first;
            if (value.empty()) value = row.fields[*column];
        }
    }
}

void take_rows(const AudformatTable& table, const CsvTable& csv, std::vector<TableRow>& rows) {
    const auto name = Tables::column(table, {"emotion"});
    const auto emotion = name ? csv.find({*name}) : std::nullopt;
    if (!emotion) return;
    const std::size_t file = csv.need({"file"});
    const bool segmented = table.type == AudformatTable::Type::segmented;
    const auto start = segmented ? csv.find({"start"}) : std::nullopt,
               end = segmented ? csv.find({"end"}) : std::nullopt;
    for (const CsvRow& fields : csv.rows) {
        if (fields.fields[*emotion].empty()) continue;  // no rating
        TableRow row;
        row.listed_at = csv.place(fields);
        row.file = fields.fields[file];
        row.emotion = fields.fields[*emotion];
        row.split = table.split;
        if (start) row.start = fields.fields[*start];
        if (end) row.end = fields.fields[*end];
        rows.push_back(std::move(row));
    }
}

// Databases list the same clips in several tables, whole and by parts: of rows that say the same, the first
// is kept, and those that name their part come first.
void drop_repeated(std::vector<TableRow>& rows) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const TableRow& a, const TableRow& b) { return a.split.empty() < b.split.empty(); });
    std::map<std::tuple<std::string, std::string, std::string, std::string>, bool> seen;
    std::vector<TableRow> kept;
    for (TableRow& row : rows)
        if (seen.emplace(std::tuple(row.file, row.start, row.end, row.emotion), true).second)
            kept.push_back(std::move(row));
    rows = std::move(kept);
}

}  // namespace

AudformatHeader parse_audformat_header(std::string_view text, const std::string& origin) {
    check_utf8(text, origin);
    try {
        return header_of(parse_yaml(text, origin), origin);
    } catch (const YAML::Exception& error) {
        throw Error(Errc::corrupt_data, origin + ":" +
                                            std::to_string(error.mark.is_null() ? 1 : error.mark.line + 1) +
                                            ": is broken YAML: " + shown(error.msg));
    }
}

OwnData read_audformat(const std::string& path) {
    const AudformatHeader header = parse_audformat_header(read_bytes(path, kMaxHeader), path);
    const Tables tables(header, path);
    std::map<std::string, FileFacts> facts;
    std::vector<TableRow> rows;
    for (const AudformatTable& table : header.tables) {
        const bool useful = Tables::column(table, {kFacts.begin(), kFacts.end()}).has_value();
        if (table.type == AudformatTable::Type::misc || !useful) continue;
        const CsvTable csv = tables.read(table);
        if (table.type == AudformatTable::Type::filewise) take_facts(table, csv, facts);
        take_rows(table, csv, rows);
        if (rows.size() > CsvLimits{}.rows)
            throw Error(Errc::corrupt_data, path + ": its tables have more than " +
                                                std::to_string(CsvLimits{}.rows) +
                                                " rows; cut the database in several");
    }
    if (rows.empty())
        throw Error(Errc::corrupt_data,
                    path + ": none of its tables has a column, or a column of a scheme, called emotion");
    drop_repeated(rows);
    const std::map<std::string, LabelFacts> speakers = speakers_of(header, tables);
    for (TableRow& row : rows) {
        const auto known = facts.find(row.file);
        if (known != facts.end()) {
            row.speaker = known->second.speaker;
            row.gender = known->second.gender;
            row.language = language_of(known->second.language);
            row.text = known->second.text;
        }
        if (const auto speaker = speakers.find(row.speaker); speaker != speakers.end())
            for (const auto& [fact, value] : speaker->second) {
                if ((fact == "gender" || fact == "sex") && row.gender.empty()) row.gender = value;
                if (fact == "language" && row.language.empty()) row.language = language_of(value);
            }
        if (row.language.empty()) row.language = header.language;
    }
    OwnData data =
        from_rows(rows, folder_of(path), header.name.empty() ? name_of_place(folder_of(path)) : header.name);
    data.licence = header.licence;
    return data;
}

}  // namespace undertone::corpus
