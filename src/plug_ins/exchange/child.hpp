#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace undertone::exchange {

/// What work in a process of its own may take.
struct ChildBounds {
    std::size_t answer;  ///< bytes of its result
    std::size_t memory;  ///< bytes beside those that are there already
    unsigned seconds;    ///< of a processor; of the clock twice as many
};

/// Does work of a library that crashes on bytes made to crash it (HDF5 does) in a process of its own: what
/// goes wrong there is an Error here. Nothing but bytes comes back.
/// @param work    its result is returned; an Error that it throws is thrown here
/// @param broken  the message when it crashed or took too much
/// @throws Error as work; corrupt_data  it crashed; io  no process could be made
[[nodiscard]] std::string in_child(const std::function<std::string()>& work, const ChildBounds& bounds,
                                   const std::string& broken);

}  // namespace undertone::exchange
