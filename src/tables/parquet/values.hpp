#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tables/parquet/footer.hpp"

namespace undertone::corpus {

/// How much memory the values of a table may still take: a few bytes can stand for a million repeated texts.
class ParquetBudget {
public:
    explicit ParquetBudget(std::uint64_t bytes) : left_(bytes) {}

    /// @throws Error unsupported_format  more than is left
    void spend(std::uint64_t bytes, const ParquetPlace& place) {
        if (bytes > left_) place.unsupported("a table that is too large for memory");
        left_ -= bytes;
    }
    [[nodiscard]] std::uint64_t left() const noexcept { return left_; }

private:
    std::uint64_t left_;
};

/// The integers of Parquet's hybrid of run lengths and bit packing: levels and places in a dictionary
/// (parquet-format, Encodings.md, RLE).
class RunReader {
public:
    /// @param width  bits of a value, 0 to 32
    RunReader(ByteReader bytes, unsigned width);

    /// @throws Error corrupt_data  there is none
    std::uint32_t next();

private:
    void begin_run();

    ByteReader bytes_;
    unsigned width_;
    std::uint64_t left_ = 0;   // in this run
    bool packed_ = false;      // whether it is bit-packed
    std::uint32_t value_ = 0;  // of a run that repeats
    std::uint64_t bits_ = 0;   // read of a packed run and not used yet
    unsigned n_bits_ = 0;
};

/// Reads values in the encoding PLAIN, as the text that pandas writes into CSV: numbers in the fewest digits
/// that read back the same, True and False, durations as "0 days 00:00:01.500000"; NaN and NaT are empty.
void read_plain(ByteReader bytes, const ParquetColumn& column, std::uint64_t n, ParquetBudget& budget,
                std::vector<std::string>& values);

/// "1 days 00:00:01.500000", as pandas writes a Timedelta; the smallest integer is NaT: empty.
[[nodiscard]] std::string duration_text(std::int64_t value, PerSecond per_second);

}  // namespace undertone::corpus
