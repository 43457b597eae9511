#include "framework/pooled_voice.hpp"

#include <algorithm>

#include "framework/clips_of_speakers.hpp"
#include "nn/frames/training.hpp"

namespace undertone::nn {
namespace {

/// So many clips that lie where everybody's do are added to the speaker's (docs/experiments.md).
constexpr double kDoubt = 10;
/// A network tells the clips that it learnt from further apart than others.
constexpr double kOfMood = 0.7;

std::vector<double> mean_of_parts(MatrixView<const float> parts) {
    std::vector<double> mean(parts.cols());
    for (std::size_t c = 0; c < mean.size(); ++c) {
        for (std::size_t part = 0; part < parts.rows(); ++part)
            mean[c] += static_cast<double>(parts(part, c));
        mean[c] /= static_cast<double>(parts.rows());
    }
    return mean;
}

/// Of one clip: the mean over its parts, less everybody's and less what its moods change.
std::vector<double> offset_of_clip(MatrixView<const float> parts, std::span<const double> proba,
                                   MatrixView<const float> moods, std::span<const float> mean) {
    std::vector<double> offset = mean_of_parts(parts);
    for (std::size_t c = 0; c < offset.size(); ++c) {
        double expected = static_cast<double>(mean[c]);
        for (std::size_t label = 0; label < proba.size(); ++label)
            expected += kOfMood * proba[label] * static_cast<double>(moods(label, c));
        offset[c] -= expected;
    }
    return offset;
}

std::vector<float> offset_of(std::span<const double> sum, std::size_t n_clips) {
    std::vector<float> offset(sum.size());
    for (std::size_t c = 0; c < offset.size(); ++c)
        offset[c] = static_cast<float>(sum[c] / (static_cast<double>(n_clips) + kDoubt));
    return offset;
}

void add(std::vector<double>& sum, std::span<const double> values, double factor = 1) {
    for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += factor * values[c];
}

}  // namespace

std::span<const float> pooled_mean(const SequenceNetwork<float>& network) {
    for (const Parameter<float>& parameter :
         std::as_const(*network.nodes()[network.node(kPoolingNorm)].layer).parameters())
        if (parameter.name.ends_with("/moving_mean")) return parameter.values;
    return {};
}

Matrix<float> pooled_moods(const FrameSource& clips, std::span<const Matrix<float>> pooled,
                           std::span<const int> y, std::size_t n_classes) {
    const std::size_t n_pooled = pooled.empty() ? 0 : pooled.front().cols();
    Matrix<double> moods(n_classes, n_pooled);
    std::vector<double> n_speakers(n_classes);
    for (const std::vector<std::size_t>& own : clips_of_speakers(clips)) {
        Matrix<double> means(n_classes, n_pooled);
        std::vector<double> n_clips(n_classes), general(n_pooled);
        for (const std::size_t clip : own) {
            const auto label = static_cast<std::size_t>(y[clip]);
            n_clips[label] += 1;
            const std::vector<double> of_clip = mean_of_parts(pooled[clip]);
            for (std::size_t c = 0; c < n_pooled; ++c) means(label, c) += of_clip[c];
        }
        const auto n_heard = static_cast<double>(
            std::count_if(n_clips.begin(), n_clips.end(), [](double n) { return n > 0; }));
        for (std::size_t label = 0; label < n_classes; ++label)
            for (std::size_t c = 0; c < n_pooled && n_clips[label] > 0; ++c)
                general[c] += (means(label, c) /= n_clips[label]) / n_heard;
        for (std::size_t label = 0; label < n_classes; ++label) {
            if (n_clips[label] == 0) continue;
            n_speakers[label] += 1;
            for (std::size_t c = 0; c < n_pooled; ++c) moods(label, c) += means(label, c) - general[c];
        }
    }
    Matrix<float> out(n_classes, n_pooled);
    for (std::size_t label = 0; label < n_classes; ++label)
        for (std::size_t c = 0; c < n_pooled; ++c)
            out(label, c) = static_cast<float>(moods(label, c) / std::max(n_speakers[label], 1.0));
    return out;
}

std::vector<float> pooled_offset(std::span<const Matrix<float>> pooled, MatrixView<const double> proba,
                                 MatrixView<const float> moods, std::span<const float> mean) {
    std::vector<double> sum(mean.size());
    for (std::size_t clip = 0; clip < pooled.size(); ++clip)
        add(sum, offset_of_clip(pooled[clip], proba.row(clip), moods, mean));
    return offset_of(sum, pooled.size());
}

void take_off_offset(std::span<const float> offset, Matrix<float>& parts) {
    for (std::size_t part = 0; part < parts.rows(); ++part)
        for (std::size_t c = 0; c < offset.size(); ++c) parts(part, c) -= offset[c];
}

std::vector<bool> take_off_offsets(const FrameSource& clips, std::size_t first,
                                   MatrixView<const double> proba, MatrixView<const float> moods,
                                   std::span<const float> mean, std::span<Matrix<float>> pooled) {
    std::vector<bool> taken(clips.size());
    for (const std::vector<std::size_t>& own : clips_of_speakers(clips)) {
        const std::span<const float> numbers = clips.speaker(own.front());
        for (const std::size_t clip : own) taken[clip] = numbers.size() > first || own.size() > 1;
        if (numbers.size() > first) {
            for (const std::size_t clip : own)
                take_off_offset(numbers.subspan(first, mean.size()), pooled[clip]);
            continue;
        }
        std::vector<std::vector<double>> offsets;
        std::vector<double> sum(mean.size());
        for (const std::size_t clip : own)
            add(sum, offsets.emplace_back(offset_of_clip(pooled[clip], proba.row(clip), moods, mean)));
        for (std::size_t i = 0; i < own.size(); ++i) {
            std::vector<double> others = sum;
            add(others, offsets[i], -1);
            take_off_offset(offset_of(others, own.size() - 1), pooled[own[i]]);
        }
    }
    return taken;
}

}  // namespace undertone::nn
