#include "output/progress_bar.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <new>
#include <utility>

#include "interrupt.hpp"
#include "output/output.hpp"

namespace undertone::app {

namespace {

std::string clock_text(double seconds) {
    const auto whole = std::llround(seconds);
    const std::string rest = std::to_string(whole % 60);
    return std::to_string(whole / 60) + ":" + (rest.size() < 2 ? "0" : "") + rest;
}

}  // namespace

bool shows_results() { return isatty(STDOUT_FILENO) == 1; }

ProgressBar::ProgressBar(std::string what, bool quiet)
    : what_(std::move(what)),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      next_(start_ + (terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(5))) {}

ProgressBar::~ProgressBar() {
    clear();
    constexpr double kLong = 1;  // seconds
    if (quiet_ || terminal_ || n_shown_ == n_steps_ || elapsed_s() <= kLong || interrupted()) return;
    try {
        show(true);
    } catch (const std::bad_alloc&) {  // a line less is no harm
    }
}

void ProgressBar::clear() {
    if (drawn_ && terminal_) std::fputs("\r\033[K", stderr);
    drawn_ = false;
}

bool ProgressBar::step(const Progress& progress) {
    latest_ = progress;
    ++n_steps_;
    if (!quiet_ && Clock::now() >= next_) {
        show(false);
        next_ = Clock::now() + (terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(5));
    }
    return !interrupted();
}

OnProgress ProgressBar::callback() {
    return [this](const Progress& progress) { return step(progress); };
}

double ProgressBar::elapsed_s() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

void ProgressBar::show(bool ended) {
    std::string line = what_ + " ";
    if (latest_.total != 0) {
        const double share = static_cast<double>(latest_.done) / static_cast<double>(latest_.total);
        if (terminal_) {
            const auto filled = static_cast<std::size_t>(share * 24);
            line += "[" + std::string(filled, '#') + std::string(24 - filled, '.') + "] ";
        }
        line += std::to_string(latest_.done) + "/" + std::to_string(latest_.total);
        if (!ended && latest_.done < latest_.total && share > 0)
            line += ", " + clock_text(elapsed_s() * (1 - share) / share) + " left";
        else
            line += ", " + clock_text(elapsed_s());
    } else {
        line += std::to_string(latest_.done);
    }
    if (latest_.loss != 0) line += ", loss " + fixed(latest_.loss, 4);
    line = terminal_ ? "\r" + line + "\033[K" : line + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
    drawn_ = true;
    n_shown_ = n_steps_;
}

}  // namespace undertone::app
