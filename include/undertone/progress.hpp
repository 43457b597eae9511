#pragma once

#include <cstddef>
#include <functional>

namespace undertone {

/// How far a long piece of work has come.
struct Progress {
    std::size_t done = 0;   ///< steps finished: files, epochs
    std::size_t total = 0;  ///< steps in all, 0 when that is not known
    double loss = 0;        ///< training only: the loss of the last epoch
};

/// Called after each step, on the thread that called the library. Returning false stops the work, which then
/// throws Error cancelled. An empty function is never called.
using OnProgress = std::function<bool(const Progress&)>;

}  // namespace undertone
