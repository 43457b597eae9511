#pragma once

#include <string>
#include <string_view>

namespace undertone {

/// Bytes as data: addresses hold them (RFC 4648, with its padding).
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace undertone
