#pragma once

#include <chrono>
#include <string>

#include "undertone/progress.hpp"

namespace undertone::app {

/// Shows how far a piece of work is, on standard error: a bar with the time left on a terminal, a plain line
/// now and then elsewhere, nothing when quiet.
class ProgressBar {
public:
    ProgressBar(std::string what, bool quiet);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    /// One step on. @return  whether to go on: false after an interrupt
    bool step(const Progress& progress);

    /// step() as a callback; the bar must outlive it.
    [[nodiscard]] OnProgress callback();

private:
    using Clock = std::chrono::steady_clock;
    void show(const Progress& progress, double elapsed_s);

    std::string what_;
    bool quiet_, terminal_, drawn_ = false;
    Clock::time_point start_, next_;
};

}  // namespace undertone::app
