#pragma once

#include <string>
#include <string_view>

namespace undertone {

/// A library of ours that is loaded when it is first needed, because what it is built on would cost every
/// start of every program that links undertone. It lies beside libundertone.so and exports one C function.
///
/// @param library  "undertone_drawing": libundertone_drawing.so.0 is looked for
/// @param symbol   its function
/// @param purpose  what needs it, for the message: "drawing a PNG"
/// @return         the function; the library stays loaded. May be called by several threads at once
/// @throws Error unsupported_format  the library or the function is not there
[[nodiscard]] void* plug_in_symbol(std::string_view library, const char* symbol, std::string_view purpose);

}  // namespace undertone
