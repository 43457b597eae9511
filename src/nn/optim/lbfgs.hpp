#pragma once

#include <functional>
#include <span>

namespace undertone::nn {

/// When to stop.
struct LbfgsOptions {
    double gtol = 1e-5;  ///< largest component of the gradient that counts as a minimum
    int max_iter = 15000;
    int max_fun = 15000;  ///< evaluations, looked at after each iteration
};

struct LbfgsResult {
    double value = 0;
    int n_iter = 0, n_fun = 0;
    bool converged = false;
};

/// Finds a local minimum with the limited-memory BFGS method; the last 10 steps are remembered.
///
/// Besides options.gtol, a fall by less than 2.22e-9 of the value (or of 1) is a minimum.
/// @param x              where to begin; becomes where it ended
/// @param evaluate       the function at x as it is at the call; writes the gradient, which is as long as x
/// @param on_iteration   `(iteration, value)` after each; false stops, and the result has not converged
/// Matches: scipy 1.17.1 `minimize(method="L-BFGS-B")` without bounds: the same iterations and evaluations,
/// up to rounding. Source: Nocedal, "Updating quasi-Newton matrices with limited storage", 1980.
[[nodiscard]] LbfgsResult minimize_lbfgs(std::span<double> x, const LbfgsOptions& options,
                                         const std::function<double(std::span<double> gradient)>& evaluate,
                                         const std::function<bool(int, double)>& on_iteration);

}  // namespace undertone::nn
