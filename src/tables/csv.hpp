#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace undertone::corpus {

/// One row of a table, and the line of the file where it begins, counted from 1.
struct CsvRow {
    std::vector<std::string> fields;
    std::size_t line = 0;
};

/// A table with a header: every row has as many fields as the header.
struct CsvTable {
    std::string origin;  ///< the file, for messages
    std::vector<std::string> columns;
    std::vector<CsvRow> rows;

    /// The place of the first of these columns that the header has, in any case of letters.
    [[nodiscard]] std::optional<std::size_t> find(const std::vector<std::string_view>& names) const;

    /// The same, where a table without it cannot be read.
    /// @throws Error corrupt_data  naming the columns that are there
    [[nodiscard]] std::size_t need(const std::vector<std::string_view>& names) const;

    /// "labels.csv:12"
    [[nodiscard]] std::string place(const CsvRow& row) const;
};

inline constexpr std::size_t kMaxCsvColumns = 4096;

/// How much of a table is kept. A field takes 32 bytes and a row 60 beside their text, so that a table of
/// commas would take forty times its size.
struct CsvLimits {
    std::size_t rows = 500'000;
    std::size_t fields = 8'000'000;
};

/// Reads CSV as RFC 4180 has it: fields between commas, quoted where they hold commas, quotes (doubled) or
/// line ends. The header's own separator counts where that is a tab or a semicolon. Lines end in \n, \r\n or
/// \r; empty lines and a byte order mark are passed over. Blanks around fields that are not quoted are left
/// out.
/// @throws Error corrupt_data  naming file and line: no header, a quote that is not closed or is within a
///         field, a row with more or fewer fields than the header, two columns of one name, UTF-16, more than
///         the limits allow
[[nodiscard]] CsvTable parse_csv(std::string_view text, const std::string& origin,
                                 const CsvLimits& limits = {});

/// The same row by row, for a long table of which less is kept: its texts alone take 32 bytes a field.
/// @param take  is given the table, of which the columns are known, and each row
/// @return      the table without its rows
CsvTable for_each_csv_row(std::string_view text, const std::string& origin,
                          const std::function<void(const CsvTable& header, CsvRow& row)>& take);

/// Whether text is UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Refuses text that is not UTF-8.
/// @throws Error corrupt_data  naming file, line and byte
void check_utf8(std::string_view text, const std::string& origin);

/// A CSV field, quoted where RFC 4180 asks for it.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace undertone::corpus
