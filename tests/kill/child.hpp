#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <string>
#include <vector>

namespace undertone::test {

/// A call of the program, and where.
struct Call {
    std::vector<std::string> words;             ///< the program first
    std::string folder;                         ///< in which it is run
    std::vector<std::string> environment = {};  ///< NAME=VALUE, beside what is there
    std::string log_folder;                     ///< its output goes to `out` and `err` there
};

/// How it ended.
struct End {
    int code = 0;    ///< its exit code, -1 where a signal ended it
    int signal = 0;  ///< that signal
    std::string out, err;
    double seconds = 0;
};

/// Runs it to its end. A program that takes over two minutes hangs: it ends with SIGALRM.
[[nodiscard]] End run_to_end(const Call& call);

/// Runs it and sends it a signal after so many seconds, unless it has ended before.
[[nodiscard]] End run_and_signal(const Call& call, double seconds, int signal);

/// "exit code 4: undertone: ..." or "signal 11".
[[nodiscard]] std::string text_of(const End& end);

}  // namespace undertone::test
