#include "progress_bar.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <utility>

#include "interrupt.hpp"
#include "output.hpp"

namespace undertone::app {

namespace {

std::string clock_text(double seconds) {
    const auto whole = std::llround(seconds);
    const std::string rest = std::to_string(whole % 60);
    return std::to_string(whole / 60) + ":" + (rest.size() < 2 ? "0" : "") + rest;
}

}  // namespace

ProgressBar::ProgressBar(std::string what, bool quiet)
    : what_(std::move(what)),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      next_(start_ + (terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(5))) {}

ProgressBar::~ProgressBar() {
    if (drawn_ && terminal_) std::fputs("\r\033[K", stderr);
}

bool ProgressBar::step(const Progress& progress) {
    if (!quiet_) {
        const auto now = Clock::now();
        const bool last = progress.total != 0 && progress.done == progress.total;
        if (now >= next_ || (last && !terminal_)) {
            show(progress, std::chrono::duration<double>(now - start_).count());
            next_ = now + (terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(5));
        }
    }
    return !interrupted();
}

OnProgress ProgressBar::callback() {
    return [this](const Progress& progress) { return step(progress); };
}

void ProgressBar::show(const Progress& progress, double elapsed_s) {
    std::string line = what_ + " ";
    if (progress.total != 0) {
        const double share = static_cast<double>(progress.done) / static_cast<double>(progress.total);
        if (terminal_) {
            const auto filled = static_cast<std::size_t>(share * 24);
            line += "[" + std::string(filled, '#') + std::string(24 - filled, '.') + "] ";
        }
        line += std::to_string(progress.done) + "/" + std::to_string(progress.total);
        if (progress.done < progress.total && share > 0)
            line += ", " + clock_text(elapsed_s * (1 - share) / share) + " left";
        else
            line += ", " + clock_text(elapsed_s);
    } else {
        line += std::to_string(progress.done);
    }
    if (progress.loss != 0) line += ", loss " + fixed(progress.loss, 4);
    line = terminal_ ? "\r" + line + "\033[K" : line + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
    drawn_ = true;
}

}  // namespace undertone::app
