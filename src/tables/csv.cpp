#include "tables/csv.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "core/text.hpp"
#include "undertone/error.hpp"

namespace undertone::corpus {
namespace {

[[noreturn]] void refuse(const std::string& origin, std::size_t line, const std::string& reason) {
    throw Error(Errc::corrupt_data, origin + ":" + std::to_string(line) + ": " + reason);
}

class Reader {
public:
    Reader(std::string_view text, char separator, const std::string& origin)
        : text_(text), separator_(separator), origin_(origin) {}

    /// The next row that is not empty; false at the end.
    bool next(CsvRow& row) {
        while (at_ < text_.size()) {
            row.fields.clear();
            row.line = line_;
            read_row(row);
            if (row.fields.size() > 1 || !row.fields.front().empty()) return true;
        }
        return false;
    }

private:
    void read_row(CsvRow& row) {
        for (;;) {
            // Before they are all kept: a line of commas takes 32 bytes for each.
            if (row.fields.size() == kMaxCsvColumns)
                refuse(origin_, row.line,
                       "has more than the " + std::to_string(kMaxCsvColumns) +
                           " columns that are read; no table has as many");
            row.fields.push_back(read_field());
            if (at_ == text_.size()) return;
            if (text_[at_] == separator_) {
                ++at_;
                continue;
            }
            end_line();
            return;
        }
    }

    void end_line() {
        if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
        ++at_;
        ++line_;
    }

    [[nodiscard]] bool ends_field(std::size_t at) const {
        return at == text_.size() || text_[at] == separator_ || text_[at] == '\n' || text_[at] == '\r';
    }

    std::string read_field() {
        std::size_t begin = at_;
        while (begin < text_.size() && text_[begin] == ' ') ++begin;
        if (begin < text_.size() && text_[begin] == '"') {
            at_ = begin + 1;
            return read_quoted();
        }
        while (!ends_field(at_)) {
            // Tab-separated tables are often written without any quoting, text with quotes and all.
            if (text_[at_] == '"' && separator_ != '\t')
                refuse(origin_, line_,
                       "a quote within a field that is not quoted; write \"...\" around the whole field and "
                       "double the quotes in it");
            ++at_;
        }
        return std::string(trimmed(text_.substr(begin, std::max(at_, begin) - begin)));
    }

    std::string read_quoted() {
        const std::size_t opened = line_;
        std::string field;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"' && at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
                field += '"';
                at_ += 2;
            } else if (c == '"') {
                ++at_;
                while (at_ < text_.size() && text_[at_] == ' ' && separator_ != ' ') ++at_;
                if (!ends_field(at_))
                    refuse(origin_, line_,
                           "text after a closing quote; double the quotes that belong to the field");
                return field;
            } else {
                if (c == '\n' || (c == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] != '\n'))) ++line_;
                field += c;
                ++at_;
            }
        }
        refuse(origin_, opened, "a quote that is opened here is never closed; close it or double it");
    }

    std::string_view text_;
    char separator_;
    const std::string& origin_;
    std::size_t at_ = 0, line_ = 1;
};

char separator_of(std::string_view text) {
    const std::string_view header = text.substr(0, text.find_first_of("\r\n"));
    for (const char separator : {'\t', ';'})
        if (header.find(separator) != std::string_view::npos && header.find(',') == std::string_view::npos)
            return separator;
    return ',';
}

std::string quoted_list(const std::vector<std::string_view>& names) {
    std::string list;
    for (const std::string_view name : names) list += (list.empty() ? "" : " or ") + std::string(name);
    return list;
}

// How long the UTF-8 character that begins here is; 0 for what is none.
std::size_t utf8_length(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(at + i) & 0xC0U) != 0x80U) return 0;
    // Overlong forms, surrogates, and what lies beyond U+10FFFF.
    const unsigned char second = byte(at + 1);
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second >= 0xA0) ||
        (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second >= 0x90))
        return 0;
    return length;
}

}  // namespace

std::optional<std::size_t> CsvTable::find(const std::vector<std::string_view>& names) const {
    for (const std::string_view name : names)
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (same_letters(columns[i], name)) return i;
    return std::nullopt;
}

std::size_t CsvTable::need(const std::vector<std::string_view>& names) const {
    if (const auto found = find(names)) return *found;
    std::string there;
    for (const std::string& column : columns) there += " " + shown(column);
    throw Error(Errc::corrupt_data, origin + ":1: has no column " + quoted_list(names) +
                                        "; its header names" + shown(there) +
                                        "; the first line must name the columns");
}

std::string CsvTable::place(const CsvRow& row) const { return origin + ":" + std::to_string(row.line); }

CsvTable for_each_csv_row(std::string_view text, const std::string& origin,
                          const std::function<void(const CsvTable&, CsvRow&)>& take) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        refuse(origin, 1, "is UTF-16; save it as UTF-8");
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos)
        refuse(origin,
               1 + static_cast<std::size_t>(
                       std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(zero), '\n')),
               "holds a zero byte: it is no text, or UTF-16; save it as UTF-8");
    CsvTable table;
    table.origin = origin;
    Reader reader(text, separator_of(text), origin);
    CsvRow row;
    if (!reader.next(row)) refuse(origin, 1, "is empty; its first line must name the columns");
    table.columns = row.fields;
    std::set<std::string> names;
    for (const std::string& column : table.columns)
        if (!column.empty() && !names.insert(lower_case(column)).second)
            refuse(origin, row.line, "two columns are called " + shown(column));
    while (reader.next(row)) {
        if (row.fields.size() != table.columns.size())
            refuse(origin, row.line,
                   "has " + std::to_string(row.fields.size()) + " fields, the header has " +
                       std::to_string(table.columns.size()) + "; quote the fields that hold separators");
        take(table, row);
    }
    return table;
}

CsvTable parse_csv(std::string_view text, const std::string& origin, const CsvLimits& limits) {
    std::vector<CsvRow> rows;
    CsvTable table = for_each_csv_row(text, origin, [&](const CsvTable& header, CsvRow& row) {
        if (rows.size() == limits.rows || (rows.size() + 1) * row.fields.size() > limits.fields)
            refuse(origin, row.line,
                   "is row " + std::to_string(rows.size() + 1) + " of " +
                       std::to_string(header.columns.size()) + " fields; at most " +
                       std::to_string(limits.rows) + " rows and " + std::to_string(limits.fields) +
                       " fields are read: cut the table in several, and name them all");
        rows.push_back(std::move(row));
    });
    table.rows = std::move(rows);
    return table;
}

bool is_utf8(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

void check_utf8(std::string_view text, const std::string& origin) {
    std::size_t line = 1;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(text, at);
        if (length == 0)
            refuse(
                origin, line,
                "byte " + std::to_string(at) + " is not UTF-8 (Latin-1 or Windows-1252?); save it as UTF-8");
        if (text[at] == '\n') ++line;
        at += length;
    }
}

std::string csv_field(std::string_view text) {
    const bool blanks = text != trimmed(text);  // which would be lost
    if (!blanks && text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

}  // namespace undertone::corpus
