#include "nn/optim/lbfgs.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <limits>
#include <vector>

#include "nn/optim/line_search.hpp"

namespace undertone::nn {
namespace {

constexpr std::size_t kMemory = 10;  // scipy's maxcor
constexpr int kMaxTrials = 20;       // scipy's maxls
constexpr double kFtol = 2.2204460492503131e-09;
constexpr double kEps = std::numeric_limits<double>::epsilon();

double dot(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

void add(std::span<double> to, double factor, std::span<const double> what) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += factor * what[i];
}

double largest(std::span<const double> values) {
    double most = 0;
    for (const double value : values) most = std::max(most, std::abs(value));
    return most;
}

/// A step that was taken, how the gradient changed over it, and their product.
struct Pair {
    std::vector<double> step, change;
    double product;
};

/// Minus the gradient, bent by what the remembered steps say of the curvature (the two loops).
std::vector<double> direction_of(std::span<const double> gradient, const std::deque<Pair>& memory) {
    std::vector<double> direction(gradient.size());
    for (std::size_t i = 0; i < gradient.size(); ++i) direction[i] = -gradient[i];
    if (memory.empty()) return direction;
    std::vector<double> shares;
    for (auto pair = memory.rbegin(); pair != memory.rend(); ++pair) {
        shares.push_back(dot(pair->step, direction) / pair->product);
        add(direction, -shares.back(), pair->change);
    }
    const Pair& last = memory.back();
    const double scale = last.product / dot(last.change, last.change);
    for (double& value : direction) value *= scale;
    for (const Pair& pair : memory) {
        add(direction, shares.back() - dot(pair.change, direction) / pair.product, pair.step);
        shares.pop_back();
    }
    return direction;
}

}  // namespace

LbfgsResult minimize_lbfgs(std::span<double> x, const LbfgsOptions& options,
                           const std::function<double(std::span<double> gradient)>& evaluate,
                           const std::function<bool(int, double)>& on_iteration) {
    std::vector<double> gradient(x.size());
    LbfgsResult result;
    result.value = evaluate(gradient);
    result.n_fun = 1;
    result.converged = largest(gradient) <= options.gtol;
    std::deque<Pair> memory;
    while (!result.converged) {
        const std::vector<double> direction = direction_of(gradient, memory);
        const std::vector<double> from(x.begin(), x.end()), gradient_before = gradient;
        const double value_before = result.value, slope_before = dot(gradient, direction);
        // Before anything is known of the curvature: a step of length 1.
        const double first_step =
            result.n_iter == 0 ? std::min(1 / std::sqrt(dot(direction, direction)), 1e10) : 1;
        bool found = false;
        double step = first_step, slope = slope_before;
        if (slope_before < 0) {  // written so that NaN is no descent
            LineSearch search(value_before, slope_before, first_step);
            for (int trial = 0; trial < kMaxTrials && !found; ++trial) {
                step = search.step();
                for (std::size_t i = 0; i < x.size(); ++i) x[i] = from[i] + step * direction[i];
                result.value = evaluate(gradient);
                ++result.n_fun;
                slope = dot(gradient, direction);
                found = search.take(result.value, slope);
            }
        }
        if (!found) {
            std::copy(from.begin(), from.end(), x.begin());
            gradient = gradient_before;
            result.value = value_before;
            if (memory.empty()) return result;  // not even downhill
            memory.clear();
            continue;
        }
        ++result.n_iter;
        if (!on_iteration(result.n_iter, result.value) || result.n_iter >= options.max_iter ||
            result.n_fun > options.max_fun)
            return result;
        const double size = std::max({std::abs(value_before), std::abs(result.value), 1.0});
        result.converged = largest(gradient) <= options.gtol || value_before - result.value <= kFtol * size;

        const double product = (slope - slope_before) * step;
        if (product <= kEps * -slope_before * step) continue;  // no curvature to learn from
        if (memory.size() == kMemory) memory.pop_front();
        Pair pair{direction, gradient, product};
        for (double& value : pair.step) value *= step;
        add(pair.change, -1, gradient_before);
        memory.push_back(std::move(pair));
    }
    return result;
}

}  // namespace undertone::nn
