#pragma once

#include <cstdint>
#include <string_view>

#include "tables/parquet/bytes.hpp"

namespace undertone::corpus {

/// Reads Thrift's compact protocol, in which Parquet writes its footer and the headers of its pages
/// (github.com/apache/thrift, doc/specs/thrift-compact-protocol.md). Who reads a struct takes the fields that
/// it knows; the others are skipped.
class ThriftReader {
public:
    /// What stands before a value.
    enum class Type : std::uint8_t {
        yes = 1,
        no = 2,
        i8 = 3,
        i16 = 4,
        i32 = 5,
        i64 = 6,
        real = 7,
        binary = 8,
        list = 9,
        set = 10,
        map = 11,
        structure = 12,
    };

    explicit ThriftReader(ByteReader bytes) : bytes_(bytes) {}

    /// Calls `take(id, type)` for each field of a struct. It reads the value and returns true, or leaves it
    /// and returns false.
    template <class Take>
    void each_field(Take&& take) {
        std::int64_t id = 0;
        while (const std::uint8_t head = bytes_.byte()) {
            const unsigned step = head >> 4U;
            id = static_cast<std::int16_t>(step != 0 ? id + step : zigzag());
            const Type type = type_of(head & 0x0FU);
            if (!take(id, type)) skip(type, 0);
        }
    }

    /// Calls `take()` for each element of a list of structs.
    template <class Take>
    void each_struct(Type type, Take&& take) {
        expect(type == Type::list);
        const List list = list_head();
        expect(list.type == Type::structure || list.n == 0);
        for (std::uint64_t i = 0; i < list.n; ++i) take();
    }

    std::int64_t integer(Type type) {
        expect(type >= Type::i8 && type <= Type::i64);
        return type == Type::i8 ? static_cast<std::int8_t>(bytes_.byte()) : zigzag();
    }

    /// An integer that must be a number of things: 0 or above.
    std::uint64_t count(Type type) {
        const std::int64_t value = integer(type);
        if (value < 0) bytes_.place().broken("a number below 0");
        return static_cast<std::uint64_t>(value);
    }

    bool boolean(Type type) {
        expect(type == Type::yes || type == Type::no);
        return type == Type::yes;
    }

    std::string_view binary(Type type) {
        expect(type == Type::binary);
        return bytes_.take(bytes_.varint());
    }

    void expect(bool fact) const {
        if (!fact) bytes_.place().broken("a field of another type");
    }

    [[nodiscard]] std::size_t left() const noexcept { return bytes_.left(); }

private:
    struct List {
        std::uint64_t n;
        Type type;
    };

    Type type_of(unsigned code) const;
    List list_head();
    std::int64_t zigzag();
    void skip(Type type, int depth);
    void skip_element(Type type, int depth);

    ByteReader bytes_;
};

}  // namespace undertone::corpus
