#include "plug_ins/exchange/child.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

// The first byte of what comes back: a result, or the code of an Error and its message.
constexpr char kResult = 0;

/// Bytes of addresses and of writable memory that a process has taken.
struct Taken {
    std::size_t addresses = 0, data = 0;
};

Taken taken() {
    std::size_t addresses = 0, data = 0;
    if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%zu %*u %*u %*u %*u %zu", &addresses, &data) != 2) addresses = data = 0;
        std::fclose(file);
    }
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return {addresses * page, data * page};
}

void bound(const ChildBounds& bounds) {
    const auto set = [](__rlimit_resource what, rlim_t most) {
        const rlimit limit{most, most};
        setrlimit(what, &limit);
    };
    set(RLIMIT_CORE, 0);
    set(RLIMIT_CPU, bounds.seconds);
    set(RLIMIT_FSIZE, 0);
    // Above what is there already: the address sanitizer takes terabytes of addresses as it starts. Its small
    // blocks lie within those, which only the second bound sees.
    const Taken before = taken();
    set(RLIMIT_AS, before.addresses + bounds.memory);
    set(RLIMIT_DATA, before.data + bounds.memory);
    alarm(2 * bounds.seconds);
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGXCPU})
        std::signal(signal, SIG_DFL);
    // What a crash would print is not the program's to say.
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
}

bool write_all(int descriptor, const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t n = write(descriptor, bytes.data() + at, bytes.size() - at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        at += static_cast<std::size_t>(n);
    }
    return true;
}

std::string read_all(int descriptor, std::size_t most_bytes) {
    std::string bytes;
    std::array<char, 1U << 16U> block{};
    while (bytes.size() <= most_bytes) {
        const ssize_t n = read(descriptor, block.data(), block.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        bytes.append(block.data(), static_cast<std::size_t>(n));
    }
    return bytes;
}

[[noreturn]] void be_child(const std::function<std::string()>& work, const ChildBounds& bounds,
                           int descriptor) {
    bound(bounds);
    std::string answer;
    try {
        answer = kResult + work();
    } catch (const Error& error) {
        answer = static_cast<char>(static_cast<int>(error.code()) + 1) + std::string(error.what());
    } catch (...) {
        _exit(1);
    }
    _exit(write_all(descriptor, answer) ? 0 : 1);
}

}  // namespace

std::string in_child(const std::function<std::string()>& work, const ChildBounds& bounds,
                     const std::string& broken) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        throw Error(Errc::io, std::string("a pipe cannot be made: ") + std::strerror(errno));
    const pid_t child = fork();
    if (child == 0) be_child(work, bounds, ends[1]);
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        throw Error(Errc::io, std::string("a process cannot be made: ") + std::strerror(errno));
    }
    const std::string answer = read_all(ends[0], bounds.answer);
    close(ends[0]);
    if (answer.size() > bounds.answer) kill(child, SIGKILL);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || answer.empty() || answer.size() > bounds.answer)
        throw Error(Errc::corrupt_data, broken);
    if (answer.front() == kResult) return answer.substr(1);
    throw Error(static_cast<Errc>(answer.front() - 1), answer.substr(1));
}

}  // namespace undertone::exchange
