#include "exchange/frame_model.hpp"

#include <numbers>
#include <optional>

#include "exchange/tensors.hpp"
#include "formats/json.hpp"
#include "framework/clip_regression.hpp"
#include "framework/undertone_framework.hpp"
#include "undertone/error.hpp"
#include "undertone/frame_features.hpp"

namespace undertone::exchange {
namespace {

/// As the networks read them: bands less their mean over the clip, unless the level counts.
HeardFrames levelled(const HeardFrames& clip, std::size_t n_bands, bool level) {
    const FrameValue& all = clip.frames;
    HeardFrames made = clip;
    if (!level) {
        const FrameValue bands = all.channels(counted(0, n_bands));
        const FrameValue mean = bands.wide().then(FrameOp::mean_channels).sum() / clip.n;
        made.frames = bands - mean.single();
        if (n_bands < all.n_channels())
            made.frames = FrameValue::joined({made.frames, all.channels(counted(n_bands, all.n_channels()))});
    }
    made.frames = made.frames * clip.inside.single();
    return made;
}

/// What the logistic regression of functionals says, `[1, n_classes]` probabilities.
FrameValue regression_of(const std::vector<Tensor>& tensors, const HeardFrames& clip, std::size_t n_bands) {
    const std::vector<double> mean = numbers(named(tensors, "functionals/mean")),
                              bias = numbers(named(tensors, "functionals/bias"));
    const std::size_t used = mean.size(), n_classes = bias.size();
    return functionals_of(clip, n_bands)
        .channels(counted(0, used))
        .layer(FrameOp::standardize, "functionals/scaled",
               {Tensor{"mean", {used}, mean},
                Tensor{"scale", {used}, numbers(named(tensors, "functionals/scale"))}})
        .at_least(-nn::kFarthestFunctional)
        .at_most(nn::kFarthestFunctional)
        .layer(FrameOp::dense, "functionals/regression",
               {Tensor{"kernel", {used, n_classes}, numbers(named(tensors, "functionals/kernel"))},
                Tensor{"bias", {n_classes}, bias}})
        .then(FrameOp::softmax);
}

/// The logarithm of probabilities that count as so much at least.
FrameValue logarithm(const FrameValue& proba, double least) {
    return proba.at_least(least).then(FrameOp::logarithm);
}

std::string recipe(const FeatureSet& features) {
    Json json{{"name", features.name()}, {"options", features.options()}};
    return json.dump();
}

/// What the file takes, for who reads it.
std::string about_frames(const FeatureSet& features, double trim_db) {
    const std::string n = std::to_string(features.columns().size());
    const std::string begin = "float32 [n_clips, n_frames, " + n + "]: the frames of " + features.name() +
                              " as undertone extract gives them, whole and as loud as they are; ";
    if (trim_db == 0) return begin + "clips of one length at once";
    return begin +
           "shorter clips of a batch are filled up at either end with frames of -1000, which are "
           "trimmed as silence is";
}

}  // namespace

HeardFrames heard(const FrameValue& frames, double trim_db) {
    const FrameValue times = frames.times(), inside = times.then(FrameOp::ones);
    if (trim_db == 0) return {frames, inside, times, (times + 1).most()};
    constexpr double kFar = 1e9;  // behind all frames
    const FrameValue loudest = frames.then(FrameOp::most_channels).wide();
    const FrameValue silent = loudest < loudest.most() - trim_db * std::numbers::ln10 / 10;
    const FrameValue first = (times + silent * kFar).then(FrameOp::multiply, -1).most() * -1;
    const FrameValue end = ((times + 1) * (inside - silent)).most(), n = end - first;
    const FrameValue places = (times + first).then(FrameOp::minimum, end - 1);
    const FrameValue within = times < n;
    return {frames.then(FrameOp::take_time, places) * within.single(), within, times, n};
}

FrameModel frame_model_of(const Model& model) {
    const FrameFeatures& features = frame_features(model.features());
    const nn::SequenceParts parts = nn::sequence_parts(model.classifier());
    const SequenceNetworkOptions& options = parts.options;
    FrameModel made;
    FrameGraph& graph = made.graph;
    const FrameValue frames(graph, graph.add({.n_channels = features.columns().size()}));
    const HeardFrames clip = heard(frames, options.trim_db);
    const HeardFrames read = levelled(clip, features.n_bands(), options.level);

    std::optional<FrameValue> sum;
    for (std::size_t m = 0; m < parts.members.size(); ++m) {
        const FrameValue one =
            network_of(parts.members[m], read, "member_" + std::to_string(m + 1) + "/").wide();
        sum = sum ? *sum + one : one;
    }
    FrameValue proba =
        *sum / (sum->then(FrameOp::mean_channels) * static_cast<double>(model.labels().size()));
    if (options.functionals > 0) {
        const FrameValue of_clip = regression_of(model.classifier().tensors(), clip, features.n_bands());
        const FrameValue both = logarithm(proba, nn::kLeastProbability) * (1 - options.functionals) +
                                logarithm(of_clip, nn::kLeastProbability) * options.functionals;
        proba = (both * options.sharpness).then(FrameOp::softmax);
    }
    if (model.calibration())
        proba = (logarithm(proba, Calibration::kLeastProbability) / model.calibration()->temperature)
                    .then(FrameOp::softmax);
    graph.end_with(proba.single().step());
    made.labels = model.labels();
    made.notes = {{"features", recipe(features)}, {"frames", about_frames(features, options.trim_db)}};
    return made;
}

}  // namespace undertone::exchange
