#pragma once

#include <string>

#include "audio/byte_source.hpp"

namespace undertone::audio {

/// Checks that the bytes are audio of a container that is read here and that it is all there, before a
/// decoder sees them.
///
/// What is not announced cannot be missed: MP3, and WAV, AU or AIFF from a pipe, whose length was not known
/// when the header was written (0 or about 2^31 or 2^32), are taken to the end.
/// @param origin  what to call the bytes in messages
/// @return        the container's name, "WAV"
/// @throws Error corrupt_data        no bytes, a git-lfs pointer, a container cut before its announced end
/// @throws Error unsupported_format  text, or a container that is not read here
std::string check_container(ByteSource& source, const std::string& origin);

}  // namespace undertone::audio
