#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "audio/byte_source.hpp"
#include "audio/sound_memory.hpp"
#include "undertone/audio.hpp"

namespace undertone::audio {

/// Hands on the bytes of what a path names: a regular file, an entry of a zip, or "-".
/// @param memory  also of the bytes, where they do not stay in a file; held while `use` works
/// @throws Error as read_audio()
void with_bytes(const std::string& path, SoundMemory& memory,
                const std::function<void(ByteSource& source, const std::string& origin)>& use);

/// What a recording takes once it is decoded, its samples with it, or why it is not wanted, which is told
/// before it is decoded.
/// @param n_samples  of the part that is read
using Further = std::function<std::uint64_t(std::uint64_t n_samples, int sample_rate)>;

/// Decodes a recording, or a part of it. Asks for the memory before it allocates.
/// @throws Error as read_audio()
[[nodiscard]] Clip decode(ByteSource& source, const std::string& origin, const Segment& segment,
                          SoundMemory& memory, const Further& further = {});

/// What the header says. A length that it does not tell is counted, as far as so many samples could be read.
/// @throws Error as read_audio_info()
[[nodiscard]] AudioInfo decode_info(ByteSource& source, const std::string& origin, const SoundMemory& memory);

/// with_bytes() and decode().
[[nodiscard]] Clip read_sound(const std::string& path, const Segment& segment, SoundMemory& memory,
                              const Further& further = {});

}  // namespace undertone::audio
