#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.hpp"
#include "tables/csv.hpp"

namespace undertone::app {

/// Writes text to standard output, as plain_text() has it.
/// @throws Error io  "standard output: No space left on device"
void print(std::string_view text);

/// Hands on what print() still holds. Called once at the end, so that a full disk is noticed.
/// @throws Error io
void finish_output();

/// While one is there, print() writes nothing: for a verb that calls another one.
class SilentOutput {
public:
    SilentOutput();
    ~SilentOutput();
    SilentOutput(const SilentOutput&) = delete;
    SilentOutput& operator=(const SilentOutput&) = delete;
};

/// Writes one line to standard error, `undertone: MESSAGE`, as one_line() has it.
void complain(std::string_view message);

/// A number as `printf("%.*f")` writes it.
[[nodiscard]] std::string fixed(double value, int digits);

/// Nine significant digits, the shortest of decimal and scientific: what `extract` writes.
[[nodiscard]] std::string nine_digits(double value);

/// The fewest digits that are read back as the same number.
[[nodiscard]] std::string shortest(double value);

/// A table whose columns are as wide as their widest cell; the first is aligned left, the others right.
[[nodiscard]] std::string table(const std::vector<std::vector<std::string>>& rows);

/// Numbers as a row of blocks, the lowest one the lowest number: ▁▂▃▄▅▆▇█. Of more numbers than `width` each
/// block is a mean; what is not finite is a blank.
[[nodiscard]] std::string spark_line(std::span<const double> values, std::size_t width = 40);

using corpus::csv_field;

/// A JSON string; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

/// UTF-8 text filled with blanks to a width in characters; right_aligned: the blanks come first.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width, bool right_aligned = false);

}  // namespace undertone::app
