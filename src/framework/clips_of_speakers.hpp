#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "undertone/frame_source.hpp"

namespace undertone::nn {

/// The clips of each speaker who is known, in the order of their first clips.
[[nodiscard]] inline std::vector<std::vector<std::size_t>> clips_of_speakers(const FrameSource& clips) {
    std::vector<std::vector<std::size_t>> speakers;
    std::map<const float*, std::size_t> at;
    for (std::size_t clip = 0; clip < clips.size(); ++clip) {
        if (clips.speaker(clip).empty()) continue;
        const auto [found, is_new] = at.try_emplace(clips.speaker(clip).data(), speakers.size());
        if (is_new) speakers.emplace_back();
        speakers[found->second].push_back(clip);
    }
    return speakers;
}

}  // namespace undertone::nn
