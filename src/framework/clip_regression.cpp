#include "framework/clip_regression.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/split_mix.hpp"
#include "framework/stored_values.hpp"
#include "learn/class_weights.hpp"
#include "learn/logistic_regression.hpp"
#include "learn/training_part.hpp"
#include "nn/frames/training.hpp"
#include "nn/frames/trimmed.hpp"
#include "nn/kernels/softmax.hpp"
#include "speech/functionals.hpp"
#include "undertone/error.hpp"

namespace undertone::nn {
namespace {

constexpr int kMostIterations = 100;

/// What of a clip is looked at: all that is told of it, but its level where nothing is known that it could be
/// compared with.
std::size_t n_used(std::size_t n_bands, bool by_voice, const SequenceNetworkOptions& options) {
    return n_functionals(n_bands) - (by_voice || options.level ? 0 : kLevelFunctionals);
}

void check_speaker(std::span<const float> speaker, std::size_t n_functionals) {
    if (speaker.size() != 2 * n_functionals)
        throw Error(Errc::shape_mismatch, "a speaker has " + std::to_string(speaker.size()) +
                                              " numbers, must have " + std::to_string(2 * n_functionals));
}

/// A speaker's deviation, as far as it can be believed.
double deviation_of(float own, float spread) {
    return static_cast<double>(std::clamp(own, spread / 2, spread * 2));
}

/// A functional as the regression reads it. Far outside of what was learnt it says no more than at the edge:
/// a clip of a minute is not twenty times as angry as one of three seconds.
double scaled(double value, float mean, float scale) {
    return std::clamp((value - static_cast<double>(mean)) / static_cast<double>(scale), -kFarthestFunctional,
                      kFarthestFunctional);
}

std::vector<float> as_float(std::span<const double> values) { return {values.begin(), values.end()}; }

}  // namespace

void ClipRegression::fit(const FrameSource& source, std::span<const int> y, std::size_t n_classes,
                         const SequenceOptions& options, ThreadPool& pool, const OnProgress& on_progress) {
    const std::size_t n_clips = training_part(source.size(), options.validation_split);
    // Against a known voice copies that are changed do harm (docs/experiments.md).
    const std::size_t n_copies = by_voice_ ? 1 : 1 + static_cast<std::size_t>(options.functionals_copies);
    const std::size_t used = n_used(source.n_bands(), by_voice_, options);
    if (by_voice_) {
        std::vector<double> sum(used);
        for (std::size_t clip = 0; clip < n_clips; ++clip) {
            check_speaker(source.speaker(clip), used);
            const std::span<const float> deviation = source.speaker(clip).last(used);
            for (std::size_t f = 0; f < used; ++f)
                sum[f] += static_cast<double>(deviation[f]) / static_cast<double>(n_clips);
        }
        spread_ = as_float(sum);
    }

    // Each clip as it is, and copies of it that are changed at random.
    Matrix<double> x(n_clips * n_copies, used);
    const std::uint64_t seed = drawn_at(options.random_state + (std::uint64_t{1} << 48U));
    pool.for_each(x.rows(), [&](std::size_t row) {
        const std::size_t clip = row / n_copies, copy = row % n_copies;
        const std::uint64_t draw = drawn_at(drawn_at(seed + copy) + clip);
        Matrix<float> frames;
        if (copy == 0)
            source.frames(clip, frames);
        else
            source.augmented(clip, draw, frames);
        check_frames(frames, clip);
        tell(frames, source.n_bands(), source.speaker(clip), options, x.row(row));
    });

    if (by_voice_) know_speakers(source, x, y.first(n_clips), n_classes);

    std::vector<double> mean(used), scale(used);
    for (std::size_t row = 0; row < x.rows(); ++row)
        for (std::size_t f = 0; f < used; ++f) mean[f] += x(row, f) / static_cast<double>(x.rows());
    for (std::size_t row = 0; row < x.rows(); ++row)
        for (std::size_t f = 0; f < used; ++f) {
            const double d = x(row, f) - mean[f];
            scale[f] += d * d / static_cast<double>(x.rows());
        }
    for (double& value : scale) value = value > 1e-12 ? std::sqrt(value) : 1;
    mean_ = as_float(mean);
    scale_ = as_float(scale);
    for (std::size_t row = 0; row < x.rows(); ++row)
        for (std::size_t f = 0; f < used; ++f) x(row, f) = scaled(x(row, f), mean_[f], scale_[f]);

    const std::vector<float> of_class = class_weights(y.first(n_clips), n_classes, options.class_weight);
    std::vector<int> labels;
    std::vector<double> weights;
    for (std::size_t row = 0; row < x.rows(); ++row) {
        labels.push_back(y[row / n_copies]);
        weights.push_back(static_cast<double>(of_class[static_cast<std::size_t>(labels.back())]));
    }
    const LinearWeights fitted = logistic_regression(
        x, labels, weights, n_classes, options.functionals_alpha, kMostIterations, pool,
        [&](int, double loss) {
            return !on_progress || on_progress({0, static_cast<std::size_t>(options.epochs), loss});
        });
    kernel_ = as_float(fitted.kernel.values());
    bias_ = as_float(fitted.bias);
}

void ClipRegression::adjust(std::span<const double> adjustment, double factor) {
    for (std::size_t c = 0; c < bias_.size(); ++c) bias_[c] -= static_cast<float>(factor * adjustment[c]);
}

void ClipRegression::know_speakers(const FrameSource& source, const Matrix<double>& x, std::span<const int> y,
                                   std::size_t n_classes) {
    const std::size_t used = x.cols();
    std::map<const float*, std::vector<std::size_t>> clips_of;
    std::vector<const float*> speakers;
    for (std::size_t clip = 0; clip < x.rows(); ++clip) {
        const float* const speaker = source.speaker(clip).data();
        if (clips_of[speaker].empty()) speakers.push_back(speaker);
        clips_of[speaker].push_back(clip);
    }
    const auto n_speakers = static_cast<double>(speakers.size());
    std::vector<double> center(used), between(used);
    for (const float* speaker : speakers)
        for (std::size_t f = 0; f < used; ++f) center[f] += static_cast<double>(speaker[f]) / n_speakers;
    for (const float* speaker : speakers)
        for (std::size_t f = 0; f < used; ++f) {
            const double d = static_cast<double>(speaker[f]) - center[f];
            between[f] += d * d / n_speakers;
        }
    center_ = as_float(center);
    between_ = as_float(between);

    Matrix<double> of_class(n_classes, used);
    std::vector<double> n_with(n_classes), sum(used);
    for (const float* speaker : speakers)
        for (std::size_t label = 0; label < n_classes; ++label) {
            std::fill(sum.begin(), sum.end(), 0.0);
            double n = 0;
            for (const std::size_t clip : clips_of[speaker]) {
                if (static_cast<std::size_t>(y[clip]) != label) continue;
                for (std::size_t f = 0; f < used; ++f) sum[f] += x(clip, f);
                ++n;
            }
            if (n == 0) continue;
            ++n_with[label];
            for (std::size_t f = 0; f < used; ++f)
                of_class(label, f) += sum[f] / n * deviation_of(speaker[used + f], spread_[f]);
        }
    for (std::size_t label = 0; label < n_classes; ++label)
        for (double& value : of_class.row(label)) value /= std::max(n_with[label], 1.0);
    of_class_ = as_float(of_class.values());
}

std::vector<float> ClipRegression::enrolled(std::span<const float> voice, std::size_t n_clips,
                                            int ordinary) const {
    const std::size_t used = mean_.size();
    std::vector<float> general(2 * used);
    for (std::size_t f = 0; f < used; ++f) {
        double mean = static_cast<double>(voice[f]);
        if (ordinary >= 0)
            mean -= static_cast<double>(of_class_[static_cast<std::size_t>(ordinary) * used + f]);
        const auto between = static_cast<double>(between_[f]), spread = static_cast<double>(spread_[f]),
                   center = static_cast<double>(center_[f]);
        const double weight = between / (between + spread * spread / static_cast<double>(n_clips));
        general[f] = static_cast<float>(center + weight * (mean - center));
        general[used + f] = spread_[f];
    }
    return general;
}

void ClipRegression::tell(MatrixView<const float> frames, std::size_t n_bands, std::span<const float> speaker,
                          const SequenceNetworkOptions& options, std::span<double> out) const {
    std::vector<double> all(n_functionals(n_bands));
    functionals(trimmed(frames, options.trim_db), n_bands, all);
    if (by_voice_) check_speaker(speaker, all.size());
    for (std::size_t f = 0; by_voice_ && f < all.size(); ++f) {
        all[f] =
            (all[f] - static_cast<double>(speaker[f])) / deviation_of(speaker[all.size() + f], spread_[f]);
    }
    std::copy_n(all.begin(), out.size(), out.begin());
}

std::vector<double> ClipRegression::predict(MatrixView<const float> frames, std::size_t n_bands,
                                            std::span<const float> speaker,
                                            const SequenceNetworkOptions& options) const {
    const std::size_t used = n_used(n_bands, by_voice_, options);
    if (used != mean_.size())
        throw Error(Errc::shape_mismatch, "a clip has " + std::to_string(used) +
                                              " functionals, the classifier was fitted on " +
                                              std::to_string(mean_.size()));
    std::vector<double> x(used), scores(bias_.begin(), bias_.end());
    tell(frames, n_bands, speaker, options, x);
    for (std::size_t f = 0; f < used; ++f) {
        const double value = scaled(x[f], mean_[f], scale_[f]);
        for (std::size_t c = 0; c < scores.size(); ++c)
            scores[c] += value * static_cast<double>(kernel_[f * scores.size() + c]);
    }
    softmax(std::span(scores));
    return scores;
}

std::vector<Tensor> ClipRegression::tensors() const {
    if (!fitted()) return {};
    std::vector<Tensor> tensors{{prefix() + "mean", {mean_.size()}, mean_},
                                {prefix() + "scale", {scale_.size()}, scale_},
                                {prefix() + "kernel", {mean_.size(), bias_.size()}, kernel_},
                                {prefix() + "bias", {bias_.size()}, bias_}};
    if (by_voice_) {
        tensors.push_back({prefix() + "spread", {spread_.size()}, spread_});
        tensors.push_back({prefix() + "center", {center_.size()}, center_});
        tensors.push_back({prefix() + "between", {between_.size()}, between_});
        tensors.push_back({prefix() + "of_class", {bias_.size(), mean_.size()}, of_class_});
    }
    return tensors;
}

bool ClipRegression::among(const std::vector<Tensor>& tensors) const {
    return std::any_of(tensors.begin(), tensors.end(),
                       [&](const Tensor& tensor) { return tensor.name.starts_with(prefix()); });
}

std::size_t ClipRegression::take(const std::vector<Tensor>& tensors, std::size_t n_classes) {
    const auto values = [&](const std::string& part, std::size_t n_dimensions) {
        const Tensor& tensor = stored_tensor(tensors, prefix() + part);
        if (tensor.shape.size() != n_dimensions)
            throw Error(Errc::corrupt_data, tensor.name + " has a shape that does not fit the options");
        return float_values(tensor);
    };
    mean_ = values("mean", 1);
    scale_ = values("scale", 1);
    kernel_ = values("kernel", 2);
    bias_ = values("bias", 1);
    if (by_voice_) {
        spread_ = values("spread", 1);
        center_ = values("center", 1);
        between_ = values("between", 1);
        of_class_ = values("of_class", 2);
    }
    const std::size_t n_known = by_voice_ ? mean_.size() : 0;
    if (bias_.size() != n_classes || scale_.size() != mean_.size() ||
        kernel_.size() != mean_.size() * n_classes || spread_.size() != n_known ||
        center_.size() != n_known || between_.size() != n_known || of_class_.size() != n_known * n_classes)
        throw Error(Errc::corrupt_data, prefix() + "*: the tensors do not fit together");
    for (const auto* of : {&scale_, &spread_})
        for (const float value : *of)
            if (value <= 0) throw Error(Errc::corrupt_data, prefix() + "*: a deviation is not above 0");
    for (const float value : between_)
        if (value < 0) throw Error(Errc::corrupt_data, prefix() + "between: a variance is below 0");
    return by_voice_ ? 8 : 4;
}

}  // namespace undertone::nn
