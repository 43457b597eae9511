#pragma once

#include <cstdint>
#include <string>

#include "kill/child.hpp"

namespace undertone::test {

/// The other side of faults.cpp: loads it into a call of the program and reads what it counted.
struct Fault {
    std::string folder;      ///< the calls on files below it count
    std::string count_file;  ///< where it counts
    std::string library;     ///< faults.cpp, built

    /// The same call with the library loaded. Counts begin at 0.
    /// @param kind, action  as faults.cpp lists them
    /// @param at            the number of the call, from 1 on
    /// @param goes_on       those after it as well
    [[nodiscard]] Call into(Call call, const std::string& kind, const std::string& action, std::uint64_t at,
                            bool goes_on) const;

    [[nodiscard]] std::uint64_t n_calls() const;
    [[nodiscard]] std::uint64_t n_failed() const;

private:
    [[nodiscard]] std::uint64_t number(int index) const;
};

}  // namespace undertone::test
