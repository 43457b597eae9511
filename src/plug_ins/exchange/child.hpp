#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace undertone::exchange {

/// Does work of a library that crashes on bytes made to crash it (HDF5 does) in a process of its own, which
/// may take so much memory and ten seconds: what goes wrong there is an Error here. Nothing but bytes comes
/// back.
/// @param work         its result is returned; an Error that it throws is thrown here
/// @param most_bytes   that the result may have
/// @param memory       bytes that it may take beside those that are there already
/// @param broken       the message when it crashed or took too much
/// @throws Error as work; corrupt_data  it crashed; io  no process could be made
[[nodiscard]] std::string in_child(const std::function<std::string()>& work, std::size_t most_bytes,
                                   std::size_t memory, const std::string& broken);

}  // namespace undertone::exchange
