#include <algorithm>
#include <map>
#include <string>

#include "eval/fitted.hpp"
#include "framework/speaker_profile.hpp"
#include "undertone/error.hpp"
#include "undertone/evaluation.hpp"
#include "undertone/scaler.hpp"

namespace undertone::eval {
namespace {

std::string joined(std::span<const std::string> items) {
    std::string text;
    for (const std::string& item : items) text += " " + item;
    return text;
}

}  // namespace

Dataset with_labels(const Dataset& dataset, std::span<const std::string> labels) {
    for (const std::string& label : labels)
        if (std::find(dataset.labels.begin(), dataset.labels.end(), label) == dataset.labels.end())
            throw Error(Errc::invalid_argument,
                        "no clip is labelled " + label + "; there are" + joined(dataset.labels));
    std::vector<int> new_target(dataset.labels.size(), -1);
    std::vector<std::string> kept_labels;
    for (std::size_t label = 0; label < dataset.labels.size(); ++label)
        if (std::find(labels.begin(), labels.end(), dataset.labels[label]) != labels.end()) {
            new_target[label] = static_cast<int>(kept_labels.size());
            kept_labels.push_back(dataset.labels[label]);
        }
    std::vector<std::size_t> kept;
    for (std::size_t clip = 0; clip < dataset.targets.size(); ++clip)
        if (new_target[static_cast<std::size_t>(dataset.targets[clip])] >= 0) kept.push_back(clip);
    if (kept.empty()) throw Error(Errc::invalid_argument, "no clip is left: name the labels to keep");
    Dataset some = some_clips(dataset, kept);
    some.failed = dataset.failed;
    some.labels = std::move(kept_labels);
    for (int& target : some.targets) target = new_target[static_cast<std::size_t>(target)];
    return some;
}

Dataset some_clips(const Dataset& dataset, std::span<const std::size_t> clips) {
    Dataset some;
    some.labels = dataset.labels;
    some.frame_set = dataset.frame_set;
    some.per_speaker = dataset.per_speaker;
    some.features = Matrix<double>(clips.size(), dataset.features.cols());
    for (std::size_t i = 0; i < clips.size(); ++i) {
        const std::size_t clip = clips[i];
        std::copy_n(dataset.features.row(clip).begin(), some.features.cols(), some.features.row(i).begin());
        some.targets.push_back(dataset.targets[clip]);
        some.recordings.push_back(dataset.recordings[clip]);
        if (dataset.per_frame()) some.samples.push_back(dataset.samples[clip]);
        if (!dataset.speakers.empty()) some.speakers.push_back(dataset.speakers[clip]);
        if (!dataset.sample_hashes.empty()) some.sample_hashes.push_back(dataset.sample_hashes[clip]);
    }
    return some;
}

Dataset normalised_by_speaker(const Dataset& dataset) {
    std::map<std::string, std::vector<std::size_t>> clips_of;
    for (std::size_t clip = 0; clip < dataset.recordings.size(); ++clip) {
        if (dataset.recordings[clip].speaker.empty())
            throw Error(Errc::invalid_argument, dataset.recordings[clip].path +
                                                    ": its speaker is not known, so that speakers cannot be "
                                                    "normalised");
        clips_of[dataset.recordings[clip].speaker].push_back(clip);
    }
    Dataset normalised = dataset;
    normalised.per_speaker = true;
    for (const auto& [speaker, clips] : clips_of) {
        if (clips.size() < 2)
            throw Error(Errc::invalid_argument, "speaker " + speaker +
                                                    " has a single clip, from which no deviation follows: "
                                                    "leave it out or do not normalise speakers");
        if (dataset.per_frame()) {
            const auto voice =
                std::make_shared<const std::vector<float>>(voice_of(frames_of(some_clips(dataset, clips))));
            normalised.speakers.resize(dataset.recordings.size());
            for (const std::size_t clip : clips) normalised.speakers[clip] = voice;
            continue;
        }
        Matrix<double> own = some_clips(dataset, clips).features;
        StandardScaler scaler;
        scaler.fit(own);
        scaler.transform(MatrixView<double>(own));
        for (std::size_t i = 0; i < clips.size(); ++i)
            std::copy_n(own.row(i).begin(), own.cols(), normalised.features.row(clips[i]).begin());
    }
    return normalised;
}

}  // namespace undertone::eval
