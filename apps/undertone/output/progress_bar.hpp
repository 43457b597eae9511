#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "undertone/progress.hpp"

namespace undertone::app {

/// Whether standard output is a terminal: results that appear there show how far the work is, and a bar would
/// stand between them.
[[nodiscard]] bool shows_results();

/// Shows how far a piece of work is, on standard error: a bar with the time left on a terminal; elsewhere a
/// plain line every few seconds and one at the end of what took longer than a second; nothing when quiet.
class ProgressBar {
public:
    ProgressBar(std::string what, bool quiet);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    /// One step on. @return  whether to go on: false after an interrupt
    bool step(const Progress& progress);

    /// Takes the bar away, so that a line can be written in its place. The next step() draws it again.
    void clear();

    /// step() as a callback; the bar must outlive it.
    [[nodiscard]] OnProgress callback();

private:
    using Clock = std::chrono::steady_clock;
    [[nodiscard]] double elapsed_s() const;
    void show(bool ended);

    std::string what_;
    bool quiet_, terminal_, drawn_ = false;
    Progress latest_{};
    std::size_t n_steps_ = 0, n_shown_ = 0;  // the steps so far, and how many there were when last shown
    Clock::time_point start_, next_;
};

}  // namespace undertone::app
