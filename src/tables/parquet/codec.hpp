#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tables/parquet/bytes.hpp"

namespace undertone::corpus {

/// Unpacks a page.
/// @param codec  as parquet.thrift numbers them: 0 none, 1 snappy, 2 gzip, 6 zstd
/// @param size   how long it must be unpacked; memory grows with what comes, not with what is announced
/// @throws Error corrupt_data        it cannot be unpacked, or to another length
/// @throws Error unsupported_format  another codec
[[nodiscard]] std::string unpack_page(std::string_view packed, int codec, std::uint64_t size,
                                      const ParquetPlace& place);

}  // namespace undertone::corpus
