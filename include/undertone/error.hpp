#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace undertone {

/// Why an operation failed. Closed: a new member needs a row in the table of src/core/error.cpp.
enum class Errc {
    invalid_argument,    ///< a parameter outside its range
    shape_mismatch,      ///< two sizes that must agree do not
    io,                  ///< the system refused to read or write
    unsupported_format,  ///< a format or option that is not built in
    corrupt_data,        ///< bytes that are not what they claim to be
    not_fitted,          ///< a model asked to predict before training
    incompatible_model,  ///< a model of another feature set, version or label set
    numerical,           ///< a NaN or an infinity where none may be
    cancelled,           ///< the caller's progress callback said stop
};

/// The exception of the library. `what()` is one line for a person: the thing, its value, the rule. Control
/// characters in what it quotes become `?`.
class Error : public std::runtime_error {
public:
    Error(Errc code, const std::string& message);
    [[nodiscard]] Errc code() const noexcept { return code_; }

private:
    Errc code_;
};

/// The spelling of a code, as in the enumeration: "corrupt_data".
[[nodiscard]] std::string_view name(Errc code) noexcept;

/// The exit code that the program ends with when this error reaches its top: 2 ... 9, and 130 for cancelled.
[[nodiscard]] int exit_code(Errc code) noexcept;

}  // namespace undertone
