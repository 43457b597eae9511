#pragma once

#include <string>
#include <string_view>

namespace undertone::exchange {

/// The bytes of a joblib file as they were before they were packed with zlib or gzip; of another file,
/// itself.
/// @throws Error corrupt_data        cut or broken, or far more than such a file could hold
/// @throws Error unsupported_format  packed with bzip2, xz, LZMA or LZ4
[[nodiscard]] std::string unpacked(std::string bytes);

}  // namespace undertone::exchange
