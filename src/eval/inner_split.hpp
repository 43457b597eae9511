#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "undertone/training.hpp"

/// What a framework sets apart of its training clips to choose when to stop.
namespace undertone::eval {

/// Training clips in an order, of which the last n_validation only validate.
struct InnerSplit {
    std::vector<std::size_t> clips;
    std::size_t n_validation = 0;
};

/// Puts the clips of some speakers last, and gives the option that cuts exactly there.
/// @param train    clips of the training part
/// @param options  of the framework; "validation_split" is changed where it is above 0
[[nodiscard]] InnerSplit inner_split(const Dataset& dataset, const std::vector<std::size_t>& train,
                                     std::uint32_t seed, std::map<std::string, std::string>& options);

}  // namespace undertone::eval
