#include "learn/class_checks.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "undertone/error.hpp"

namespace undertone::nn {

void check_classes(std::span<const int> y, std::size_t n_samples, int n_classes) {
    if (n_samples == 0) throw Error(Errc::invalid_argument, "x: there is no sample");
    if (y.size() != n_samples)
        throw Error(Errc::shape_mismatch,
                    "x has " + std::to_string(n_samples) + " samples, y " + std::to_string(y.size()));
    if (n_classes < 2)
        throw Error(Errc::invalid_argument,
                    "n_classes = " + std::to_string(n_classes) + ": must be at least 2");
    std::vector<bool> seen(static_cast<std::size_t>(n_classes));
    for (std::size_t i = 0; i < y.size(); ++i) {
        if (y[i] < 0 || y[i] >= n_classes)
            throw Error(Errc::invalid_argument, "y[" + std::to_string(i) + "] = " + std::to_string(y[i]) +
                                                    ": must be at least 0 and below " +
                                                    std::to_string(n_classes));
        seen[static_cast<std::size_t>(y[i])] = true;
    }
    const auto missing = std::find(seen.begin(), seen.end(), false);
    if (missing != seen.end())
        throw Error(Errc::invalid_argument,
                    "y: class " + std::to_string(missing - seen.begin()) + " has no sample");
}

}  // namespace undertone::nn
