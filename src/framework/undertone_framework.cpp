#include "framework/undertone_framework.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/progress_part.hpp"
#include "core/split_mix.hpp"
#include "framework/clips_of_speakers.hpp"
#include "framework/pooled_voice.hpp"
#include "framework/undertone_state.hpp"
#include "framework/usual_scores.hpp"
#include "learn/class_checks.hpp"
#include "learn/class_weights.hpp"
#include "learn/training_part.hpp"
#include "nn/frames/training.hpp"
#include "nn/kernels/softmax.hpp"
#include "speech/functionals.hpp"
#include "undertone/error.hpp"
#include "undertone/sequence_options.hpp"

namespace undertone {

int default_epochs(std::size_t n_clips, int batch_size) {
    constexpr std::size_t kSteps = 6400, kLeast = 40;
    const std::size_t steps_per_epoch = (n_clips - 1) / static_cast<std::size_t>(batch_size) + 1;
    return static_cast<int>(std::max(kSteps / steps_per_epoch, kLeast));
}

AugmentOptions augment_options(const std::vector<std::pair<std::string, std::string>>& framework_options,
                               std::size_t n_speakers) {
    constexpr double kMostFactor = 2;
    AugmentOptions options;
    SequenceFitOptions fit;
    fit.few_speakers = 0;  // of a framework that has no such option
    for_each_field<AugmentOptions>([&](const auto& field) {
        for (const auto& [name, text] : framework_options)
            if (name == field.name) set_field(options, name, text);
    });
    for (const auto& [name, text] : framework_options)
        if (name == "few_speakers") set_field(fit, name, text);
    if (n_speakers == 0) return options;
    const double factor = std::clamp(fit.few_speakers / static_cast<double>(n_speakers), 1.0, kMostFactor);
    options.speed = std::min(options.speed * factor, kMostSpeed);
    options.warp = std::min(options.warp * factor, kMostWarp);
    return options;
}

namespace nn {
namespace {

using Network = SequenceNetwork<float>;

/// Where a speaker is known the network gains more by it than the regression, and where its usual scores are,
/// the two together are surer still: log loss and calibration error of unheard speakers agree on that
/// (docs/experiments.md).
constexpr double kSurer = 1.2, kMoreOfNetwork = 1.5;

double logarithm(double proba) { return std::log(std::max(proba, kLeastProbability)); }

Matrix<double> logarithms(Matrix<double> proba) {
    for (double& value : proba.values()) value = logarithm(value);
    return proba;
}

/// Seed of one of several networks, the first of which has the seed itself.
std::uint32_t member_seed(std::uint32_t seed, std::size_t member) {
    return member == 0 ? seed : static_cast<std::uint32_t>(drawn_at(seed + (std::uint64_t{member} << 32U)));
}

class SequenceClassifier final : public Classifier {
public:
    explicit SequenceClassifier(SequenceOptions options, SequenceState state = {}, History history = {})
        : options_(std::move(options)), state_(std::move(state)), history_(std::move(history)) {}

    std::string_view framework() const override { return "undertone"; }
    bool takes_frames() const override { return true; }
    Dtype dtype() const override { return Dtype::float32; }
    std::vector<std::pair<std::string, std::string>> options() const override {
        return option_texts(options_);
    }
    int n_features() const override {
        return state_.members.empty() ? 0 : static_cast<int>(state_.members.front().n_columns());
    }
    int n_classes() const override {
        return state_.members.empty() ? 0 : static_cast<int>(state_.members.front().n_outputs());
    }
    const History& history() const override { return history_; }

    void fit(MatrixView<const double>, std::span<const int>, int, const OnProgress&) override {
        throw Error(Errc::incompatible_model, "undertone learns from frames, not from one vector a clip");
    }
    Matrix<double> predict_proba(MatrixView<const double>) const override {
        throw Error(Errc::incompatible_model, "undertone reads frames, not one vector a clip");
    }
    void fit_frames(const FrameSource& clips, std::span<const int> y, int n_classes, std::size_t n_threads,
                    const OnProgress& on_progress) override;
    Matrix<double> predict_frames(const FrameSource& clips) const override;
    std::vector<float> enrolled(const FrameSource& clips, std::vector<float> voice,
                                int ordinary) const override;
    std::vector<Tensor> tensors() const override { return tensors_of(state_); }
    SequenceParts parts() const { return {options_, state_.members}; }

private:
    /// By each member, of each clip: what pool() gives.
    using Pooled = std::vector<std::vector<Matrix<float>>>;
    struct Heard {
        Pooled pooled;
        Matrix<double> regression;  ///< `[n_clips, n_classes]` probabilities; empty where there is none
    };
    Heard hear(const FrameSource& clips) const;
    /// `[n_clips, n_classes]` probabilities, the members' mean.
    Matrix<double> answers(const Pooled& pooled) const;

    /// How the two are put together.
    struct Mixture {
        double sharpness;
        double share;  ///< of the regression
    };
    Mixture mixture(bool known, bool surer) const;

    /// Probabilities from the network's scores and the regression's probabilities.
    /// @param known, surer   `[n_clips]` whether the speaker is, and whether its usual scores are
    Matrix<double> together(const Matrix<double>& network, const Matrix<double>& regression,
                            const std::vector<bool>& known, const std::vector<bool>& surer) const;

    /// The numbers of a speaker: those of the voice; then, if they were told, the offset of what each member
    /// pools; then the usual scores.
    struct Places {
        std::size_t pooled, of_member, usual, end;
    };
    Places places(std::size_t n_bands) const;

    SequenceOptions options_;
    SequenceState state_;
    History history_;
};

void SequenceClassifier::fit_frames(const FrameSource& clips, std::span<const int> y, int n_classes,
                                    std::size_t n_threads, const OnProgress& on_progress) {
    check_classes(y, clips.size(), n_classes);
    ThreadPool pool(n_threads);
    const auto n_members = static_cast<std::size_t>(options_.members);
    SequenceOptions options = options_;
    if (options.functionals == 0 && !clips.speaker(0).empty())
        throw Error(Errc::invalid_argument,
                    "functionals = 0: only they are compared with a speaker's; raise them, or do not "
                    "normalise speakers");
    if (options.epochs == 0) options.epochs = default_epochs(clips.size(), options.batch_size);
    SequenceState state;
    History history;
    const std::vector<double> adjustment = logit_adjustment(
        y.first(training_part(clips.size(), options.validation_split)), static_cast<std::size_t>(n_classes),
        options.class_weight == ClassWeight::balanced ? options.few_clips : 0);
    for (ClipRegression* regression : {&state.of_clips, &state.by_voice}) {
        const bool by_voice = regression == &state.by_voice;
        if (options_.functionals == 0 || (by_voice && clips.speaker(0).empty())) continue;
        regression->fit(clips, y, static_cast<std::size_t>(n_classes), options, pool, on_progress);
        // All of it, since what the network always says would be taken for what a known speaker usually is.
        const Mixture its = mixture(by_voice, by_voice);
        regression->adjust(adjustment, 1 / (its.share * its.sharpness));
    }
    const auto adjust_member = [&] {  // the last one
        if (options_.functionals > 0) return;
        for (Parameter<float>* parameter : state.members.back().parameters())
            if (parameter->name == "output/bias")
                for (std::size_t c = 0; c < adjustment.size(); ++c)
                    parameter->values[c] -= static_cast<float>(adjustment[c]);
    };
    const auto add_moods = [&] {  // of the last member
        if (clips.speaker(0).empty()) return;
        const Network& member = state.members.back();
        Network::Workspace workspace = member.workspace(pool);
        std::vector<Matrix<float>> pooled;
        Matrix<float> frames;
        for (std::size_t clip = 0; clip < clips.size(); ++clip) {
            clips.frames(clip, frames);
            pooled.push_back(nn::pool(member, frames, clips.n_bands(), options, workspace));
        }
        state.moods.push_back(pooled_moods(clips, pooled, y, static_cast<std::size_t>(n_classes)));
    };
    for (std::size_t i = 0; i < n_members; ++i) {
        options.random_state = member_seed(options_.random_state, i);
        RandomState random(options.random_state);
        state.members.push_back(
            build_network(options, clips.n_columns(), static_cast<std::size_t>(n_classes), random));
        History one;
        try {
            nn::fit(state.members.back(), clips, y, options, pool, one,
                    progress_of_part(on_progress, i, n_members));
        } catch (const Error& error) {
            if (error.code() != Errc::numerical || one["loss"].empty()) throw;
            const std::size_t n_epochs = one["loss"].size();
            SequenceOptions reached = options_;
            reached.members = static_cast<int>(state.members.size());
            adjust_member();
            add_moods();
            throw Diverged(error.what(), n_epochs,
                           std::make_shared<SequenceClassifier>(reached, std::move(state), std::move(one)));
        }
        adjust_member();
        add_moods();
        // A curve of several is their mean.
        for (const auto& [name, curve] : one) {
            std::vector<double>& mean = history[name];
            mean.resize(curve.size());
            for (std::size_t epoch = 0; epoch < curve.size(); ++epoch)
                mean[epoch] += curve[epoch] / static_cast<double>(n_members);
        }
    }
    state_ = std::move(state);
    history_ = std::move(history);
}

SequenceClassifier::Heard SequenceClassifier::hear(const FrameSource& clips) const {
    if (state_.members.empty())
        throw Error(Errc::not_fitted, "undertone: fit or load the classifier before it predicts");
    if (clips.n_columns() != state_.members.front().n_columns())
        throw Error(Errc::shape_mismatch, "frames have " + std::to_string(clips.n_columns()) +
                                              " columns: the classifier was fitted on " +
                                              std::to_string(state_.members.front().n_columns()));
    const Places at = places(clips.n_bands());
    ThreadPool threads(1);
    Heard heard{Pooled(state_.members.size()), Matrix<double>(state_.of_clips.fitted() ? clips.size() : 0,
                                                              state_.members.front().n_outputs())};
    std::vector<Network::Workspace> workspaces;
    for (const Network& member : state_.members) workspaces.push_back(member.workspace(threads));
    Matrix<float> frames;
    for (std::size_t i = 0; i < clips.size(); ++i) {
        clips.frames(i, frames);
        check_frames(frames, i);
        for (std::size_t m = 0; m < state_.members.size(); ++m)
            heard.pooled[m].push_back(
                pool(state_.members[m], frames, clips.n_bands(), options_, workspaces[m]));
        if (!state_.of_clips.fitted()) continue;
        std::span<const float> voice = clips.speaker(i);
        if (!voice.empty() && voice.size() != at.pooled && voice.size() != at.end)
            throw Error(Errc::shape_mismatch, "the voice has " + std::to_string(voice.size()) +
                                                  " numbers, must have " + std::to_string(at.pooled) +
                                                  " or " + std::to_string(at.end));
        voice = voice.first(std::min(voice.size(), at.pooled));
        const ClipRegression& regression =
            state_.by_voice.fitted() && !voice.empty() ? state_.by_voice : state_.of_clips;
        const std::vector<double> of_clip = regression.predict(frames, clips.n_bands(), voice, options_);
        std::copy(of_clip.begin(), of_clip.end(), heard.regression.row(i).begin());
    }
    return heard;
}

Matrix<double> SequenceClassifier::answers(const Pooled& pooled) const {
    ThreadPool threads(1);
    Matrix<double> proba(pooled.front().size(), state_.members.front().n_outputs());
    for (std::size_t m = 0; m < state_.members.size(); ++m) {
        Network::Workspace workspace = state_.members[m].workspace(threads);
        for (std::size_t i = 0; i < proba.rows(); ++i) {
            const std::vector<float> one = answer(state_.members[m], pooled[m][i], workspace);
            for (std::size_t c = 0; c < one.size(); ++c) proba(i, c) += static_cast<double>(one[c]);
        }
    }
    for (std::size_t i = 0; i < proba.rows(); ++i) {
        const auto row = proba.row(i);
        const double sum = std::accumulate(row.begin(), row.end(), 0.0);
        if (!std::isfinite(sum))
            throw Error(Errc::numerical, "the probabilities of clip " + std::to_string(i) +
                                             " are not numbers: its frames are out of all proportion");
        for (double& value : row) value /= sum;
    }
    return proba;
}

SequenceClassifier::Places SequenceClassifier::places(std::size_t n_bands) const {
    const Network& member = state_.members.front();
    const std::size_t pooled = voice_size(n_bands);
    const std::size_t of_member = pooled_mean(member).size();
    const std::size_t usual = pooled + state_.members.size() * of_member;
    return {pooled, of_member, usual, usual + member.n_outputs()};
}

SequenceClassifier::Mixture SequenceClassifier::mixture(bool known, bool surer) const {
    const double of_network = (1 - options_.functionals) * (known ? kMoreOfNetwork : 1);
    return {options_.sharpness * (surer ? kSurer : 1),
            options_.functionals / (options_.functionals + of_network)};
}

Matrix<double> SequenceClassifier::together(const Matrix<double>& network, const Matrix<double>& regression,
                                            const std::vector<bool>& known,
                                            const std::vector<bool>& surer) const {
    Matrix<double> proba(network.rows(), network.cols());
    for (std::size_t i = 0; i < proba.rows(); ++i) {
        const Mixture its = mixture(known[i], surer[i]);
        for (std::size_t c = 0; c < proba.cols(); ++c)
            proba(i, c) =
                its.sharpness * ((1 - its.share) * network(i, c) + its.share * logarithm(regression(i, c)));
        softmax(proba.row(i));
    }
    return proba;
}

Matrix<double> SequenceClassifier::predict_frames(const FrameSource& clips) const {
    Heard heard = hear(clips);
    if (!state_.of_clips.fitted()) return answers(heard.pooled);
    Matrix<double> scores = logarithms(answers(heard.pooled));
    std::vector<bool> known(clips.size()), surer(clips.size());
    if (state_.by_voice.fitted() && !clips_of_speakers(clips).empty()) {
        const Places at = places(clips.n_bands());
        const Matrix<double> at_first = together(scores, heard.regression, known, surer);
        for (std::size_t m = 0; m < state_.members.size(); ++m)
            known = take_off_offsets(clips, at.pooled + m * at.of_member, at_first, state_.moods[m],
                                     pooled_mean(state_.members[m]), heard.pooled[m]);
        scores = logarithms(answers(heard.pooled));
        surer = take_off_usual(clips, at.usual, scores);
    }
    return together(scores, heard.regression, known, surer);
}

std::vector<float> SequenceClassifier::enrolled(const FrameSource& clips, std::vector<float> voice,
                                                int ordinary) const {
    if (!state_.by_voice.fitted()) return voice;
    std::vector<float> general = state_.by_voice.enrolled(voice, clips.size(), ordinary);
    Heard heard = hear(clips);
    const std::vector<bool> unknown(clips.size());
    Matrix<double> proba(clips.size(), state_.members.front().n_outputs());
    if (ordinary >= 0)
        for (std::size_t i = 0; i < clips.size(); ++i) proba(i, static_cast<std::size_t>(ordinary)) = 1;
    else
        proba = together(logarithms(answers(heard.pooled)), heard.regression, unknown, unknown);
    for (std::size_t m = 0; m < state_.members.size(); ++m) {
        const std::vector<float> offset =
            pooled_offset(heard.pooled[m], proba, state_.moods[m], pooled_mean(state_.members[m]));
        general.insert(general.end(), offset.begin(), offset.end());
        for (Matrix<float>& parts : heard.pooled[m]) take_off_offset(offset, parts);
    }
    // What the network usually says of a speaker does not show in clips of one mood.
    std::vector<double> usual(proba.cols());
    if (ordinary < 0) usual = usual_scores(logarithms(answers(heard.pooled)));
    for (const double value : usual) general.push_back(static_cast<float>(value));
    return general;
}

SequenceOptions options_of(Dtype dtype, const OptionTexts& texts) {
    if (dtype != Dtype::float32)
        throw Error(Errc::invalid_argument, "dtype = float64: undertone trains in float32 only");
    return options_from<SequenceOptions>(texts);
}

std::unique_ptr<Classifier> make(Dtype dtype, const OptionTexts& texts) {
    const SequenceOptions options = options_of(dtype, texts);
    if (options.functionals == 0) {
        const SequenceOptions usual;
        for (const auto& [name, changed] :
             {std::pair("sharpness", options.sharpness != usual.sharpness),
              std::pair("functionals_alpha", options.functionals_alpha != usual.functionals_alpha),
              std::pair("functionals_copies", options.functionals_copies != usual.functionals_copies)})
            if (changed)
                throw Error(Errc::invalid_argument, std::string(name) +
                                                        ": is of the regression of functionals, "
                                                        "and functionals = 0: leave it out");
    }
    return std::make_unique<SequenceClassifier>(options);
}

std::unique_ptr<Classifier> load(Dtype dtype, const OptionTexts& texts, const std::vector<Tensor>& tensors) {
    SequenceOptions options = options_of(dtype, texts);
    SequenceState state = state_of(options, tensors);
    return std::make_unique<SequenceClassifier>(std::move(options), std::move(state));
}

}  // namespace

Framework undertone_framework() {
    return {"undertone", make, load, option_help<SequenceOptions>, true, "logmel64"};
}

SequenceParts sequence_parts(const Classifier& classifier) {
    const auto* of_frames = dynamic_cast<const SequenceClassifier*>(&classifier);
    if (of_frames == nullptr)
        throw Error(Errc::incompatible_model,
                    std::string(classifier.framework()) + ": a network over frames is needed");
    return of_frames->parts();
}

}  // namespace nn
}  // namespace undertone
