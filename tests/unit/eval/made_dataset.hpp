#pragma once

#include <string>

#include "undertone/evaluation.hpp"
#include "undertone/random.hpp"

namespace undertone::eval {

/// Three emotions that lie apart, told by `n_speakers` voices of which each has an offset of its own, in four
/// texts. Clips that share a number modulo `n_corpora` of their speaker are of one corpus.
inline Dataset made_dataset(std::size_t n_clips, std::size_t n_speakers, std::size_t n_corpora = 1) {
    constexpr std::size_t kColumns = 6;
    RandomState random(4);
    Dataset made;
    made.labels = {"calm", "sad", "angry"};
    made.features = Matrix<double>(n_clips, kColumns);
    for (std::size_t i = 0; i < n_clips; ++i) {
        const std::size_t speaker = i / 3 % n_speakers;
        for (std::size_t k = 0; k < kColumns; ++k)
            made.features(i, k) =
                random.uniform(-1, 1) + (k % 3 == i % 3 ? 1.2 : 0) + (k == speaker % kColumns ? 1.0 : 0);
        made.targets.push_back(static_cast<int>(i % 3));
        const std::string corpus = "c" + std::to_string(speaker % n_corpora);
        const std::string number = (speaker < 10 ? "0" : "") + std::to_string(speaker);
        Recording& recording = made.recordings.emplace_back();
        recording.path = "dir/clip" + std::to_string(i) + ".flac";
        recording.emotion = made.labels[i % 3];
        recording.speaker = corpus + ":" + number;
        recording.text = std::to_string(i % 4);
        recording.corpus = corpus;
        made.sample_hashes.push_back(1000 + i);
    }
    return made;
}

inline EvaluationOptions made_options() {
    EvaluationOptions options;
    options.train.framework_options = {
        {"hidden_layer_sizes", "6"}, {"max_iter", "25"}, {"learning_rate_init", "0.02"}};
    options.bootstrap.n_draws = 300;
    return options;
}

}  // namespace undertone::eval
