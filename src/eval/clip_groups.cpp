#include "eval/clip_groups.hpp"

#include <algorithm>
#include <set>

#include "undertone/protocols.hpp"

namespace undertone::eval {
namespace {

template <class Name>
ClipGroups grouped(const Dataset& dataset, Name name) {
    std::vector<std::string> all;
    for (const Recording& recording : dataset.recordings) all.push_back(name(recording));
    const std::set<std::string> sorted(all.begin(), all.end());
    ClipGroups groups{{sorted.begin(), sorted.end()}, {}, sorted.count("") == 0 && !sorted.empty()};
    for (const std::string& one : all)
        groups.of_clip.push_back(static_cast<int>(
            std::lower_bound(groups.names.begin(), groups.names.end(), one) - groups.names.begin()));
    return groups;
}

}  // namespace

ClipGroups by_speaker(const Dataset& dataset) {
    return grouped(dataset, [](const Recording& recording) { return recording.speaker; });
}

ClipGroups by_text(const Dataset& dataset) {
    return grouped(dataset, [](const Recording& recording) {
        return recording.text.empty() ? "" : recording.corpus + ":" + recording.text;
    });
}

ClipGroups by_corpus(const Dataset& dataset) {
    return grouped(dataset, [](const Recording& recording) { return recording.corpus; });
}

}  // namespace undertone::eval
