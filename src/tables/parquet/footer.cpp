#include "tables/parquet/footer.hpp"

#include <algorithm>

#include "formats/json.hpp"
#include "tables/parquet/thrift.hpp"

namespace undertone::corpus {
namespace {

using Type = ThriftReader::Type;
constexpr std::size_t kMaxFooter = std::size_t{1} << 24, kMaxColumns = 10'000;
constexpr PerSecond kMilli = 1'000, kMicro = 1'000'000, kNano = 1'000'000'000;

// An element of the schema as it is written: the tree, depth first.
struct Element {
    std::string name;
    std::int64_t type = -1, repetition = 0, converted = -1, logical = -1;
    std::uint64_t n_children = 0;
    bool logical_unsigned = false;
    PerSecond logical_time = 0;
};

// parquet.thrift, ConvertedType and LogicalType.
constexpr std::int64_t kTimeMillis = 7, kTimeMicros = 8, kUint8 = 11, kUint64 = 14, kTime = 7;

bool plain_converted(std::int64_t type) {  // none, UTF8, ENUM, times of day, integers, JSON
    return type == -1 || type == 0 || type == 4 || type == kTimeMillis || type == kTimeMicros ||
           (type >= kUint8 && type <= 19);
}

bool plain_logical(std::int64_t type) {  // none, STRING, ENUM, TIME, INTEGER, UNKNOWN, JSON
    return type == -1 || type == 1 || type == 4 || type == kTime || (type >= 10 && type <= 12);
}

PerSecond time_unit(ThriftReader& in) {
    PerSecond unit = 0;
    in.each_field([&](std::int64_t id, Type) {
        unit = id == 1 ? kMilli : id == 2 ? kMicro : id == 3 ? kNano : 0;
        return false;
    });
    return unit;
}

void read_logical(ThriftReader& in, Element& element) {
    in.each_field([&](std::int64_t kind, Type type) {
        element.logical = kind;
        if (type != Type::structure || (kind != kTime && kind != 10)) return false;
        in.each_field([&](std::int64_t id, Type field) {
            if (id != 2) return false;
            if (kind == kTime) {
                in.expect(field == Type::structure);
                element.logical_time = time_unit(in);
            } else {
                element.logical_unsigned = !in.boolean(field);
            }
            return true;
        });
        return true;
    });
}

Element read_element(ThriftReader& in) {
    Element element;
    in.each_field([&](std::int64_t id, Type type) {
        switch (id) {
            case 1:
                element.type = in.integer(type);
                return true;
            case 3:
                element.repetition = in.integer(type);
                return true;
            case 4:
                element.name = in.binary(type);
                return true;
            case 5:
                element.n_children = in.count(type);
                return true;
            case 6:
                element.converted = in.integer(type);
                return true;
            case 10:
                in.expect(type == Type::structure);
                read_logical(in, element);
                return true;
            default:
                return false;
        }
    });
    return element;
}

ParquetColumn column_of(const Element& element, const ParquetPlace& place) {
    if (element.type < 0 || element.type > 7) place.broken("a column of no known type");
    ParquetColumn column;
    column.name = element.name;
    column.type = static_cast<ParquetType>(element.type);
    column.optional = element.repetition == 1;
    column.is_unsigned =
        element.logical_unsigned || (element.converted >= kUint8 && element.converted <= kUint64);
    column.per_second = element.logical_time;
    if (element.converted == kTimeMillis) column.per_second = kMilli;
    if (element.converted == kTimeMicros) column.per_second = kMicro;
    if (element.repetition == 2) column.unsupported = "a list";
    if (!plain_converted(element.converted) || !plain_logical(element.logical) ||
        column.type == ParquetType::int96 || column.type == ParquetType::fixed_bytes)
        column.unsupported = "a date, decimal or other type beyond texts, numbers and durations";
    return column;
}

// The leaves of the tree, those of groups marked as nested.
std::vector<ParquetColumn> columns_of(const std::vector<Element>& elements, const ParquetPlace& place) {
    if (elements.empty()) place.broken("it has no schema");
    std::vector<std::uint64_t> left{elements.front().n_children};  // of each group that is open
    std::vector<ParquetColumn> columns;
    std::string outermost;
    for (std::size_t i = 1; i < elements.size(); ++i) {
        while (!left.empty() && left.back() == 0) left.pop_back();
        if (left.empty()) place.broken("its schema is no tree");
        --left.back();
        const Element& element = elements[i];
        const bool nested = left.size() > 1;
        if (!nested) outermost = element.name;
        if (element.n_children != 0) {
            left.push_back(element.n_children);
            continue;
        }
        if (element.type == -1) continue;  // an empty group
        columns.push_back(column_of(element, place));
        if (!nested) continue;
        columns.back().name = outermost;
        columns.back().unsupported = "a list or other nested type";
    }
    if (std::any_of(left.begin(), left.end(), [](std::uint64_t n) { return n != 0; }))
        place.broken("its schema is no tree");
    return columns;
}

ParquetChunk read_chunk(ThriftReader& in) {
    ParquetChunk chunk;
    in.each_field([&](std::int64_t id, Type type) {
        if (id != 3) return false;
        in.expect(type == Type::structure);
        in.each_field([&](std::int64_t field, Type field_type) {
            switch (field) {
                case 4:
                    chunk.codec = static_cast<int>(in.integer(field_type));
                    return true;
                case 5:
                    chunk.n_values = in.count(field_type);
                    return true;
                case 7:
                    chunk.packed_bytes = in.count(field_type);
                    return true;
                case 9:
                    chunk.data_offset = in.count(field_type);
                    return true;
                case 11:
                    chunk.dictionary_offset = in.count(field_type);
                    return true;
                default:
                    return false;
            }
        });
        return true;
    });
    return chunk;
}

ParquetRowGroup read_group(ThriftReader& in) {
    ParquetRowGroup group;
    in.each_field([&](std::int64_t id, Type type) {
        if (id == 1) {
            in.each_struct(type, [&] { group.chunks.push_back(read_chunk(in)); });
            return true;
        }
        if (id == 3) group.n_rows = in.count(type);
        return id == 3;
    });
    return group;
}

std::pair<std::string, std::string> read_key_value(ThriftReader& in) {
    std::pair<std::string, std::string> entry;
    in.each_field([&](std::int64_t id, Type type) {
        if (id == 1) entry.first = in.binary(type);
        if (id == 2) entry.second = in.binary(type);
        return id == 1 || id == 2;
    });
    return entry;
}

void take_durations(std::vector<ParquetColumn>& columns, const std::map<std::string, PerSecond>& durations) {
    for (ParquetColumn& column : columns) {
        const auto found = durations.find(column.name);
        if (found != durations.end() && column.per_second == 0) column.per_second = found->second;
        if (column.type != ParquetType::int32 && column.type != ParquetType::int64) column.per_second = 0;
    }
}

// From pandas' own note: {"index_columns": ["file", ...], ...}
std::vector<std::string> index_columns(const std::string& note) {
    std::vector<std::string> names;
    if (note.empty()) return names;
    Json facts;
    try {
        facts = parse_json(note, "pandas' note");
    } catch (const Error&) {  // a table that another program wrote may have one of its own
        return names;
    }
    const Json* index = facts.find("index_columns");
    if (index == nullptr || !index->is_list()) return names;
    for (const auto& name : *index)
        if (name.is_text() && names.size() < kMaxColumns) names.push_back(name.get<std::string>());
    return names;
}

// The bytes of the footer, whose length stands before the last four bytes of the file.
std::string_view footer_bytes(std::string_view file, const ParquetPlace& place) {
    constexpr std::string_view kMagic = "PAR1", kEncrypted = "PARE";
    constexpr std::size_t kTail = 8;
    if (file.size() >= kTail + kMagic.size() && file.ends_with(kEncrypted)) place.unsupported("encryption");
    if (file.size() < kTail + kMagic.size() || !file.starts_with(kMagic) || !file.ends_with(kMagic))
        place.broken("it does not begin and end with PAR1");
    const std::string_view tail = file.substr(file.size() - kTail);
    const std::uint64_t length = ByteReader(tail, place).fixed(4);
    if (length > kMaxFooter) place.unsupported("a footer of more than 16 MB");
    if (length > file.size() - kTail - kMagic.size()) place.broken("its footer is longer than the file");
    return file.substr(file.size() - kTail - length, length);
}

}  // namespace

ParquetFooter parse_parquet_footer(std::string_view file, const ParquetPlace& place) {
    ThriftReader in(ByteReader(footer_bytes(file, place), place));
    ParquetFooter footer;
    std::vector<Element> elements;
    std::map<std::string, std::string> notes;
    in.each_field([&](std::int64_t id, Type type) {
        if (id == 2)
            in.each_struct(type, [&] {
                if (elements.size() > kMaxColumns) place.unsupported("a table of more than 10000 columns");
                elements.push_back(read_element(in));
            });
        if (id == 4) in.each_struct(type, [&] { footer.groups.push_back(read_group(in)); });
        if (id == 5) in.each_struct(type, [&] { notes.insert(read_key_value(in)); });
        return id == 2 || id == 4 || id == 5;
    });
    footer.columns = columns_of(elements, place);
    for (const ParquetRowGroup& group : footer.groups)
        if (group.chunks.size() != footer.columns.size())
            place.broken("a group of rows has " + std::to_string(group.chunks.size()) + " columns of " +
                         std::to_string(footer.columns.size()));
    take_durations(footer.columns, arrow_durations(notes["ARROW:schema"]));
    footer.index = index_columns(notes["pandas"]);
    return footer;
}

}  // namespace undertone::corpus
