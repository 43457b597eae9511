// Lets each call that the program makes of the system fail in turn, as SQLite is tested: the first, then the
// second, until a run meets no fault. It must end with one clear line, leave what was there before, nothing
// half-written and nothing behind; and the command again must give what an unbroken run gives.
//
//   faults_program PROGRAM CLIPS FAULTS --quick | --seconds N | --only "SCENE KIND ACTION K once|on"
//
// Every call on files is tried. Those for memory are too many: --quick tries 100 of them, --seconds as many
// as that time allows, both spread evenly over the run.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "faults/plan.hpp"
#include "kill/child.hpp"
#include "kill/scenes.hpp"

namespace undertone::test {
namespace {

struct Kind {
    std::string name, action;
};

const std::vector<Kind> kOnFiles{{"open", "ENOSPC"},   {"open", "EIO"}, {"write", "ENOSPC"},
                                 {"write", "short"},   {"sync", "EIO"}, {"rename", "EIO"},
                                 {"folder", "ENOSPC"}, {"cut", "EIO"}};
constexpr const char* kResume = "evaluate --resume";

class Faults {
public:
    Faults(const std::string& program, const std::string& clips, std::string library)
        : stage_(program, clips, 2), fault_{stage_.work(), stage_.folder() + "/count", std::move(library)} {
        for (Scene& scene : all_scenes())
            if (scene.name == "halve" || scene.name == "train" || scene.name == "evaluate" ||
                scene.name == "report with sound")
                scenes_.push_back(std::move(scene));
        scenes_.push_back(scenes_.front());
        for (const Scene& scene : scenes_)
            if (scene.name == "evaluate") scenes_.back() = scene;
        scenes_.back().name = kResume;
    }

    /// @param one  one fault alone; empty: all
    bool run(double seconds_for_memory, std::size_t most_for_memory, const std::string& one) {
        for (const Scene& scene : scenes_) whole_of(scene);
        if (!one.empty()) {
            only(one);
        } else {
            for (const Scene& scene : scenes_)
                for (const Kind& kind : kOnFiles)
                    for (const bool goes_on : {false, true}) every_call(scene, kind, goes_on);
            std::cout << n_tried_ << " faults on files\n";
            memory(seconds_for_memory, most_for_memory);
        }
        std::cout << n_tried_ << " faults: " << n_tried_ - n_bad_ << " without harm, " << n_bad_ << " with\n";
        return n_bad_ == 0;
    }

private:
    void begin(const Scene& scene, bool old_targets) {
        stage_.set(scene, old_targets);
        if (scene.name != kResume) return;
        // Killed once it holds something, and before it is whole.
        for (std::uint64_t at = 1;; ++at) {
            const End end =
                run_to_end(fault_.into(stage_.call(scene.words), "sync", "kill-after", at, false));
            if (end.signal == 0) throw std::runtime_error("no unfinished run could be made");
            if (stage_.holds_units(scene)) return;
            stage_.set(scene, old_targets);
        }
    }

    [[nodiscard]] Call call(const Scene& scene) const {
        return scene.name == kResume ? stage_.resuming(scene) : stage_.call(scene.words);
    }

    const Snapshot& whole_of(const Scene& scene) {
        const auto known = whole_.find(scene.name);
        if (known != whole_.end()) return known->second;
        stage_.set(scene, false);
        const End end = run_to_end(stage_.call(scene.words));
        if (end.code != 0) throw std::runtime_error(scene.name + ", unbroken: " + text_of(end));
        return whole_[scene.name] = stage_.now();
    }

    // @return  what is wrong; empty: nothing
    std::string judged(const Scene& scene, const End& end, const Snapshot& before, bool of_memory) {
        if (end.signal != 0) return text_of(end);
        if (end.code == 0) {
            const std::string other = difference(stage_.now(), whole_of(scene), kExcepted);
            return other.empty() ? "" : "exit code 0, but " + other;
        }
        const bool is_line =
            end.err.starts_with("undertone: ") && std::count(end.err.begin(), end.err.end(), '\n') == 1;
        if (!is_line) return "not one clear line: " + text_of(end);
        if (of_memory && (end.err != "undertone: out of memory\n" || end.code != 1)) return text_of(end);
        // Without memory a folder cannot be looked through to be removed: what is left is what a kill may
        // leave, and the next run removes it.
        const std::string harmed = harm(scene, stage_, before, whole_of(scene), !of_memory);
        if (!harmed.empty()) return text_of(end) + "; " + harmed;
        return harm_after_again(scene, stage_, whole_of(scene));
    }

    // @return  whether a fault was met
    bool one_call(const Scene& scene, const Kind& kind, bool goes_on, std::uint64_t at) {
        stage_.set(scene, at % 2 == 1);
        const Snapshot before = stage_.now();
        begin(scene, at % 2 == 1);
        const End end = run_to_end(fault_.into(call(scene), kind.name, kind.action, at, goes_on));
        if (fault_.n_failed() == 0) return false;
        ++n_tried_;
        const std::string wrong = judged(scene, end, before, kind.name == "memory");
        if (wrong.empty()) return true;
        ++n_bad_;
        std::cout << scene.name << ": " << kind.name << " " << kind.action << " " << at
                  << (goes_on ? " on" : " once") << ": " << wrong
                  << "; kept: " << stage_.keep("kept-" + std::to_string(n_bad_)) << std::endl;
        return true;
    }

    void every_call(const Scene& scene, const Kind& kind, bool goes_on) {
        constexpr std::uint64_t kMost = 10'000;
        for (std::uint64_t at = 1; at < kMost && one_call(scene, kind, goes_on, at); ++at) {
        }
    }

    void memory(double seconds, std::size_t most) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
        std::vector<std::uint64_t> counts;
        for (const Scene& scene : scenes_) {
            begin(scene, false);
            static_cast<void>(run_to_end(fault_.into(call(scene), "memory", "none", 0, false)));
            counts.push_back(fault_.n_calls());
        }
        const std::size_t before = n_tried_;
        std::uint64_t largest = 1;
        for (const std::uint64_t count : counts) largest = std::max(largest, count);
        // Steps of the golden section: however many are tried, they lie evenly, and none comes twice.
        for (std::uint64_t step = 0; step < largest && n_tried_ - before < most; ++step)
            for (std::size_t i = 0; i < scenes_.size() && n_tried_ - before < most; ++i) {
                if (std::chrono::steady_clock::now() > end) return say_memory(n_tried_ - before);
                if (step >= counts[i]) continue;
                constexpr double kGolden = 0.6180339887498949;
                const double share = static_cast<double>(step) * kGolden;
                const auto at = static_cast<std::uint64_t>(
                    (share - static_cast<double>(static_cast<std::uint64_t>(share))) *
                    static_cast<double>(counts[i]));
                one_call(scenes_[i], {"memory", "ENOMEM"}, step % 2 == 1, at + 1);
            }
        say_memory(n_tried_ - before);
    }

    static void say_memory(std::size_t n) { std::cout << n << " faults of memory\n"; }

    void only(const std::string& one) {
        for (const Scene& scene : scenes_) {
            if (!one.starts_with(scene.name + " ")) continue;
            std::istringstream words(one.substr(scene.name.size() + 1));
            Kind kind;
            std::uint64_t at = 0;
            std::string how_often;
            if (words >> kind.name >> kind.action >> at >> how_often)
                one_call(scene, kind, how_often == "on", at);
        }
    }

    Stage stage_;
    Fault fault_;
    std::vector<Scene> scenes_;
    std::map<std::string, Snapshot> whole_;
    std::size_t n_tried_ = 0, n_bad_ = 0;
};

int run(const std::vector<std::string>& words) {
    const std::string how = words.size() > 3 ? words[3] : "";
    if (how != "--quick" && (words.size() != 5 || (how != "--seconds" && how != "--only"))) {
        std::cerr << "faults_program PROGRAM CLIPS FAULTS --quick | --seconds N | --only \"SCENE KIND ACTION "
                     "K once|on\"\n";
        return 2;
    }
    constexpr double kNoEnd = 1e9;
    constexpr std::size_t kFew = 100, kAll = std::size_t{1} << 40;
    const auto place = [&](std::size_t i) { return std::filesystem::absolute(words[i]).string(); };
    Faults faults(place(0), place(1), place(2));
    return faults.run(how == "--seconds" ? std::stod(words[4]) : kNoEnd, how == "--quick" ? kFew : kAll,
                      how == "--only" ? words[4] : "")
               ? 0
               : 1;
}

}  // namespace
}  // namespace undertone::test

int main(int argc, char** argv) {
    try {
        return undertone::test::run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << "faults_program: " << error.what() << "\n";
        return 1;
    }
}
