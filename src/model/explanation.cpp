#include "undertone/explanation.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "undertone/error.hpp"
#include "undertone/extraction.hpp"
#include "undertone/frame_features.hpp"
#include "undertone/random.hpp"

namespace undertone {

namespace {

constexpr std::size_t kMostMoments = 24;

/// Parts of a clip: which of them are there decides what a model says.
/// @param order    `[n_parts]`
/// @return         `[n_parts + 1]` probabilities: with none of them, with the first of the order, the first
///                 two, ..., with all
using Along = std::function<std::vector<double>(std::span<const std::size_t> order)>;

/// Fills in values, errors and baseline.
void sample(Decomposition& parts, const ExplainOptions& options, const Along& along,
            const OnProgress& on_progress) {
    const std::size_t n = parts.rows.size() * parts.columns.size();
    parts.values = Matrix<double>(parts.rows.size(), parts.columns.size());
    parts.errors = parts.values;
    const auto n_pairs = static_cast<std::size_t>((options.n_draws + 1) / 2);
    RandomState random(options.random_state);
    std::vector<double> sums(n), squares(n), of_pair(n);
    for (std::size_t pair = 0; pair < n_pairs; ++pair) {
        std::vector<std::size_t> order = random.permutation(n);
        std::fill(of_pair.begin(), of_pair.end(), 0.0);
        for (int way = 0; way < 2; ++way) {
            const std::vector<double> probability = along(order);
            for (std::size_t i = 0; i < n; ++i)
                of_pair[order[i]] += (probability[i + 1] - probability[i]) / 2;
            parts.baseline = probability.front();
            std::reverse(order.begin(), order.end());
        }
        for (std::size_t i = 0; i < n; ++i) {
            sums[i] += of_pair[i];
            squares[i] += of_pair[i] * of_pair[i];
        }
        if (on_progress && !on_progress({pair + 1, n_pairs, 0}))
            throw Error(Errc::cancelled, "explaining was stopped");
    }
    const auto pairs = static_cast<double>(n_pairs);
    for (std::size_t i = 0; i < n; ++i) {
        const double mean = sums[i] / pairs;
        const double variance = std::max(squares[i] - pairs * mean * mean, 0.0) / (pairs - 1);
        parts.values.values()[i] = mean;
        parts.errors.values()[i] = std::sqrt(variance / pairs);
    }
}

/// The clip with ever more of its parts: source i has the first i of an order.
class Growing final : public FrameSource {
public:
    /// @param part_of   `[n_frames, n_columns]`
    Growing(const Matrix<float>& whole, const std::vector<float>& means, const Matrix<std::size_t>& part_of,
            std::span<const std::size_t> order, std::size_t n_bands, std::span<const float> speaker)
        : whole_(whole),
          means_(means),
          part_of_(part_of),
          place_(order.size()),
          n_bands_(n_bands),
          speaker_(speaker) {
        for (std::size_t i = 0; i < order.size(); ++i) place_[order[i]] = i;
    }
    [[nodiscard]] std::size_t size() const override { return place_.size() + 1; }
    [[nodiscard]] std::size_t n_columns() const override { return whole_.cols(); }
    [[nodiscard]] std::size_t n_bands() const override { return n_bands_; }
    void frames(std::size_t clip, Matrix<float>& out) const override {
        out.resize(whole_.rows(), whole_.cols());
        for (std::size_t t = 0; t < whole_.rows(); ++t)
            for (std::size_t c = 0; c < whole_.cols(); ++c)
                out(t, c) = place_[part_of_(t, c)] < clip ? whole_(t, c) : means_[c];
    }
    [[nodiscard]] std::span<const float> speaker(std::size_t) const override { return speaker_; }

private:
    const Matrix<float>& whole_;
    const std::vector<float>& means_;
    const Matrix<std::size_t>& part_of_;
    std::vector<std::size_t> place_;  // of each part in the order
    std::size_t n_bands_;
    std::span<const float> speaker_;
};

std::vector<double> column_of(const Matrix<double>& probabilities, std::size_t label) {
    std::vector<double> of_label;
    for (std::size_t row = 0; row < probabilities.rows(); ++row)
        of_label.push_back(probabilities(row, label));
    return of_label;
}

std::vector<std::string> moment_names(const std::vector<double>& edges_s) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i + 1 < edges_s.size(); ++i) names.push_back("moment " + std::to_string(i + 1));
    return names;
}

class Explainer {
public:
    Explainer(const Model& model, const Clip& clip, const SpeakerVoice* voice, const ExplainOptions& options,
              OnProgress on_progress)
        : model_(model), clip_(clip), voice_(voice), options_(options), on_progress_(std::move(on_progress)) {
        const double n = std::round(clip.duration_s() / options.segment_s);
        const auto n_moments =
            static_cast<std::size_t>(std::clamp(n, 1.0, static_cast<double>(kMostMoments)));
        for (std::size_t i = 0; i <= n_moments; ++i)
            edges_s_.push_back(clip.duration_s() * static_cast<double>(i) / static_cast<double>(n_moments));
    }

    Explanation explain(const std::string& asked) {
        const auto workspace = model_.features().workspace();
        const std::vector<double> features = extract_clip(model_.features(), clip_, *workspace);
        const Prediction prediction = voice_ != nullptr
                                          ? model_.predict(std::span<const double>(features), *voice_)
                                          : model_.predict(std::span<const double>(features));
        Explanation result;
        result.label = asked.empty() ? prediction.label : asked;
        const auto found = std::find(model_.labels().begin(), model_.labels().end(), result.label);
        if (found == model_.labels().end())
            throw Error(Errc::invalid_argument, result.label + ": the model has no such label");
        label_ = static_cast<std::size_t>(found - model_.labels().begin());
        result.probability = prediction.probabilities[label_];
        result.edges_s = edges_s_;
        if (model_.features().per_frame())
            of_frames(result, features);
        else
            of_vector(result, features);
        return result;
    }

private:
    [[nodiscard]] std::size_t moment_at(double time_s) const {
        const auto above = std::upper_bound(edges_s_.begin(), edges_s_.end(), time_s) - edges_s_.begin();
        return std::min(static_cast<std::size_t>(std::max<std::ptrdiff_t>(above, 1)) - 1,
                        edges_s_.size() - 2);
    }

    [[nodiscard]] OnProgress part(std::size_t index, std::size_t of) const {
        if (!on_progress_) return {};
        return [this, index, of](const Progress& progress) {
            return on_progress_({index * progress.total + progress.done, of * progress.total, 0});
        };
    }

    void of_frames(Explanation& result, const std::vector<double>& features) const {
        const std::size_t n_columns = model_.features().columns().size();
        const std::size_t n_bands = frame_features(model_.features()).n_bands();
        Matrix<float> whole(features.size() / n_columns, n_columns);
        std::transform(features.begin(), features.end(), whole.values().begin(),
                       [](double value) { return static_cast<float>(value); });
        std::vector<float> means(n_columns);
        for (std::size_t c = 0; c < n_columns; ++c) {
            double sum = 0;
            for (std::size_t t = 0; t < whole.rows(); ++t) sum += static_cast<double>(whole(t, c));
            means[c] = static_cast<float>(sum / static_cast<double>(whole.rows()));
        }

        Decomposition& parts = result.moments;
        parts.masked = "the mean of each band over the clip";
        parts.rows = moment_names(edges_s_);
        const std::size_t n_groups = std::min(static_cast<std::size_t>(options_.n_band_groups), n_bands);
        std::vector<std::size_t> group_of(n_columns);
        for (std::size_t g = 0; g < n_groups; ++g) {
            const std::size_t begin = g * n_bands / n_groups, end = (g + 1) * n_bands / n_groups;
            if (g == 0) result.band_edges.push_back(0);
            result.band_edges.push_back(static_cast<double>(end));
            parts.columns.push_back("bands " + std::to_string(begin) + "-" + std::to_string(end - 1));
            for (std::size_t c = begin; c < end; ++c) group_of[c] = g;
        }
        for (std::size_t c = n_bands; c < n_columns; ++c) {
            group_of[c] = parts.columns.size();
            parts.columns.push_back(model_.features().columns()[c]);
        }
        Matrix<std::size_t> part_of(whole.rows(), n_columns);
        const double frame_s =
            clip_.duration_s() / static_cast<double>(std::max<std::size_t>(whole.rows() - 1, 1));
        for (std::size_t t = 0; t < whole.rows(); ++t)
            for (std::size_t c = 0; c < n_columns; ++c)
                part_of(t, c) =
                    moment_at(frame_s * static_cast<double>(t)) * parts.columns.size() + group_of[c];

        const std::span<const float> speaker =
            voice_ != nullptr ? std::span<const float>(voice_->moments) : std::span<const float>{};
        sample(
            parts, options_,
            [&](std::span<const std::size_t> order) {
                const Growing source(whole, means, part_of, order, n_bands, speaker);
                return column_of(model_.predict_proba(source), label_);
            },
            part(0, 1));
    }

    /// Rows as predict_proba() takes them: against the speaker's voice where there is one.
    [[nodiscard]] std::vector<double> probabilities(Matrix<double> rows) const {
        if (voice_ != nullptr)
            for (std::size_t row = 0; row < rows.rows(); ++row)
                for (std::size_t c = 0; c < rows.cols(); ++c)
                    rows(row, c) = (rows(row, c) - static_cast<double>(voice_->moments[c])) /
                                   static_cast<double>(voice_->moments[rows.cols() + c]);
        return column_of(model_.predict_proba(rows), label_);
    }

    void of_vector(Explanation& result, const std::vector<double>& features) const {
        result.moments.masked = "silence";
        result.moments.rows = moment_names(edges_s_);
        result.moments.columns = {"all features"};
        const auto workspace = model_.features().workspace();
        const auto along_moments = [&](std::span<const std::size_t> order) {
            Matrix<double> rows(order.size() + 1, features.size());
            Clip heard{std::vector<float>(clip_.samples.size()), clip_.sample_rate, clip_.n_channels};
            for (std::size_t i = 0; i <= order.size(); ++i) {
                if (i > 0) {
                    const auto edge = [&](std::size_t moment) {
                        const double at = edges_s_[moment] * clip_.sample_rate;
                        return std::min(static_cast<std::size_t>(std::lround(at)), clip_.samples.size());
                    };
                    for (std::size_t s = edge(order[i - 1]); s < edge(order[i - 1] + 1); ++s)
                        heard.samples[s] = clip_.samples[s];
                }
                const std::vector<double> row = extract_clip(model_.features(), heard, *workspace);
                std::copy(row.begin(), row.end(), rows.row(i).begin());
            }
            return probabilities(std::move(rows));
        };
        sample(result.moments, options_, along_moments, part(0, 2));

        Decomposition parts;
        parts.rows = model_.features().columns();
        parts.columns = {"value"};
        std::vector<double> mean(features.size());
        parts.masked = "0";
        if (voice_ != nullptr) {
            parts.masked = "what is ordinary for the speaker";
            std::copy_n(voice_->moments.begin(), mean.size(), mean.begin());
        } else if (model_.scaler()) {
            parts.masked = "the mean over the clips that the model was trained on";
            mean.assign(model_.scaler()->mean().begin(), model_.scaler()->mean().end());
        }
        const auto along_features = [&](std::span<const std::size_t> order) {
            Matrix<double> rows(order.size() + 1, features.size());
            std::vector<double> row = mean;
            for (std::size_t i = 0; i <= order.size(); ++i) {
                if (i > 0) row[order[i - 1]] = features[order[i - 1]];
                std::copy(row.begin(), row.end(), rows.row(i).begin());
            }
            return probabilities(std::move(rows));
        };
        sample(parts, options_, along_features, part(1, 2));
        result.features = std::move(parts);
    }

    const Model& model_;
    const Clip& clip_;
    const SpeakerVoice* voice_;
    const ExplainOptions& options_;
    OnProgress on_progress_;
    std::vector<double> edges_s_;
    std::size_t label_ = 0;
};

/// What several parts did together. Their errors are taken for independent.
template <class At>
Contribution together(std::size_t n, At&& at) {
    Contribution sum;
    for (std::size_t i = 0; i < n; ++i) {
        const auto [value, error] = at(i);
        sum.value += value;
        sum.error += error * error;
    }
    sum.error = std::sqrt(sum.error);
    return sum;
}

}  // namespace

double Decomposition::sum() const {
    return std::accumulate(values.values().begin(), values.values().end(), 0.0);
}

Contribution Decomposition::of_row(std::size_t row) const {
    return together(columns.size(), [&](std::size_t c) { return std::pair{values(row, c), errors(row, c)}; });
}

Contribution Decomposition::of_column(std::size_t column) const {
    return together(rows.size(), [&](std::size_t r) {
        return std::pair{values(r, column), errors(r, column)};
    });
}

Explanation explain(const Model& model, const Clip& clip, const std::string& label, const SpeakerVoice* voice,
                    const ExplainOptions& options, const OnProgress& on_progress) {
    validate(options);
    if (clip.duration_s() > kMostExplainedSeconds)
        throw Error(Errc::invalid_argument, "explain: a clip of " +
                                                std::to_string(static_cast<int>(clip.duration_s())) +
                                                " s; at most 60 s are taken apart: choose a part of it");
    return Explainer(model, clip, voice, options, on_progress).explain(label);
}

}  // namespace undertone
