#include "tables/parquet/parquet.hpp"

#include <algorithm>
#include <set>

#include "tables/parquet/codec.hpp"
#include "tables/parquet/footer.hpp"
#include "tables/parquet/thrift.hpp"
#include "tables/parquet/values.hpp"

namespace undertone::corpus {
namespace {

using Type = ThriftReader::Type;

// parquet.thrift, PageType and Encoding.
constexpr std::int64_t kDataPage = 0, kDictionaryPage = 2, kDataPage2 = 3;
constexpr std::int64_t kPlain = 0, kPlainDictionary = 2, kRle = 3, kRleDictionary = 8;

struct PageHeader {
    std::int64_t kind = -1, encoding = -1, level_encoding = kRle;
    std::uint64_t unpacked = 0, packed = 0, n_values = 0;
    std::uint64_t level_bytes = 0, repetition_bytes = 0;  // of version 2
    bool is_packed = true;
};

// The three kinds of pages have their facts in structs of their own, under other numbers.
void read_page_facts(ThriftReader& in, std::int64_t kind, PageHeader& page) {
    in.each_field([&](std::int64_t id, Type type) {
        if (id == 1) page.n_values = in.count(type);
        if (id == 1) return true;
        if (id == (kind == kDataPage2 ? 4 : 2)) {
            page.encoding = in.integer(type);
            return true;
        }
        if (kind == kDataPage && id == 3) {
            page.level_encoding = in.integer(type);
            return true;
        }
        if (kind != kDataPage2) return false;
        if (id == 5) page.level_bytes = in.count(type);
        if (id == 6) page.repetition_bytes = in.count(type);
        if (id == 7) page.is_packed = in.boolean(type);
        return id == 5 || id == 6 || id == 7;
    });
}

PageHeader read_page_header(ThriftReader& in) {
    PageHeader page;
    in.each_field([&](std::int64_t id, Type type) {
        switch (id) {
            case 1:
                page.kind = in.integer(type);
                return true;
            case 2:
                page.unpacked = in.count(type);
                return true;
            case 3:
                page.packed = in.count(type);
                return true;
            case 5:
            case 7:
            case 8:
                in.expect(type == Type::structure);
                read_page_facts(in, id == 5 ? kDataPage : id == 7 ? kDictionaryPage : kDataPage2, page);
                return true;
            default:
                return false;
        }
    });
    return page;
}

// Reads the pages of one column in one group of rows, one after the other.
class ChunkReader {
public:
    ChunkReader(const ParquetColumn& column, const ParquetChunk& chunk, const ParquetPlace& place,
                ParquetBudget& budget)
        : column_(column), chunk_(chunk), place_(place), budget_(budget) {}

    /// Appends the values, an empty one for null.
    void read(std::string_view file, std::vector<std::string>& values) {
        std::uint64_t begin = chunk_.data_offset;
        if (chunk_.dictionary_offset != 0) begin = std::min(begin, chunk_.dictionary_offset);
        if (begin > file.size() || chunk_.packed_bytes > file.size() - begin)
            place_.broken("its values lie beyond the end");
        std::string_view bytes = file.substr(begin, chunk_.packed_bytes);
        for (std::uint64_t n_read = 0; n_read < chunk_.n_values;) {
            ThriftReader in(ByteReader(bytes, place_));
            const PageHeader page = read_page_header(in);
            bytes.remove_prefix(bytes.size() - in.left());
            if (page.packed > bytes.size()) place_.broken("a page is longer than its column");
            // Every page costs, for several groups can name the same one.
            budget_.spend(page.packed, place_);
            budget_.spend(page.unpacked, place_);
            if (page.n_values > budget_.left() / sizeof(std::string))
                place_.unsupported("a table that is too large for memory");
            read_page(page, bytes.substr(0, page.packed), chunk_.n_values - n_read, values);
            if (page.kind == kDataPage || page.kind == kDataPage2) n_read += page.n_values;
            bytes.remove_prefix(page.packed);
        }
    }

private:
    void read_page(const PageHeader& page, std::string_view packed, std::uint64_t n_left,
                   std::vector<std::string>& values) {
        if (page.kind == kDictionaryPage) {
            if (page.encoding != kPlain && page.encoding != kPlainDictionary) refuse_encoding(page);
            dictionary_.clear();
            const std::string bytes = unpack_page(packed, chunk_.codec, page.unpacked, place_);
            read_plain(ByteReader(bytes, place_), column_, page.n_values, budget_, dictionary_);
        } else if (page.kind == kDataPage || page.kind == kDataPage2) {
            if (page.n_values > n_left) place_.broken("a page has more values than its column");
            if (page.kind == kDataPage)
                read_data(page, packed, values);
            else
                read_data_2(page, packed, values);
        }
    }

    void read_data(const PageHeader& page, std::string_view packed, std::vector<std::string>& values) {
        const std::string bytes = unpack_page(packed, chunk_.codec, page.unpacked, place_);
        ByteReader in(bytes, place_);
        std::string_view levels;
        if (column_.optional) {
            if (page.level_encoding != kRle) place_.unsupported("the encoding BIT_PACKED of levels");
            levels = in.take(in.fixed(4));
        }
        read_values(page, levels, in, values);
    }

    // In version 2 the levels stand before what is compressed.
    void read_data_2(const PageHeader& page, std::string_view packed, std::vector<std::string>& values) {
        ByteReader in(packed, place_);
        in.take(page.repetition_bytes);
        const std::string_view levels = in.take(page.level_bytes);
        const std::uint64_t before = page.repetition_bytes + page.level_bytes;
        if (before > page.unpacked) place_.broken("a page has another length than announced");
        const std::string bytes = unpack_page(in.take(in.left()), page.is_packed ? chunk_.codec : 0,
                                              page.unpacked - before, place_);
        read_values(page, levels, ByteReader(bytes, place_), values);
    }

    void read_values(const PageHeader& page, std::string_view level_bytes, ByteReader in,
                     std::vector<std::string>& values) {
        budget_.spend(page.n_values * (sizeof(std::string) + 1), place_);
        std::vector<bool> there(page.n_values, true);
        std::uint64_t n_there = page.n_values;
        if (column_.optional) {
            RunReader levels(ByteReader(level_bytes, place_), 1);
            for (std::size_t i = 0; i < there.size(); ++i) there[i] = levels.next() != 0;
            n_there = static_cast<std::uint64_t>(std::count(there.begin(), there.end(), true));
        }
        std::vector<std::string> present = decode(page, in, n_there);
        std::size_t at = 0;
        for (const bool one : there) values.push_back(one ? std::move(present[at++]) : std::string());
    }

    std::vector<std::string> decode(const PageHeader& page, ByteReader in, std::uint64_t n) {
        std::vector<std::string> values;
        if (n == 0) return values;
        if (page.encoding == kPlain) {
            read_plain(in, column_, n, budget_, values);
        } else if (page.encoding == kPlainDictionary || page.encoding == kRleDictionary) {
            const unsigned width = in.byte();
            RunReader places(in, width);
            for (std::uint64_t i = 0; i < n; ++i) {
                const std::uint32_t place = places.next();
                if (place >= dictionary_.size()) place_.broken("a value that its dictionary lacks");
                values.push_back(dictionary_[place]);
                budget_.spend(sizeof(std::string) + values.back().size(), place_);
            }
        } else if (page.encoding == kRle && column_.type == ParquetType::boolean) {
            const std::uint64_t length = in.fixed(4);
            RunReader bits(ByteReader(in.take(length), place_), 1);
            for (std::uint64_t i = 0; i < n; ++i) values.emplace_back(bits.next() != 0 ? "True" : "False");
        } else {
            refuse_encoding(page);
        }
        return values;
    }

    [[noreturn]] void refuse_encoding(const PageHeader& page) const {
        place_.unsupported("encoding " + std::to_string(page.encoding) +
                           " (of parquet.thrift; PLAIN, dictionaries and RLE are read)");
    }

    const ParquetColumn& column_;
    const ParquetChunk& chunk_;
    const ParquetPlace& place_;
    ParquetBudget& budget_;
    std::vector<std::string> dictionary_;
};

// The places of the wanted columns, pandas' index first.
std::vector<std::size_t> wanted_columns(const ParquetFooter& footer,
                                        const std::function<bool(std::string_view)>& wanted) {
    const std::set<std::string> index(footer.index.begin(), footer.index.end());
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < footer.columns.size(); ++i)
        if (wanted(footer.columns[i].name)) places.push_back(i);
    std::stable_partition(places.begin(), places.end(),
                          [&](std::size_t i) { return index.contains(footer.columns[i].name); });
    return places;
}

}  // namespace

CsvTable parse_parquet(std::string_view bytes, const std::string& origin,
                       const std::function<bool(std::string_view)>& wanted, std::size_t max_bytes) {
    ParquetPlace place{origin};
    const ParquetFooter footer = parse_parquet_footer(bytes, place);
    ParquetBudget budget(max_bytes);
    CsvTable table;
    table.origin = origin;
    for (const std::size_t i : wanted_columns(footer, wanted)) {
        const ParquetColumn& column = footer.columns[i];
        place.column = column.name;
        if (!column.unsupported.empty()) place.unsupported(column.unsupported);
        if (std::find(table.columns.begin(), table.columns.end(), column.name) != table.columns.end())
            place.broken("there are two columns of this name");
        table.columns.push_back(column.name);
        std::vector<std::string> values;
        for (const ParquetRowGroup& group : footer.groups) {
            const ParquetChunk& chunk = group.chunks[i];
            if (chunk.n_values != group.n_rows) place.broken("it has more or fewer values than rows");
            ChunkReader(column, chunk, place, budget).read(bytes, values);
        }
        if (values.size() > CsvLimits{}.rows)
            place.unsupported("a table of more than " + std::to_string(CsvLimits{}.rows) + " rows");
        if (table.columns.size() == 1) {
            budget.spend(values.size() * sizeof(CsvRow), place);
            table.rows.resize(values.size());
        }
        for (std::size_t row = 0; row < values.size(); ++row) {
            table.rows[row].line = row + 1;
            table.rows[row].fields.push_back(std::move(values[row]));
        }
    }
    return table;
}

}  // namespace undertone::corpus
