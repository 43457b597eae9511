#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tables/parquet/bytes.hpp"

namespace undertone::corpus {

/// Physical types, as parquet.thrift numbers them.
enum class ParquetType : std::uint8_t {
    boolean = 0,
    int32 = 1,
    int64 = 2,
    int96 = 3,
    real32 = 4,
    real64 = 5,
    bytes = 6,
    fixed_bytes = 7,
};

/// How many of an integer are a second, where it is a time; 0: it is a number.
using PerSecond = std::int64_t;

/// A leaf of the schema.
struct ParquetColumn {
    std::string name = {};  ///< of the outermost field
    ParquetType type = ParquetType::bytes;
    bool optional = false;
    bool is_unsigned = false;
    PerSecond per_second = 0;
    std::string unsupported = {};  ///< why it cannot be read; empty: it can
};

/// Where the values of a column in a row group lie.
struct ParquetChunk {
    int codec = 0;  ///< as parquet.thrift numbers them: 0 none, 1 snappy, 2 gzip, 6 zstd
    std::uint64_t n_values = 0, packed_bytes = 0, data_offset = 0, dictionary_offset = 0;
};

struct ParquetRowGroup {
    std::uint64_t n_rows = 0;
    std::vector<ParquetChunk> chunks;  ///< as many as columns
};

/// What stands at the end of a Parquet file: its schema, and where the values lie.
struct ParquetFooter {
    std::vector<ParquetColumn> columns;
    std::vector<ParquetRowGroup> groups;
    std::vector<std::string> index;  ///< columns that are pandas' index
};

/// Reads the footer of a whole file. Units of times are taken from the schema, else from what Arrow wrote
/// about it.
/// @throws Error corrupt_data        naming the file
/// @throws Error unsupported_format  encrypted, or in several files
[[nodiscard]] ParquetFooter parse_parquet_footer(std::string_view file, const ParquetPlace& place);

/// Field -> how many of it are a second, for fields that are durations, from the schema that Arrow stores as
/// base64 of its flatbuffer under `ARROW:schema`. What cannot be followed is passed over: other facts may
/// tell.
[[nodiscard]] std::map<std::string, PerSecond> arrow_durations(std::string_view base64);

}  // namespace undertone::corpus
