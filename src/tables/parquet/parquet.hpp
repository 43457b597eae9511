#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "tables/csv.hpp"

namespace undertone::corpus {

/// Reads a Parquet table (parquet-format 2.x) as the table of texts that the same data are as CSV: numbers,
/// durations and booleans as pandas writes them, nothing for null, NaN and NaT. A row's line is its number,
/// from 1.
///
/// What is read is what pyarrow writes of flat tables: texts, categories, booleans, integers, floats,
/// durations; pages of both versions, PLAIN, dictionaries, RLE; no compression, snappy, gzip, zstd.
/// @param origin     the file, for messages
/// @param wanted     whether a column of this name is needed: the others are not read, whatever they hold
/// @param max_bytes  memory that its values may take
/// @return           pandas' index first, then the other columns as they stand in the file
/// @throws Error corrupt_data        naming file and column
/// @throws Error unsupported_format  naming file and column: nested, another type, encoding or compression,
///         or too large
[[nodiscard]] CsvTable parse_parquet(std::string_view bytes, const std::string& origin,
                                     const std::function<bool(std::string_view)>& wanted,
                                     std::size_t max_bytes = std::size_t{1} << 29);

}  // namespace undertone::corpus
