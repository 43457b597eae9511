#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/text.hpp"
#include "undertone/error.hpp"

namespace undertone::corpus {

/// Which file, and which column of it, is read: for messages.
struct ParquetPlace {
    std::string origin, column = {};

    [[nodiscard]] std::string text() const {
        return column.empty() ? origin : origin + ": column " + shown(column);
    }
    [[noreturn]] void broken(const std::string& what) const {
        throw Error(Errc::corrupt_data, text() + ": is broken Parquet: " + what + "; save the table again");
    }
    [[noreturn]] void unsupported(const std::string& what) const {
        throw Error(Errc::unsupported_format,
                    text() + ": " + what +
                        " is not read; save the database as CSV: db.save(root, storage_format='csv')");
    }
};

/// Walks through little-endian bytes, and never past their end.
class ByteReader {
public:
    /// @param place  must outlive this
    ByteReader(std::string_view bytes, const ParquetPlace& place) : bytes_(bytes), place_(&place) {}

    [[nodiscard]] std::size_t left() const noexcept { return bytes_.size(); }
    [[nodiscard]] const ParquetPlace& place() const noexcept { return *place_; }

    /// The next n bytes.
    /// @throws Error corrupt_data  fewer are left
    std::string_view take(std::uint64_t n) {
        if (n > bytes_.size()) place_->broken("it ends too early");
        const std::string_view taken = bytes_.substr(0, n);
        bytes_.remove_prefix(n);
        return taken;
    }

    std::uint8_t byte() { return static_cast<std::uint8_t>(take(1).front()); }

    /// The next n <= 8 bytes as a number.
    std::uint64_t fixed(std::size_t n) {
        std::uint64_t value = 0;
        unsigned shift = 0;
        for (const char c : take(n)) {
            value |= std::uint64_t{static_cast<std::uint8_t>(c)} << shift;
            shift += 8;
        }
        return value;
    }

    /// LEB128: seven bits a byte, the lowest first.
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t next = byte();
            value |= std::uint64_t{next & 0x7FU} << shift;
            if ((next & 0x80U) == 0) return value;
        }
        place_->broken("a number of more than 64 bits");
    }

private:
    std::string_view bytes_;
    const ParquetPlace* place_;
};

}  // namespace undertone::corpus
