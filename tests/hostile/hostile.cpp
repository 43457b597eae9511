// Inputs that were made to harm, each read by the program under limits on memory (1 GiB of addresses) and
// time (5 s of a core). What holds says in a line what is wrong and ends; what does not is named here.
//   hostile PROGRAM DEMO [--only NAME] [--keep FOLDER]
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "inputs.hpp"

namespace undertone::hostile {
namespace {

namespace fs = std::filesystem;

constexpr rlim_t kAddresses = rlim_t{1} << 30U;
constexpr rlim_t kSeconds = 5;

struct End {
    int status = 0;
    double seconds = 0;  // of a core
    long peak_mb = 0;
    std::string err;
};

// Starts programs from a process of its own that is small: a process counts the memory of the one that it was
// forked from as its own peak, and the inputs are large.
class Starter {
public:
    explicit Starter(const std::string& program) : program_(program) {
        if (pipe(to_.data()) != 0 || pipe(from_.data()) != 0) std::exit(1);
        pid_ = fork();
        if (pid_ != 0) return;
        close(to_[1]);
        close(from_[0]);
        serve();
        _exit(0);
    }
    ~Starter() {
        close(to_[1]);
        waitpid(pid_, nullptr, 0);
    }
    Starter(const Starter&) = delete;
    Starter& operator=(const Starter&) = delete;

    [[nodiscard]] End run(const std::vector<std::string>& words, const Folder& place, bool limited) const {
        std::string text = place + '\0' + (limited ? "limited" : "free") + '\0';
        for (const std::string& word : words) text += word + '\0';
        const std::size_t size = text.size();
        Answer answer;
        if (write(to_[1], &size, sizeof size) != sizeof size ||
            write(to_[1], text.data(), size) != static_cast<ssize_t>(size) ||
            read(from_[0], &answer, sizeof answer) != sizeof answer)
            std::exit(1);
        End end{answer.status, answer.seconds, answer.peak_mb, {}};
        const std::string err = place + "/.stderr";
        std::ifstream in(err);
        end.err.assign(std::istreambuf_iterator<char>(in), {});
        fs::remove(err);
        return end;
    }

private:
    struct Answer {
        int status = 0;
        double seconds = 0;
        long peak_mb = 0;
    };

    void serve() const {
        std::size_t size = 0;
        while (read(to_[0], &size, sizeof size) == sizeof size) {
            std::string text(size, '\0');
            for (std::size_t done = 0; done < size;) {
                const ssize_t got = read(to_[0], text.data() + done, size - done);
                if (got <= 0) return;
                done += static_cast<std::size_t>(got);
            }
            std::vector<std::string> words;
            for (std::size_t at = 0; at < size; at = text.find('\0', at) + 1)
                words.emplace_back(text.c_str() + at);
            const pid_t child = fork();
            if (child == 0) start(words);
            Answer answer;
            rusage used{};
            wait4(child, &answer.status, 0, &used);
            const auto seconds = [](const timeval& time) {
                return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
            };
            answer.seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
            answer.peak_mb = used.ru_maxrss / 1024;
            if (write(from_[1], &answer, sizeof answer) != sizeof answer) return;
        }
    }

    [[noreturn]] void start(std::vector<std::string>& words) const {
        if (words[1] == "limited") {
            const rlimit memory{kAddresses, kAddresses}, time{kSeconds, kSeconds + 1};
            setrlimit(RLIMIT_AS, &memory);
            setrlimit(RLIMIT_CPU, &time);
            constexpr unsigned kHang = 60;  // an input that is waited for takes no time of a core
            alarm(kHang);
        }
        const std::string place = words[0], err = place + "/.stderr";
        words.erase(words.begin());
        words.front() = program_;
        std::vector<char*> argv;
        for (std::string& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        if (chdir(place.c_str()) != 0 || std::freopen("/dev/null", "r", stdin) == nullptr ||
            std::freopen("/dev/null", "w", stdout) == nullptr ||
            std::freopen(err.c_str(), "w", stderr) == nullptr)
            _exit(126);
        execv(argv[0], argv.data());
        _exit(127);
    }

    std::string program_;
    std::array<int, 2> to_{}, from_{};
    pid_t pid_ = 0;
};

// What is wrong with how the program ended; empty: nothing.
std::string fault(const End& end) {
    if (WIFSIGNALED(end.status)) return std::string("ended by ") + strsignal(WTERMSIG(end.status));
    const int code = WEXITSTATUS(end.status);
    if (code > 9) return "exit code " + std::to_string(code);
    for (const char* word : {"out of memory", "json.exception", "filesystem error", "std::", "terminate"})
        if (end.err.find(word) != std::string::npos) return "it says " + std::string(word);
    if (code != 0 && end.err.empty()) return "exit code " + std::to_string(code) + " without a word";
    return "";
}

void prepare(const Starter& program, const std::string& demo, const Folder& folder) {
    fs::create_directories(folder + "/clips");
    for (const auto& entry : fs::directory_iterator(demo))
        if (const std::string name = entry.path().filename().string();
            name.ends_with("-01.opus") || name.ends_with("-02.opus"))
            fs::copy(entry.path(), folder + "/clips/" + name, fs::copy_options::overwrite_existing);
    const std::vector<std::vector<std::string>> calls{
        {"train", "--quiet", "--max-iter", "5", "-o", "m", "clips"},
        {"evaluate", "--quiet", "--folds", "loso", "--max-iter", "5", "-o", "run", "clips"}};
    for (const auto& words : calls)
        if (const End end = program.run(words, folder, false); end.status != 0) {
            std::fputs(end.err.c_str(), stderr);
            std::exit(1);
        }
}

std::string without_line_ends(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text.substr(0, 150);
}

int tried(const Starter& program, const std::string& demo, const std::string& only, std::string folder) {
    const bool keep = !folder.empty();
    if (!keep) {
        folder = (fs::temp_directory_path() / "undertone-hostile-XXXXXX").string();
        if (mkdtemp(folder.data()) == nullptr) return 1;
    }
    prepare(program, demo, folder);
    std::size_t n_tried = 0, n_held = 0;
    double slowest = 0;
    long largest = 0;
    for (const Input& input : inputs()) {
        if (!only.empty() && input.name != only) continue;
        const Folder place = folder + "/" + input.name;
        fs::create_directories(place);
        for (const char* name : {"clips", "m", "run"})
            fs::copy(folder + "/" + name, place + "/" + name,
                     fs::copy_options::recursive | fs::copy_options::overwrite_existing);
        input.make(place);
        const End end = program.run(input.words, place, true);
        const std::string wrong = fault(end);
        ++n_tried;
        n_held += wrong.empty() ? 1U : 0U;
        slowest = std::max(slowest, end.seconds);
        largest = std::max(largest, end.peak_mb);
        std::printf("%-34s %5.2f s %5ld MB  %s%s\n", input.name.c_str(), end.seconds, end.peak_mb,
                    wrong.empty() ? "" : ("FAILED, " + wrong + ": ").c_str(),
                    without_line_ends(end.err).c_str());
        std::fflush(stdout);
        if (!keep) fs::remove_all(place);
    }
    if (!keep) fs::remove_all(folder);
    std::printf("%zu hostile inputs: %zu held; the slowest took %.2f s, the largest %ld MB\n", n_tried,
                n_held, slowest, largest);
    return n_held == n_tried && n_tried > 0 ? 0 : 1;
}

}  // namespace
}  // namespace undertone::hostile

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    std::string only, keep;
    for (std::size_t i = 2; i + 1 < words.size(); i += 2) {
        if (words[i] == "--only") only = words[i + 1];
        if (words[i] == "--keep") keep = words[i + 1];
    }
    if (words.size() < 2 || words.size() % 2 != 0) {
        std::fputs("hostile PROGRAM DEMO [--only NAME] [--keep FOLDER]\n", stderr);
        return 2;
    }
    const undertone::hostile::Starter program(std::filesystem::absolute(words[0]));
    return undertone::hostile::tried(program, std::filesystem::absolute(words[1]), only, keep);
}
