#include "eval/label_conflicts.hpp"

#include <unordered_map>

#include "undertone/error.hpp"

namespace undertone::eval {
namespace {

// "a.wav (angry)", and which part of it, where a table cuts it.
std::string told(const Recording& recording) {
    std::string text = recording.path;
    if (!recording.listed_at.empty()) text.append(" at ").append(recording.listed_at);
    return text.append(" (").append(recording.emotion).append(")");
}

}  // namespace

void check_one_label_a_sound(const Dataset& dataset) {
    std::unordered_map<std::uint64_t, std::size_t> first_of;
    std::size_t n_conflicts = 0, first = 0, second = 0;
    for (std::size_t clip = 0; clip < dataset.sample_hashes.size(); ++clip) {
        const auto [entry, is_new] = first_of.emplace(dataset.sample_hashes[clip], clip);
        if (is_new || dataset.targets[entry->second] == dataset.targets[clip]) continue;
        if (n_conflicts++ == 0) {
            first = entry->second;
            second = clip;
        }
    }
    if (n_conflicts == 0) return;
    std::string message = told(dataset.recordings[first]) + " and " + told(dataset.recordings[second]) +
                          " are the same sound, sample for sample, under two labels";
    if (n_conflicts > 1) message += "; there are " + std::to_string(n_conflicts) + " such clips";
    throw Error(Errc::corrupt_data,
                message +
                    "; correct the label of one or leave both out; silence alone tells no "
                    "emotion; undertone corpus --audit lists them all");
}

}  // namespace undertone::eval
