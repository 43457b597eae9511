#include "kill/child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace undertone::test {
namespace {

using Clock = std::chrono::steady_clock;

std::string text_in(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> result;
    for (std::string& word : words) result.push_back(word.data());
    result.push_back(nullptr);
    return result;
}

pid_t begin(const Call& call) {
    std::vector<std::string> words = call.words, settings = call.environment;
    for (char** setting = environ; *setting != nullptr; ++setting) settings.emplace_back(*setting);
    const std::vector<char*> argv = pointers(words), environment = pointers(settings);
    const std::string out = call.log_folder + "/out", err = call.log_folder + "/err";
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("no process can be made");
    if (child > 0) return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    constexpr unsigned kTooLong = 120;  // seconds
    alarm(kTooLong);
    const int in = open("/dev/null", O_RDONLY), to = open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600),
              errors = open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (dup2(in, 0) < 0 || dup2(to, 1) < 0 || dup2(errors, 2) < 0 || chdir(call.folder.c_str()) != 0)
        _exit(126);
    execve(argv[0], argv.data(), environment.data());
    _exit(127);
}

End wait_for(pid_t child, const Call& call, Clock::time_point start) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    End end;
    end.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    end.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    end.out = text_in(call.log_folder + "/out");
    end.err = text_in(call.log_folder + "/err");
    return end;
}

}  // namespace

End run_to_end(const Call& call) {
    const auto start = Clock::now();
    return wait_for(begin(call), call, start);
}

End run_and_signal(const Call& call, double seconds, int signal) {
    const auto start = Clock::now();
    const pid_t child = begin(call);
    std::this_thread::sleep_until(
        start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds)));
    kill(child, signal);  // nobody has waited for it: the number is still its own
    return wait_for(child, call, start);
}

std::string text_of(const End& end) {
    std::string text =
        end.signal != 0 ? "signal " + std::to_string(end.signal) : "exit code " + std::to_string(end.code);
    if (!end.err.empty()) text += ": " + end.err.substr(0, 1000);
    while (text.back() == '\n') text.pop_back();
    return text;
}

}  // namespace undertone::test
