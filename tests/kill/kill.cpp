// Kills the program at random moments, many times, and looks at what is then on the disk: every file whole,
// old or absent, nothing of anybody else touched; and after the same command again all is as if nobody had
// killed it.
//
//   kill_program PROGRAM CLIPS FAULTS N [--seed S] [--only I]
//
// A round is one command, killed once or more. Its moment is drawn from the command's unbroken duration, from
// the last twentieth of it, where files are put in their places, or it is the K-th of the command's calls on
// files, just before or just after it (FAULTS is the library that counts them). A part of the signals can be
// caught. A round that fails is told with its seed; --only I does it alone.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "faults/plan.hpp"
#include "kill/child.hpp"
#include "kill/scenes.hpp"

namespace undertone::test {
namespace {

// Drawn alike everywhere, which the distributions of <random> are not.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    double share() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(share() * static_cast<double>(n)); }

private:
    std::mt19937_64 engine_;
};

// What a scene is like when nobody ends it.
struct Unbroken {
    Snapshot whole;
    double seconds = 0;
    std::uint64_t n_calls = 0;  // on files
};

struct Kill {
    int signal = SIGKILL;
    double seconds = 0;
    std::uint64_t at_call = 0;  // 0: by time
    bool after = false;

    [[nodiscard]] std::string text() const {
        const std::string name = signal == SIGKILL ? "SIGKILL" : signal == SIGTERM ? "SIGTERM" : "SIGINT";
        if (at_call == 0) return name + " after " + std::to_string(seconds) + " s";
        return name + (after ? " behind" : " before") + " call " + std::to_string(at_call);
    }
};

class Rounds {
public:
    Rounds(const std::string& program, const std::string& clips, std::string faults, std::uint64_t seed)
        : stage_(program, clips, 3), faults_(std::move(faults)), seed_(seed) {}

    /// @return  whether all went well
    bool run(std::size_t n_wanted, std::optional<std::size_t> only) {
        std::size_t n_kills = 0, n_good = 0, n_bad_rounds = 0;
        for (std::size_t index = only.value_or(0); n_kills < n_wanted; ++index) {
            told_.clear();
            n_here_ = 0;
            const std::string wrong = round(index);
            n_kills += n_here_;
            if (only) std::cout << told_ << "\n";
            if (wrong.empty()) {
                n_good += n_here_;
            } else {
                ++n_bad_rounds;
                std::cout << "round " << index << ": " << told_ << ": " << wrong
                          << "; kept: " << stage_.keep("kept-" + std::to_string(index)) << "; again: --seed "
                          << seed_ << " --only " << index << std::endl;
            }
            constexpr std::size_t kEnough = 20;
            if (only || n_bad_rounds == kEnough) break;
        }
        std::cout << n_kills << " kills: " << n_good << " without loss, " << n_kills - n_good
                  << " left something behind\n";
        return n_good == n_kills;
    }

private:
    const Unbroken& unbroken(std::size_t index) {
        const auto known = unbroken_.find(index);
        if (known != unbroken_.end()) return known->second;
        const Scene& scene = scenes_[index];
        Unbroken found;
        std::vector<double> times;
        for (int i = 0; i < 3; ++i) {
            stage_.set(scene, false);
            const End end = run_to_end(stage_.call(scene.words));
            if (end.code != 0) throw std::runtime_error(scene.name + ", unbroken: " + text_of(end));
            const Snapshot whole = stage_.now();
            const std::string other = i == 0 ? "" : difference(whole, found.whole, kExcepted);
            if (!other.empty()) throw std::runtime_error(scene.name + ", unbroken, two times: " + other);
            found.whole = whole;
            times.push_back(end.seconds);
        }
        std::sort(times.begin(), times.end());
        found.seconds = times[1];
        stage_.set(scene, true);
        Fault count{stage_.work(), stage_.folder() + "/count", faults_};
        const End end = run_to_end(count.into(stage_.call(scene.words), "file", "none", 0, false));
        if (end.code != 0) throw std::runtime_error(scene.name + ", counted: " + text_of(end));
        found.n_calls = count.n_calls();
        return unbroken_.emplace(index, std::move(found)).first->second;
    }

    static Kill draw(Dice& dice, const Unbroken& of) {
        Kill kill;
        constexpr double kByCall = 0.25, kAtEnd = 0.2, kCaught = 0.15;
        const double how = dice.share();
        if (how < kByCall) {
            kill.at_call = 1 + dice.below(of.n_calls);
            kill.after = dice.share() < 0.5;
            return kill;
        }
        kill.seconds = of.seconds * (how < kByCall + kAtEnd ? 0.95 + 0.05 * dice.share() : dice.share());
        if (dice.share() < kCaught) kill.signal = dice.share() < 0.5 ? SIGTERM : SIGINT;
        return kill;
    }

    // Ends a call so. @return  nothing where it had ended before
    std::optional<End> killed(const Call& call, const Kill& kill) {
        if (kill.at_call == 0) {
            const End end = run_and_signal(call, kill.seconds, kill.signal);
            // One that can be caught is done with when it ends by itself: 0 where it came too late to matter.
            constexpr int kInterrupted = 130;
            if (end.signal == kill.signal || (kill.signal != SIGKILL && end.code == kInterrupted)) return end;
            if (end.code == 0) return std::nullopt;
            return end;
        }
        Fault fault{stage_.work(), stage_.folder() + "/count", faults_};
        const End end = run_to_end(
            fault.into(call, "file", kill.after ? "kill-after" : "kill-before", kill.at_call, false));
        if (end.signal == SIGKILL || end.code != 0) return end;
        return std::nullopt;
    }

    std::string round(std::size_t index) {
        Dice dice(seed_ * 1'000'003 + index);
        const std::size_t which = dice.below(scenes_.size());
        const Scene& scene = scenes_[which];
        const Unbroken& of = unbroken(which);
        const bool old_targets = dice.share() < 0.5;
        stage_.set(scene, old_targets);
        const Snapshot before = stage_.now();
        told_ = scene.name;
        Call call = stage_.call(scene.words);
        constexpr int kTries = 100, kMostKills = 3;
        for (int tries = 0; tries < kTries && n_here_ < kMostKills; ++tries) {
            const Kill kill = draw(dice, of);
            const std::optional<End> end = killed(call, kill);
            if (!end) {
                if (n_here_ > 0) break;  // went on to its end: what is left is to be as after an unbroken run
                stage_.set(scene, old_targets);
                continue;
            }
            ++n_here_;
            told_ += ", " + kill.text();
            constexpr int kInterrupted = 130;
            const bool by_itself = end->signal == 0;
            if (end->signal != kill.signal && end->code != kInterrupted) return text_of(*end);
            const std::string wrong = harm(scene, stage_, before, of.whole, by_itself);
            if (!wrong.empty()) return wrong;
            if (!scene.run.empty() && stage_.now().contains(scene.run + "/")) break;
            if (dice.share() < 0.6) break;
            // What goes on with it is killed as well.
            call = scene.resumes && stage_.holds_units(scene) ? stage_.resuming(scene)
                                                              : stage_.call(scene.words);
        }
        if (n_here_ == 0) return "could not be killed";
        return harm_after_again(scene, stage_, of.whole);
    }

    Stage stage_;
    std::string faults_;
    std::uint64_t seed_;
    const std::vector<Scene> scenes_ = all_scenes();
    std::map<std::size_t, Unbroken> unbroken_;
    std::size_t n_here_ = 0;
    std::string told_;
};

int run(const std::vector<std::string>& words) {
    if (words.size() < 4) {
        std::cerr << "kill_program PROGRAM CLIPS FAULTS N [--seed S] [--only I]\n";
        return 2;
    }
    std::uint64_t seed = std::random_device{}() % 1'000'000;
    std::optional<std::size_t> only;
    for (std::size_t i = 4; i + 1 < words.size(); i += 2) {
        if (words[i] == "--seed") seed = std::stoull(words[i + 1]);
        if (words[i] == "--only") only = std::stoull(words[i + 1]);
    }
    std::cout << "seed " << seed << std::endl;
    const auto place = [&](std::size_t i) { return std::filesystem::absolute(words[i]).string(); };
    return Rounds(place(0), place(1), place(2), seed).run(std::stoull(words[3]), only) ? 0 : 1;
}

}  // namespace
}  // namespace undertone::test

int main(int argc, char** argv) {
    try {
        return undertone::test::run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << "kill_program: " << error.what() << "\n";
        return 1;
    }
}
