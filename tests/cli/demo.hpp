#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "support/support.hpp"

namespace undertone::test {

/// The folder of synthetic clips, which most verbs are tried on.
inline std::string demo() { return project_file("examples/demo"); }

inline std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
}

}  // namespace undertone::test
