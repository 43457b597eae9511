#pragma once

#include <string>
#include <vector>

#include "kill/child.hpp"
#include "kill/snapshot.hpp"

namespace undertone::test {

/// One command that writes something, on inputs so small that it takes a part of a second.
struct Scene {
    std::string name;
    std::vector<std::string> words;  ///< of its command line; the inputs lie in ../in
    std::vector<std::string> files;  ///< that it writes, one by one
    std::string run;                 ///< the folder that it writes; empty: none
    bool resumes = false;            ///< whether --resume RUN goes on with it
};

[[nodiscard]] std::vector<Scene> all_scenes();

/// A folder with the inputs in `in`, the place where the commands are run in `work`, and their output beside.
class Stage {
public:
    /// @param n_speakers  of each of three emotions: how long the commands take
    /// @throws std::runtime_error  an input could not be made
    explicit Stage(std::string program, const std::string& clips, int n_speakers);
    ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    /// Empties the place and puts there what is not to be touched: strangers' files with names near to ours,
    /// and with `old_targets` what each file of the scene replaces.
    void set(const Scene& scene, bool old_targets);

    [[nodiscard]] Call call(const std::vector<std::string>& words) const;
    [[nodiscard]] Call resuming(const Scene& scene) const;
    [[nodiscard]] std::string folder() const { return folder_; }
    [[nodiscard]] std::string work() const { return folder_ + "/work"; }
    [[nodiscard]] Snapshot now() const { return snapshot_of(work()); }

    /// Whether an unfinished run of the scene holds what would be lost.
    [[nodiscard]] bool holds_units(const Scene& scene) const;

    /// Keeps the place as it is, and the whole stage, for somebody to look at. @return  where
    std::string keep(const std::string& name);

private:
    void make_inputs(const std::string& clips, int n_speakers);
    std::string program_, folder_;
    bool kept_ = false;
};

/// What is wrong with a place after a command was ended in it; empty: nothing.
/// @param before    what was there at first
/// @param whole     what is there after an unbroken run
/// @param by_itself  the command ended by itself, a signal that can be caught included: then it has put away
///                  its files on their way, and an unfinished run is only left where it holds something
[[nodiscard]] std::string harm(const Scene& scene, const Stage& stage, const Snapshot& before,
                               const Snapshot& whole, bool by_itself);

/// Runs the command again as a user would, with --resume where the program says so.
/// @return  what is wrong with that or with what is there then; empty: all is as after an unbroken run
[[nodiscard]] std::string harm_after_again(const Scene& scene, const Stage& stage, const Snapshot& whole);

/// A table whose content is time, and never the same.
inline constexpr const char* kExcepted = "times.csv";

}  // namespace undertone::test
