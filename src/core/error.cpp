#include "undertone/error.hpp"

#include <array>
#include <cstddef>

#include "core/text.hpp"

namespace undertone {
namespace {

struct Row {
    Errc code;
    std::string_view name;
    int exit_code;
};

// 1 is kept for "the batch went through but some files failed"; 130 is what a shell reports for Ctrl-C.
constexpr std::array kTable{
    Row{Errc::invalid_argument, "invalid_argument", 2},
    Row{Errc::shape_mismatch, "shape_mismatch", 3},
    Row{Errc::io, "io", 4},
    Row{Errc::unsupported_format, "unsupported_format", 5},
    Row{Errc::corrupt_data, "corrupt_data", 6},
    Row{Errc::not_fitted, "not_fitted", 7},
    Row{Errc::incompatible_model, "incompatible_model", 8},
    Row{Errc::numerical, "numerical", 9},
    Row{Errc::cancelled, "cancelled", 130},
};

constexpr bool rows_follow_the_enumeration() {
    for (std::size_t i = 0; i < kTable.size(); ++i)
        if (kTable[i].code != static_cast<Errc>(i)) return false;
    return true;
}
static_assert(rows_follow_the_enumeration());

}  // namespace

// A name in a file may hold anything, and a message may reach a terminal.
Error::Error(Errc code, const std::string& message) : std::runtime_error(one_line(message)), code_(code) {}

std::string_view name(Errc code) noexcept { return kTable[static_cast<std::size_t>(code)].name; }

int exit_code(Errc code) noexcept { return kTable[static_cast<std::size_t>(code)].exit_code; }

}  // namespace undertone
