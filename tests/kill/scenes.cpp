#include "kill/scenes.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace undertone::test {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string> kSklearn{"--framework", "sklearn", "--max-iter", "5", "--hidden-layer-sizes",
                                        "8",           "--quiet", "--threads",  "2"};
const std::vector<std::string> kKeras{"--framework", "keras",   "--epochs",  "3", "--hidden-layer-sizes",
                                      "8",           "--quiet", "--threads", "2"};

std::vector<std::string> joined(std::vector<std::string> words, const std::vector<std::string>& middle,
                                const std::vector<std::string>& end) {
    words.insert(words.end(), middle.begin(), middle.end());
    words.insert(words.end(), end.begin(), end.end());
    return words;
}

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

// `.undertone-PID-N.TARGET`: what a process that was killed may leave, and the next one removes.
bool is_on_its_way(const std::string& name, const std::string& target) {
    const std::string begin = ".undertone-", end = "." + target;
    if (name.size() <= begin.size() + end.size() || !name.starts_with(begin) || !name.ends_with(end))
        return false;
    const std::string middle = name.substr(begin.size(), name.size() - begin.size() - end.size());
    return middle.find_first_not_of("0123456789-") == std::string::npos;
}

}  // namespace

std::vector<Scene> all_scenes() {
    const std::string clips = "../in/clips";
    return {
        {"train",
         joined({"train"}, kSklearn, {"--run", "trained", "-o", "m.safetensors", clips}),
         {"m.safetensors"},
         "trained"},
        {"evaluate",
         joined({"evaluate"}, kSklearn, {"--folds", "stratified:3", "--seeds", "2", "-o", "run", clips}),
         {},
         "run",
         true},
        {"tune",
         joined({"tune"}, kSklearn,
                {"--folds", "stratified:2", "--nested", "stratified:2", "--param", "alpha=0.001/0.1", "-o",
                 "tuned", clips}),
         {},
         "tuned",
         true},
        {"extract csv", {"extract", "--quiet", "-o", "f.csv", clips}, {"f.csv"}, ""},
        {"extract npy", {"extract", "--quiet", "--format", "npy", "-o", "f.npy", clips}, {"f.npy"}, ""},
        {"report", {"report", "-o", "page.html", "../in/run"}, {"page.html"}, ""},
        {"report with sound",
         {"report", "--embed-sound", "--corpus", clips, "-o", "page.html", "../in/run"},
         {"page.html"},
         ""},
        {"export sklearn",
         {"export", "--to", "sklearn", "-o", "x.pkl", "../in/sklearn.safetensors"},
         {"x.pkl"},
         ""},
        {"export keras",
         {"export", "--to", "keras", "-o", "x.keras", "../in/keras.safetensors"},
         {"x.keras"},
         ""},
        {"export onnx",
         {"export", "--to", "onnx", "-o", "x.onnx", "../in/keras.safetensors"},
         {"x.onnx"},
         ""},
        {"import",
         {"import", "--labels", "neutral,happy,sad", "-o", "i.safetensors", "../in/x.keras"},
         {"i.safetensors"},
         ""},
        {"corpus", {"corpus", "--quiet", "-o", "c.csv", clips}, {"c.csv"}, ""},
        {"plot a run", {"plot", "-o", "p.svg", "../in/run"}, {"p.svg"}, ""},
        {"plot a clip",
         {"plot", "--kind", "mel", "--array", "p.npy", "-o", "p.png", clips + "/synthetic-01-01-01.opus"},
         {"p.png", "p.npy"},
         ""},
        {"halve", {"halve", "-o", "h.safetensors", "../in/keras.safetensors"}, {"h.safetensors"}, ""},
    };
}

Stage::Stage(std::string program, const std::string& clips, int n_speakers) : program_(std::move(program)) {
    std::string pattern = (fs::temp_directory_path() / "undertone-kill-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error(pattern + ": cannot be made");
    folder_ = pattern;
    make_inputs(clips, n_speakers);
}

Stage::~Stage() {
    std::error_code ignored;
    if (!kept_) fs::remove_all(folder_, ignored);
}

void Stage::make_inputs(const std::string& clips, int n_speakers) {
    fs::create_directories(folder_ + "/in/clips");
    fs::create_directories(work());
    for (const char* const emotion : {"01", "03", "04"})
        for (const char* const sentence : {"01", "02"})
            for (int speaker = 1; speaker <= n_speakers; ++speaker) {
                const std::string name = std::string("synthetic-") + emotion + "-" + sentence + "-0" +
                                         std::to_string(speaker) + ".opus";
                fs::copy_file(fs::path(clips) / name, folder_ + "/in/clips/" + name);
            }
    const std::vector<std::vector<std::string>> commands{
        joined({"train"}, kSklearn, {"-o", "../in/sklearn.safetensors", "../in/clips"}),
        joined({"train"}, kKeras, {"-o", "../in/keras.safetensors", "../in/clips"}),
        {"export", "--to", "keras", "-o", "../in/x.keras", "../in/keras.safetensors"},
        joined({"evaluate"}, kSklearn, {"--folds", "stratified:3", "-o", "../in/run", "../in/clips"})};
    for (const auto& words : commands) {
        const End end = run_to_end(call(words));
        if (end.code != 0) throw std::runtime_error("undertone " + words.front() + ": " + text_of(end));
    }
}

void Stage::set(const Scene& scene, bool old_targets) {
    fs::remove_all(work());
    fs::create_directories(work());
    write(work() + "/notes.txt", "not ours\n");
    write(work() + "/.undertone-1-0.notes.txt", "not of this target\n");
    write(work() + "/.undertone-rc", "nobody's\n");
    write(work() + "/other.part/x", "not ours\n");
    write(work() + "/other.part/units.jsonl", "not ours\n");
    if (!scene.run.empty()) {
        write(work() + "/" + scene.run + ".tmp-a1B2c3/x", "not ours\n");
        write(work() + "/" + scene.run + ".party/x", "not ours\n");
        write(work() + "/" + scene.run + "2/run.json", "not ours\n");
    }
    if (old_targets)
        for (const std::string& file : scene.files) write(work() + "/" + file, "what was there before\n");
}

Call Stage::call(const std::vector<std::string>& words) const {
    std::vector<std::string> all{program_};
    all.insert(all.end(), words.begin(), words.end());
    return {all, work(), {}, folder_};
}

Call Stage::resuming(const Scene& scene) const { return call({scene.words.front(), "--resume", scene.run}); }

bool Stage::holds_units(const Scene& scene) const {
    std::ifstream file(work() + "/" + scene.run + ".part/units.jsonl");
    for (std::string line; std::getline(file, line);)
        if (!file.eof() && line.find("\"key\"") != std::string::npos) return true;
    return false;
}

std::string Stage::keep(const std::string& name) {
    kept_ = true;
    const std::string place = folder_ + "/" + name;
    fs::remove_all(place);
    fs::copy(work(), place, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    return place;
}

std::string harm(const Scene& scene, const Stage& stage, const Snapshot& before, const Snapshot& whole,
                 bool by_itself) {
    const Snapshot now = stage.now();
    const auto is_target = [&](const std::string& path) {
        for (const std::string& file : scene.files)
            if (path == file) return true;
        return false;
    };
    for (const auto& [path, content] : before) {
        const auto found = now.find(path);
        if (found == now.end()) return path + ", which was there before, is gone";
        const bool is_new = is_target(path) && found->second == whole.at(path);
        if (found->second != content && !is_new) return path + ", which was there before, is another";
    }
    const std::string run = scene.run + "/", part = scene.run + ".part/";
    for (const auto& [path, content] : now) {
        if (before.contains(path)) continue;
        const bool is_of_run = !scene.run.empty() && path.starts_with(run);
        if (is_target(path) || is_of_run) {
            const auto wanted = whole.find(path);
            if (wanted == whole.end()) return path + " should not be there";
            if (content != wanted->second && fs::path(path).filename() != kExcepted)
                return path + " is not whole";
            continue;
        }
        if (!scene.run.empty() && path.starts_with(part)) {
            if (!by_itself || stage.holds_units(scene)) continue;
            return path + " was left behind, of a run that holds nothing";
        }
        bool on_its_way = false;
        for (const std::string& file : scene.files) on_its_way = on_its_way || is_on_its_way(path, file);
        // The folder of a run gets its name when it has its lock, and gives it up before that goes.
        if (!scene.run.empty())
            on_its_way = on_its_way || is_on_its_way(path.substr(0, path.find('/')), scene.run + ".part");
        if (!on_its_way || by_itself) return path + " was left behind";
    }
    if (!scene.run.empty() && now.contains(run))
        for (const auto& [path, content] : whole)
            if (path.starts_with(run) && !now.contains(path))
                return path + " is missing in a run that is in its place";
    return "";
}

std::string harm_after_again(const Scene& scene, const Stage& stage, const Snapshot& whole) {
    const Snapshot before = stage.now();
    const End again = run_to_end(stage.call(scene.words));
    const bool in_place = !scene.run.empty() && before.contains(scene.run + "/");
    if (again.code != 0) {
        constexpr int kIo = 4;
        const bool says_resume = again.err.find("--resume") != std::string::npos;
        if (again.code != kIo || !(in_place || (scene.resumes && says_resume)))
            return "the command again: " + text_of(again);
        if (!in_place) {
            const std::string changed = difference(stage.now(), before);
            if (!changed.empty()) return "the command was refused, and " + changed;
        }
        if (scene.resumes) {
            const End resumed = run_to_end(stage.resuming(scene));
            if (resumed.code != 0) return "--resume: " + text_of(resumed);
        }
    }
    const std::string other = difference(stage.now(), whole, kExcepted);
    return other.empty() ? "" : "after the command again: " + other;
}

}  // namespace undertone::test
