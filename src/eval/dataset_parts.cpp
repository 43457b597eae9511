#include <algorithm>
#include <map>
#include <string>

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

Matrix<double> rows_of(const Matrix<double>& features, const std::vector<std::size_t>& rows) {
    Matrix<double> some(rows.size(), features.cols());
    for (std::size_t i = 0; i < rows.size(); ++i)
        std::copy_n(features.row(rows[i]).begin(), features.cols(), some.row(i).begin());
    return some;
}

}  // namespace

Dataset with_labels(const Dataset& dataset, std::span<const std::string> labels) {
    for (const std::string& label : labels)
        if (std::find(dataset.labels.begin(), dataset.labels.end(), label) == dataset.labels.end())
            throw Error(Errc::invalid_argument,
                        "no clip is labelled " + label + "; there are" + joined(dataset.labels));
    Dataset some;
    some.failed = dataset.failed;
    std::vector<int> new_target(dataset.labels.size(), -1);
    for (std::size_t label = 0; label < dataset.labels.size(); ++label)
        if (std::find(labels.begin(), labels.end(), dataset.labels[label]) != labels.end()) {
            new_target[label] = static_cast<int>(some.labels.size());
            some.labels.push_back(dataset.labels[label]);
        }
    std::vector<std::size_t> kept;
    for (std::size_t clip = 0; clip < dataset.targets.size(); ++clip) {
        const int target = new_target[static_cast<std::size_t>(dataset.targets[clip])];
        if (target < 0) continue;
        kept.push_back(clip);
        some.targets.push_back(target);
        some.recordings.push_back(dataset.recordings[clip]);
        if (!dataset.sample_hashes.empty()) some.sample_hashes.push_back(dataset.sample_hashes[clip]);
    }
    if (kept.empty()) throw Error(Errc::invalid_argument, "no clip is left: name the labels to keep");
    some.features = rows_of(dataset.features, kept);
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
    for (const auto& [speaker, clips] : clips_of) {
        if (clips.size() < 2)
            throw Error(Errc::invalid_argument, "speaker " + speaker +
                                                    " has a single clip, from which no deviation follows: "
                                                    "leave it out or do not normalise speakers");
        Matrix<double> own = rows_of(dataset.features, clips);
        StandardScaler scaler;
        scaler.fit(own);
        scaler.transform(MatrixView<double>(own));
        for (std::size_t i = 0; i < clips.size(); ++i)
            std::copy_n(own.row(i).begin(), own.cols(), normalised.features.row(clips[i]).begin());
    }
    return normalised;
}

}  // namespace undertone::eval
