#include <algorithm>
#include <map>
#include <set>

#include "eval/plan_checks.hpp"
#include "formats/json.hpp"
#include "undertone/error.hpp"
#include "undertone/protocols.hpp"

namespace undertone::eval {
namespace {

constexpr std::size_t kNamed = 5;  // names that a message gives in full

/// A name from the file as one line of plain text: what cannot be shown is escaped as in JSON.
std::string plain(const std::string& name) {
    const std::string quoted = Json(name).dump(-1, true);
    return quoted.substr(1, quoted.size() - 2);
}

std::string file_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

std::string stem(const std::string& name) { return name.substr(0, name.find_last_of('.')); }

/// Clips by name. The ending may differ: corpora are passed on in other formats than the published one.
class ClipNames {
public:
    explicit ClipNames(const Dataset& dataset) {
        for (std::size_t clip = 0; clip < dataset.recordings.size(); ++clip) {
            const std::string& path = dataset.recordings[clip].path;
            by_path_[path].insert(clip);
            by_name_[file_name(path)].insert(clip);
            by_stem_[stem(file_name(path))].insert(clip);
        }
    }

    /// @return  the clips of that name: none, one, or several
    [[nodiscard]] std::set<std::size_t> find(const std::string& name) const {
        const std::array<std::pair<const Index*, std::string>, 3> ways{
            {{&by_path_, name}, {&by_name_, file_name(name)}, {&by_stem_, stem(file_name(name))}}};
        for (const auto& way : ways) {
            const auto found = way.first->find(way.second);
            if (found != way.first->end()) return found->second;
        }
        return {};
    }

private:
    using Index = std::map<std::string, std::set<std::size_t>>;
    Index by_path_, by_name_, by_stem_;
};

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kNamed); ++i)
        text += (i == 0 ? "" : ", ") + plain(names[i]);
    if (names.size() > kNamed) text += " and " + std::to_string(names.size() - kNamed) + " more";
    return text;
}

/// The folds of a file, and whether they are of speakers.
class FoldReader {
public:
    FoldReader(const Dataset& dataset, const std::string& origin)
        : dataset_(dataset), origin_(origin), clips_(dataset) {}

    std::vector<std::set<std::size_t>> read(std::string_view text) {
        const Json file = parse_json(text, origin_);
        if (!file.is_object() || !file.contains("folds") || !file["folds"].is_list())
            corrupt("must be {\"folds\": [{\"test\": [...]}, ...]}");
        std::vector<std::set<std::size_t>> tests;
        for (const Json& fold : file["folds"]) tests.push_back(test_of(fold, tests.size() + 1));
        if (tests.empty()) corrupt("has no fold");
        if (!missing_.empty())
            throw Error(Errc::invalid_argument,
                        origin_ + ": names what is not among the clips: " + listed(missing_));
        return tests;
    }

    [[nodiscard]] bool of_speakers() const { return n_speakers_ > 0 && n_clips_ == 0; }

private:
    [[noreturn]] void corrupt(const std::string& what) const {
        throw Error(Errc::corrupt_data, origin_ + ": " + what);
    }

    std::set<std::size_t> test_of(const Json& fold, std::size_t number) {
        const std::string where = "fold " + std::to_string(number);
        if (!fold.is_object() || fold.contains("test") == fold.contains("speakers"))
            corrupt(where + " must have either \"test\" or \"speakers\"");
        const bool speakers = fold.contains("speakers");
        const Json& names = speakers ? fold["speakers"] : fold["test"];
        for (const auto& item : fold.members())
            if (item.first != "test" && item.first != "speakers" && item.first != "name")
                corrupt(where + " has \"" + plain(item.first) + "\": known are test, speakers, name");
        if (!names.is_list() || names.empty()) corrupt(where + " must have a list of names");
        ++(speakers ? n_speakers_ : n_clips_);
        std::set<std::size_t> test;
        for (const Json& name : names) {
            if (!name.is_text()) corrupt(where + " has a name that is no text");
            const std::set<std::size_t> found =
                speakers ? of_speaker(name.get<std::string>()) : clip(name.get<std::string>());
            if (found.empty()) missing_.push_back(name.get<std::string>());
            test.insert(found.begin(), found.end());
        }
        return test;
    }

    std::set<std::size_t> of_speaker(const std::string& name) const {
        std::set<std::size_t> found;
        for (std::size_t clip = 0; clip < dataset_.recordings.size(); ++clip)
            if (dataset_.recordings[clip].speaker == name) found.insert(clip);
        return found;
    }

    std::set<std::size_t> clip(const std::string& name) const {
        std::set<std::size_t> found = clips_.find(name);
        if (found.size() > 1)
            throw Error(Errc::invalid_argument,
                        origin_ + ": " + plain(name) + " fits " + dataset_.recordings[*found.begin()].path +
                            " and " + dataset_.recordings[*found.rbegin()].path + ": write the path");
        return found;
    }

    const Dataset& dataset_;
    const std::string& origin_;
    ClipNames clips_;
    std::vector<std::string> missing_;
    std::size_t n_speakers_ = 0, n_clips_ = 0;
};

void check_tested_once(const Dataset& dataset, const std::vector<std::set<std::size_t>>& tests,
                       const std::string& origin) {
    std::map<std::size_t, std::size_t> fold_of;
    for (std::size_t fold = 0; fold < tests.size(); ++fold)
        for (const std::size_t clip : tests[fold]) {
            const auto added = fold_of.emplace(clip, fold);
            if (!added.second)
                throw Error(Errc::invalid_argument,
                            origin + ": " + dataset.recordings[clip].path + " tests in folds " +
                                std::to_string(added.first->second + 1) + " and " + std::to_string(fold + 1));
        }
}

}  // namespace

FoldPlan plan_folds(const Dataset& dataset, std::string_view text, const std::string& origin) {
    FoldReader reader(dataset, origin);
    const auto tests = reader.read(text);
    check_tested_once(dataset, tests, origin);
    FoldPlan plan;
    plan.protocol = "file:" + origin;
    std::size_t n_tested = 0;
    for (const std::set<std::size_t>& test : tests) {
        n_tested += test.size();
        plan.folds.emplace_back();
        for (std::size_t clip = 0; clip < dataset.recordings.size(); ++clip)
            (test.count(clip) > 0 ? plan.folds.back().test : plan.folds.back().train).push_back(clip);
    }
    if (n_tested < dataset.recordings.size())
        plan.notes.push_back(std::to_string(dataset.recordings.size() - n_tested) +
                             " clips only train: no fold of the file tests them");
    finish_plan(dataset, reader.of_speakers() ? Apart::speakers : Apart::nothing, plan);
    return plan;
}

}  // namespace undertone::eval
