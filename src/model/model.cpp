#include "undertone/model.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "framework/speaker_profile.hpp"
#include "undertone/error.hpp"
#include "undertone/extraction.hpp"
#include "undertone/frame_features.hpp"
#include "undertone/tensor.hpp"

namespace undertone {
namespace {

/// Frames that were computed already, all of one speaker.
class Computed final : public FrameSource {
public:
    Computed(std::vector<std::span<const double>> clips, const FeatureSet& set,
             std::span<const float> speaker = {})
        : clips_(std::move(clips)),
          speaker_(speaker),
          n_columns_(set.columns().size()),
          n_bands_(frame_features(set).n_bands()) {
        for (const std::span<const double> clip : clips_)
            if (clip.empty() || clip.size() % n_columns_ != 0)
                throw Error(Errc::shape_mismatch, std::to_string(clip.size()) +
                                                      " numbers are no whole frames of " +
                                                      std::to_string(n_columns_) + " columns");
    }
    [[nodiscard]] std::size_t size() const override { return clips_.size(); }
    [[nodiscard]] std::size_t n_columns() const override { return n_columns_; }
    [[nodiscard]] std::size_t n_bands() const override { return n_bands_; }
    void frames(std::size_t clip, Matrix<float>& out) const override {
        out.resize(clips_[clip].size() / n_columns_, n_columns_);
        std::transform(clips_[clip].begin(), clips_[clip].end(), out.values().begin(),
                       [](double value) { return static_cast<float>(value); });
    }
    [[nodiscard]] std::span<const float> speaker(std::size_t) const override { return speaker_; }

private:
    std::vector<std::span<const double>> clips_;
    std::span<const float> speaker_;
    std::size_t n_columns_, n_bands_;
};

/// A number of its weights, so that a voice that one network told is not heard by another: what it holds
/// beside means of functionals (scores, what is pooled) means nothing there.
std::size_t identity_of(const Classifier& network) {
    std::size_t identity = 1;
    for (const Tensor& tensor : network.tensors())
        if (const auto* values = std::get_if<std::vector<float>>(&tensor.values)) {
            const std::string_view bytes(reinterpret_cast<const char*>(values->data()),
                                         values->size() * sizeof(float));
            identity = identity * 31 + std::hash<std::string_view>()(bytes);
        }
    return identity;
}

}  // namespace

Model::Model(std::unique_ptr<const FeatureSet> features, std::optional<StandardScaler> scaler,
             std::unique_ptr<const Classifier> classifier, std::vector<std::string> labels, Record record,
             std::optional<Calibration> calibration)
    : features_(std::move(features)),
      scaler_(std::move(scaler)),
      classifier_(std::move(classifier)),
      labels_(std::move(labels)),
      record_(std::move(record)),
      calibration_(calibration) {
    if (classifier_->n_features() == 0)
        throw Error(Errc::not_fitted, "the classifier of a model must be fitted");
    if (classifier_->takes_frames() != features_->per_frame() || (scaler_ && features_->per_frame()))
        throw Error(Errc::shape_mismatch, "the classifier " + std::string(classifier_->framework()) +
                                              " does not read what the feature set " + features_->name() +
                                              " gives");
    if (scaler_ && scaler_->n_features() == 0)
        throw Error(Errc::not_fitted, "the scaler of a model must be fitted");
    const std::size_t n_columns = features_->columns().size();
    const auto check = [](std::size_t got, std::size_t expected, const char* what, const char* must) {
        if (got != expected)
            throw Error(Errc::shape_mismatch, std::string("the ") + what + " " + std::to_string(got) +
                                                  ", must be " + std::to_string(expected) + ", " + must);
    };
    check(static_cast<std::size_t>(classifier_->n_features()), n_columns, "classifier's features are",
          "the columns of the feature set");
    if (scaler_)
        check(scaler_->n_features(), n_columns, "scaler's features are", "the columns of the feature set");
    check(labels_.size(), static_cast<std::size_t>(classifier_->n_classes()), "number of labels is",
          "the classes of the classifier");
    if (calibration_) validate(*calibration_);
    if (features_->per_frame()) network_ = identity_of(*classifier_);
}

void Model::halve() {
    if (half_precision_) return;
    if (classifier_->dtype() != Dtype::float32)
        throw Error(Errc::invalid_argument,
                    "half precision is for networks of float32, this one is of float64: train it with dtype "
                    "float32");
    TensorFile file{classifier_->tensors(), {}};
    for (Tensor& tensor : file.tensors)
        tensor.half = std::holds_alternative<std::vector<float>>(tensor.values);
    // By way of the file, so that it cannot differ from what will be loaded.
    const TensorFile rounded = parse_safetensors(format_safetensors(file), "memory");
    const auto texts = classifier_->options();
    classifier_ = load_classifier(classifier_->framework(), Dtype::float32, {texts.begin(), texts.end()},
                                  rounded.tensors);
    if (features_->per_frame()) network_ = identity_of(*classifier_);
    half_precision_ = true;
}

Prediction Model::predict(const Clip& clip) const {
    const auto workspace = features_->workspace();
    return predict(std::span<const double>(extract_clip(*features_, clip, *workspace)));
}

Prediction Model::predict(const Clip& clip, const SpeakerVoice& voice) const {
    const auto workspace = features_->workspace();
    return predict(std::span<const double>(extract_clip(*features_, clip, *workspace)), voice);
}

Prediction Model::predict(std::span<const double> features) const {
    if (per_speaker_ && !features_->per_frame())
        throw Error(Errc::incompatible_model,
                    "the model hears a clip against its speaker's ordinary voice: enroll the speaker first");
    return heard(features, {});
}

Prediction Model::predict(std::span<const double> features, const SpeakerVoice& voice) const {
    if (!per_speaker_)
        throw Error(Errc::incompatible_model,
                    "the model was not trained by speaker: it has no use for a voice");
    if (features_->per_frame()) {
        if (voice.network != 0 && voice.network != network_)
            throw Error(Errc::incompatible_model,
                        "another model told the speaker's voice: enroll the speaker with this one");
        return heard(features, voice.moments);
    }
    const std::size_t n_columns = features_->columns().size();
    if (voice.moments.size() != 2 * n_columns)
        throw Error(Errc::shape_mismatch, "the voice has " + std::to_string(voice.moments.size()) +
                                              " numbers, must have " + std::to_string(2 * n_columns));
    if (features.size() != n_columns)
        throw Error(Errc::shape_mismatch, "there are " + std::to_string(features.size()) +
                                              " features, must be " + std::to_string(n_columns));
    std::vector<double> own(features.begin(), features.end());
    for (std::size_t c = 0; c < n_columns; ++c)
        own[c] = (own[c] - static_cast<double>(voice.moments[c])) /
                 static_cast<double>(voice.moments[n_columns + c]);
    return heard(own, {});
}

SpeakerVoice Model::enroll(std::span<const Clip> clips, std::string_view label) const {
    std::vector<std::vector<double>> features;
    const auto workspace = features_->workspace();
    for (const Clip& clip : clips) features.push_back(extract_clip(*features_, clip, *workspace));
    return enroll(features, label);
}

SpeakerVoice Model::enroll(std::span<const std::vector<double>> features, std::string_view label) const {
    if (!per_speaker_)
        throw Error(Errc::incompatible_model,
                    "the model was not trained by speaker: it has no use for a voice");
    const std::size_t n_columns = features_->columns().size();
    const std::size_t least = features_->per_frame() ? 1 : 2;
    if (features.size() < least)
        throw Error(Errc::invalid_argument, std::to_string(features.size()) +
                                                " recordings of the speaker: there must be at least " +
                                                std::to_string(least));
    const auto found = std::find(labels_.begin(), labels_.end(), label.empty() ? "neutral" : label);
    if (found == labels_.end() && !label.empty() && label != "any")
        throw Error(Errc::invalid_argument, std::string(label) + ": the model has no such label");
    const int ordinary = found == labels_.end() ? -1 : static_cast<int>(found - labels_.begin());
    if (features_->per_frame()) {
        const Computed clips({features.begin(), features.end()}, *features_);
        return {classifier_->enrolled(clips, voice_of(clips), ordinary), network_};
    }
    Matrix<double> rows(features.size(), n_columns);
    for (std::size_t i = 0; i < features.size(); ++i) {
        if (features[i].size() != n_columns)
            throw Error(Errc::shape_mismatch, "recording " + std::to_string(i) + " has " +
                                                  std::to_string(features[i].size()) +
                                                  " features, must have " + std::to_string(n_columns));
        std::copy(features[i].begin(), features[i].end(), rows.row(i).begin());
    }
    StandardScaler scaler;
    scaler.fit(rows);
    SpeakerVoice voice;
    for (const double value : scaler.mean()) voice.moments.push_back(static_cast<float>(value));
    for (const double value : scaler.scale()) voice.moments.push_back(static_cast<float>(value));
    return voice;
}

Prediction Model::heard(std::span<const double> features, std::span<const float> moments) const {
    const Matrix<double> proba = features_->per_frame()
                                     ? predict_proba(Computed({features}, *features_, moments))
                                     : predict_proba({features.data(), 1, features.size()});
    const auto row = proba.row(0);
    const auto best = std::max_element(row.begin(), row.end());
    return {labels_[static_cast<std::size_t>(best - row.begin())], *best, {row.begin(), row.end()}};
}

Matrix<double> Model::predict_proba(MatrixView<const double> features) const {
    Matrix<double> proba = scaler_ ? classifier_->predict_proba(scaler_->transform(features))
                                   : classifier_->predict_proba(features);
    return calibration_ ? calibration_->transform(proba) : proba;
}

Matrix<double> Model::predict_proba(const FrameSource& clips) const {
    Matrix<double> proba = classifier_->predict_frames(clips);
    return calibration_ ? calibration_->transform(proba) : proba;
}

}  // namespace undertone
