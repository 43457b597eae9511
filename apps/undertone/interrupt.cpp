#include "interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string_view>

#include "undertone/error.hpp"

namespace undertone::app {

namespace {

std::atomic<bool> flag{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may set nothing else");

// Steps between two questions for the flag may be long: of a table of 500,000 lines, of a library's own work.
constexpr unsigned kPatience = 5;  // seconds

extern "C" void on_interrupt(int) {
    flag.store(true);
    alarm(kPatience);
}

// What is on disk is then as after a kill: whole, and the next run puts away what was left.
extern "C" void on_patience_over(int) {
    constexpr std::string_view kSaid = "undertone: interrupted\n";
    static_cast<void>(!write(STDERR_FILENO, kSaid.data(), kSaid.size()));
    _exit(exit_code(Errc::cancelled));
}

}  // namespace

void catch_interrupts() {
    struct sigaction action {};
    action.sa_handler = on_interrupt;
    // Not SA_RESTART: a read that waits for standard input gives up.
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction before {};
        // nohup, and a shell's & in a script, have them ignored: that is to stay.
        if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signal, &action, nullptr);
    }
    std::signal(SIGALRM, on_patience_over);
    std::signal(SIGXFSZ, SIG_IGN);  // the write then fails and says so
}

bool interrupted() noexcept { return flag.load(); }

OnProgress until_interrupted() {
    return [](const Progress&) { return !interrupted(); };
}

}  // namespace undertone::app
