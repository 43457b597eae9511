#include "eval/inner_split.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "undertone/fields.hpp"
#include "undertone/random.hpp"

namespace undertone::eval {
namespace {

constexpr int kTries = 20;  // draws of speakers before clips are taken instead

/// The share to validate; 0 where there is none, or none that is a number: the framework then says so.
double share_of(const std::map<std::string, std::string>& options) {
    const auto found = options.find("validation_split");
    if (found == options.end()) return 0;
    double share = 0;
    try {
        detail::parse_number(found->first, found->second, share);
    } catch (const Error&) {
        return 0;
    }
    return share > 0 && share < 1 ? share : 0;
}

bool every_label_in(const Dataset& dataset, const std::vector<std::size_t>& clips, std::size_t n_first) {
    std::set<int> all, first;
    for (std::size_t i = 0; i < clips.size(); ++i) {
        all.insert(dataset.targets[clips[i]]);
        if (i < n_first) first.insert(dataset.targets[clips[i]]);
    }
    return first.size() == all.size();
}

/// Speakers in a random order; from the end so many validate as come nearest to the share, at least one.
InnerSplit of_speakers(const Dataset& dataset, const std::vector<std::size_t>& train,
                       std::vector<std::string> speakers, double share, RandomState& random) {
    random.shuffle(std::span(speakers));
    std::map<std::string, std::vector<std::size_t>> clips_of;
    for (const std::size_t clip : train) clips_of[dataset.recordings[clip].speaker].push_back(clip);
    const double wanted = share * static_cast<double>(train.size());
    InnerSplit split;
    std::size_t n_validating = 0;
    while (n_validating + 1 < speakers.size()) {
        const std::size_t more =
            split.n_validation + clips_of[speakers[speakers.size() - 1 - n_validating]].size();
        if (n_validating > 0 && std::abs(static_cast<double>(more) - wanted) >
                                    std::abs(static_cast<double>(split.n_validation) - wanted))
            break;
        split.n_validation = more;
        ++n_validating;
    }
    for (const std::string& speaker : speakers)
        split.clips.insert(split.clips.end(), clips_of[speaker].begin(), clips_of[speaker].end());
    return split;
}

}  // namespace

InnerSplit inner_split(const Dataset& dataset, const std::vector<std::size_t>& train, std::uint32_t seed,
                       std::map<std::string, std::string>& options) {
    InnerSplit split{train, 0};
    const double share = share_of(options);
    if (share == 0) return split;
    std::set<std::string> speakers;
    for (const std::size_t clip : train) speakers.insert(dataset.recordings[clip].speaker);
    RandomState random(seed);
    if (speakers.size() > 1 && speakers.count("") == 0)
        for (int attempt = 0; attempt < kTries; ++attempt) {
            InnerSplit one = of_speakers(dataset, train, {speakers.begin(), speakers.end()}, share, random);
            if (!every_label_in(dataset, one.clips, one.clips.size() - one.n_validation)) continue;
            // Keras keeps floor(n (1 - split)) clips: half a clip less of validation than meant rounds to it.
            options["validation_split"] = detail::number_text((static_cast<double>(one.n_validation) - 0.5) /
                                                              static_cast<double>(one.clips.size()));
            return one;
        }
    random.shuffle(std::span(split.clips));
    const double n = static_cast<double>(train.size());
    split.n_validation = train.size() - static_cast<std::size_t>(std::floor(n * (1 - share)));
    return split;
}

}  // namespace undertone::eval
