#include "tables/parquet/values.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "tables/csv.hpp"

namespace undertone::corpus {
namespace {

std::string two_digits(std::int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

template <class Real>
std::string real_text(Real value) {
    if (std::isnan(value)) return "";
    std::array<char, 64> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    std::string text(digits.data(), end.ptr);
    if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";  // as pandas has it
    return text;
}

std::string integer_text(std::uint64_t bits, std::size_t n_bytes, const ParquetColumn& column) {
    if (column.is_unsigned) return std::to_string(bits);
    const std::int64_t value = n_bytes == 4 ? static_cast<std::int32_t>(static_cast<std::uint32_t>(bits))
                                            : static_cast<std::int64_t>(bits);
    return column.per_second != 0 ? duration_text(value, column.per_second) : std::to_string(value);
}

std::string next_text(ByteReader& bytes, const ParquetColumn& column) {
    switch (column.type) {
        case ParquetType::int32:
            return integer_text(bytes.fixed(4), 4, column);
        case ParquetType::int64:
            return integer_text(bytes.fixed(8), 8, column);
        case ParquetType::real32:
            return real_text(std::bit_cast<float>(static_cast<std::uint32_t>(bytes.fixed(4))));
        case ParquetType::real64:
            return real_text(std::bit_cast<double>(bytes.fixed(8)));
        case ParquetType::bytes: {
            const std::string_view text = bytes.take(bytes.fixed(4));
            if (!is_utf8(text)) bytes.place().broken(shown(text) + " is not UTF-8");
            return std::string(text);
        }
        default:
            bytes.place().unsupported("this type");
    }
}

}  // namespace

std::string duration_text(std::int64_t value, PerSecond per_second) {
    if (value == std::numeric_limits<std::int64_t>::min()) return "";
    constexpr std::int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour, kNano = 1'000'000'000;
    std::int64_t seconds = value / per_second, rest = value % per_second;
    if (rest < 0) {
        rest += per_second;
        --seconds;
    }
    std::int64_t days = seconds / kDay, of_day = seconds % kDay;
    if (of_day < 0) {
        of_day += kDay;
        --days;
    }
    std::string text = std::to_string(days) + (days < 0 ? " days +" : " days ");
    text += two_digits(of_day / kHour) + ":" + two_digits(of_day % kHour / kMinute) + ":" +
            two_digits(of_day % kMinute);
    const std::int64_t nanoseconds = rest * (kNano / per_second);
    if (nanoseconds == 0) return text;
    std::string digits = std::to_string(kNano + nanoseconds).substr(1);
    if (digits.ends_with("000")) digits.resize(6);
    return text + "." + digits;
}

void read_plain(ByteReader bytes, const ParquetColumn& column, std::uint64_t n, ParquetBudget& budget,
                std::vector<std::string>& values) {
    if (column.type == ParquetType::boolean) {
        budget.spend(n * sizeof(std::string), bytes.place());
        std::uint8_t bits = 0;
        for (std::uint64_t i = 0; i < n; ++i) {
            if (i % 8 == 0) bits = bytes.byte();
            values.emplace_back(((bits >> (i % 8)) & 1U) != 0 ? "True" : "False");
        }
        return;
    }
    for (std::uint64_t i = 0; i < n; ++i) {
        values.push_back(next_text(bytes, column));
        budget.spend(sizeof(std::string) + values.back().size(), bytes.place());
    }
}

RunReader::RunReader(ByteReader bytes, unsigned width) : bytes_(bytes), width_(width) {
    if (width > 32) bytes_.place().broken("values of more than 32 bits");
}

void RunReader::begin_run() {
    const std::uint64_t head = bytes_.varint();
    packed_ = (head & 1U) != 0;
    left_ = head >> 1U;
    bits_ = 0;
    n_bits_ = 0;
    if (packed_) {
        if (left_ > std::numeric_limits<std::uint32_t>::max()) bytes_.place().broken("a run without end");
        left_ *= 8;
    } else {
        value_ = static_cast<std::uint32_t>(bytes_.fixed((width_ + 7) / 8));
    }
}

std::uint32_t RunReader::next() {
    while (left_ == 0) begin_run();
    --left_;
    if (!packed_) return value_;
    while (n_bits_ < width_) {
        bits_ |= std::uint64_t{bytes_.byte()} << n_bits_;
        n_bits_ += 8;
    }
    const auto value = static_cast<std::uint32_t>(bits_ & ((std::uint64_t{1} << width_) - 1));
    bits_ >>= width_;
    n_bits_ -= width_;
    // The last group is padded to eight values, of which the bytes may be left out at the end.
    return value;
}

}  // namespace undertone::corpus
