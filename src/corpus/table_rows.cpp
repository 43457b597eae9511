#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/text.hpp"
#include "corpus/own_data.hpp"
#include "formats/json.hpp"
#include "tables/csv.hpp"
#include "undertone/error.hpp"

namespace undertone::corpus {
namespace {

// The names that a column may have, and where it goes. The first that a table has counts.
struct Column {
    std::string TableRow::*member;
    std::vector<std::string_view> names;
};

const std::array<Column, 13>& columns() {
    static const std::array<Column, 13> all{
        Column{&TableRow::file, {"file", "path", "wav", "filename"}},
        Column{&TableRow::emotion, {"emotion", "label", "emo"}},
        Column{&TableRow::code, {"code"}},
        Column{&TableRow::corpus, {"corpus", "dataset"}},
        Column{&TableRow::licence, {"licence", "license"}},
        Column{&TableRow::speaker, {"speaker", "speaker_id", "spk"}},
        Column{&TableRow::gender, {"gender", "sex"}},
        Column{&TableRow::language, {"language", "lang"}},
        Column{&TableRow::text, {"text"}},
        Column{&TableRow::style, {"style"}},
        Column{&TableRow::split, {"split"}},
        Column{&TableRow::start, {"start"}},
        Column{&TableRow::end, {"end"}},
    };
    return all;
}

constexpr std::string_view kNeeded =
    "a line of one's own has at least {\"file\": ..., \"emotion\": ...}, one of EmoBox \"wav\" and \"emo\"";

std::optional<double> plain_number(std::string_view text) noexcept {
    double value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end.ec != std::errc{} || end.ptr != text.data() + text.size() || !std::isfinite(value) || value < 0)
        return std::nullopt;
    return value;
}

Json json_line(std::string_view line, const std::string& place) {
    constexpr JsonLimits kLimits{.bytes = std::size_t{1} << 20, .values = 10'000};
    Json object;
    try {
        object = parse_json(line, place, kLimits);
    } catch (const Error& error) {
        throw Error(error.code(), std::string(error.what()) + "; " + std::string(kNeeded));
    }
    if (!object.is_object())
        throw Error(Errc::corrupt_data,
                    place + ": is not a JSON object on one line; " + std::string(kNeeded));
    return object;
}

std::string as_text(const Json& value) {
    if (value.is_null()) return "";
    return value.is_text() ? value.get<std::string>() : value.dump();
}

}  // namespace

std::optional<double> parse_time(std::string_view text) noexcept {
    double days = 0;
    if (const std::size_t day = text.find(" day"); day != std::string_view::npos) {
        const auto number = plain_number(text.substr(0, day));
        const std::size_t rest = text.find(' ', day + 1);
        if (!number) return std::nullopt;
        days = *number;
        text = rest == std::string_view::npos ? "0" : trimmed(text.substr(rest));
    }
    double seconds = 0;
    for (int n_parts = 0;; ++n_parts) {
        const std::size_t colon = text.find(':');
        const auto number = plain_number(text.substr(0, colon));
        if (!number || n_parts > 2) return std::nullopt;
        seconds = 60 * seconds + *number;
        if (colon == std::string_view::npos) break;
        text.remove_prefix(colon + 1);
    }
    constexpr double kDay = 86400;
    return days * kDay + seconds;
}

std::vector<TableRow> parse_csv_rows(std::string_view text, const std::string& origin) {
    CsvTable table = parse_csv(text, origin);
    check_utf8(text, origin);
    std::vector<std::pair<std::string TableRow::*, std::size_t>> found;
    for (const Column& column : columns()) {
        const bool needed = column.member == &TableRow::file || column.member == &TableRow::emotion;
        const auto place = needed ? table.need(column.names) : table.find(column.names);
        if (place) found.emplace_back(column.member, *place);
    }
    std::vector<TableRow> rows;
    rows.reserve(table.rows.size());
    for (CsvRow& given : table.rows) {
        const CsvRow fields = std::move(given);  // so that not both are there as a whole
        TableRow row;
        row.listed_at = table.place(fields);
        for (const auto& [member, place] : found) row.*member = fields.fields[place];
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<TableRow> parse_jsonl_rows(std::string_view text, const std::string& origin) {
    std::vector<TableRow> rows;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    check_utf8(text, origin);
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view one = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (one.empty()) continue;
        TableRow row;
        row.listed_at = origin + ":" + std::to_string(line);
        const Json object = json_line(one, row.listed_at);
        for (const Column& column : columns())
            for (const std::string_view name : column.names)
                if (const Json* value = object.find(name)) {
                    row.*column.member = as_text(*value);
                    break;
                }
        row.of_emobox = object.contains("wav") && object.contains("emo");
        if (row.file.empty() || !(object.contains("emotion") || object.contains("label") || row.of_emobox))
            throw Error(Errc::corrupt_data,
                        row.listed_at + ": lacks the file or the emotion; " + std::string(kNeeded));
        if (rows.size() == CsvLimits{}.rows)
            throw Error(Errc::corrupt_data, row.listed_at + ": more than " + std::to_string(rows.size()) +
                                                " recordings; cut the table in several, and name them all");
        rows.push_back(std::move(row));
    }
    if (rows.empty()) throw Error(Errc::corrupt_data, origin + ":1: is empty; " + std::string(kNeeded));
    return rows;
}

}  // namespace undertone::corpus
