#pragma once

#include <string>
#include <vector>

#include "undertone/corpus.hpp"
#include "undertone/training.hpp"

/// Clips by what they share: the one place that says what a speaker, a text and a corpus of a clip are.
namespace undertone::eval {

struct ClipGroups {
    std::vector<std::string> names;  ///< `[n_groups]`, sorted
    std::vector<int> of_clip;        ///< `[n_clips]`, indices into names
    bool known = true;               ///< of every clip; the name of those not known is ""
};

[[nodiscard]] ClipGroups by_speaker(const Dataset& dataset);
/// Texts of different corpora are different texts.
[[nodiscard]] ClipGroups by_text(const Dataset& dataset);
[[nodiscard]] ClipGroups by_corpus(const Dataset& dataset);

}  // namespace undertone::eval
