#include "interrupt.hpp"

#include <atomic>
#include <csignal>

namespace undertone::app {

namespace {

std::atomic<bool> flag{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may set nothing else");

extern "C" void on_interrupt(int) { flag.store(true); }

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
    std::signal(SIGXFSZ, SIG_IGN);  // the write then fails and says so
}

bool interrupted() noexcept { return flag.load(); }

OnProgress until_interrupted() {
    return [](const Progress&) { return !interrupted(); };
}

}  // namespace undertone::app
