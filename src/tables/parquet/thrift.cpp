#include "tables/parquet/thrift.hpp"

namespace undertone::corpus {

ThriftReader::Type ThriftReader::type_of(unsigned code) const {
    if (code == 0 || code > 12) bytes_.place().broken("a field of no known type");
    return static_cast<Type>(code);
}

ThriftReader::List ThriftReader::list_head() {
    constexpr unsigned kLong = 15;
    const std::uint8_t head = bytes_.byte();
    const unsigned n = head >> 4U;
    const std::uint64_t length = n == kLong ? bytes_.varint() : n;
    // Every element has one byte at least.
    if (length > bytes_.left()) bytes_.place().broken("a list that is longer than the file");
    return {length, length == 0 && (head & 0x0FU) == 0 ? Type::structure : type_of(head & 0x0FU)};
}

std::int64_t ThriftReader::zigzag() {
    const std::uint64_t value = bytes_.varint();
    return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1));
}

void ThriftReader::skip(Type type, int depth) {
    constexpr int kDeepest = 32;
    if (depth > kDeepest) bytes_.place().broken("it is nested too deep");
    switch (type) {
        case Type::yes:
        case Type::no:
            return;
        case Type::i8:
            bytes_.byte();
            return;
        case Type::i16:
        case Type::i32:
        case Type::i64:
            bytes_.varint();
            return;
        case Type::real:
            bytes_.take(8);
            return;
        case Type::binary:
            bytes_.take(bytes_.varint());
            return;
        case Type::list:
        case Type::set: {
            const List list = list_head();
            for (std::uint64_t i = 0; i < list.n; ++i) skip_element(list.type, depth + 1);
            return;
        }
        case Type::map: {
            const std::uint64_t n = bytes_.varint();
            if (n == 0) return;
            const std::uint8_t types = bytes_.byte();
            const Type key = type_of(types >> 4U), value = type_of(types & 0x0FU);
            for (std::uint64_t i = 0; i < n; ++i) {
                skip_element(key, depth + 1);
                skip_element(value, depth + 1);
            }
            return;
        }
        case Type::structure:
            while (const std::uint8_t head = bytes_.byte()) {
                if ((head >> 4U) == 0) bytes_.varint();
                skip(type_of(head & 0x0FU), depth + 1);
            }
            return;
    }
}

// A boolean is in its field's head; within a list or a map it has a byte of its own.
void ThriftReader::skip_element(Type type, int depth) {
    if (type == Type::yes || type == Type::no)
        bytes_.byte();
    else
        skip(type, depth);
}

}  // namespace undertone::corpus
