#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "undertone/audio.hpp"
#include "undertone/calibration.hpp"
#include "undertone/classifier.hpp"
#include "undertone/features.hpp"
#include "undertone/matrix.hpp"
#include "undertone/scaler.hpp"

namespace undertone {

/// What a model says of one clip.
struct Prediction {
    std::string label;                  ///< the most probable one
    double probability = 0;             ///< of that label
    std::vector<double> probabilities;  ///< `[labels().size()]`, sums to 1

    /// The label, or "unsure" where its probability is below `least`: to abstain is better than to guess.
    [[nodiscard]] std::string_view label_or_unsure(double least) const noexcept {
        return probability < least ? std::string_view("unsure") : std::string_view(label);
    }
};

/// How one speaker usually sounds: means over some of that speaker's recordings of each column, or for frames
/// of what can be told of a recording as a whole; then the deviations, and what the model hears in the
/// speaker usually. Made by Model::enroll().
struct SpeakerVoice {
    std::vector<float> moments;  ///< as FrameSource::speaker()
    /// Which network of frames told it, in this run of the program; 0: not known, and not checked.
    std::size_t network = 0;
};

/// Everything between a recording and an emotion: feature set, scaler, network, calibration, labels. A const
/// model may be used by several threads at once.
class Model {
public:
    /// What is worth knowing of a training, in order: "corpus", "licence", "split", "accuracy", ...
    using Record = std::vector<std::pair<std::string, std::string>>;

    /// @param scaler      nullopt: features go in as they are
    /// @param classifier  fitted, with as many features as the set has columns and as many classes as labels
    /// @param calibration  of the probabilities; nullopt: they are the network's own
    /// @throws Error not_fitted, shape_mismatch, invalid_argument (a temperature out of its range)
    Model(std::unique_ptr<const FeatureSet> features, std::optional<StandardScaler> scaler,
          std::unique_ptr<const Classifier> classifier, std::vector<std::string> labels, Record record = {},
          std::optional<Calibration> calibration = std::nullopt);

    /// Reads a model file of this or any earlier version and runs its self-test.
    /// @throws Error io                  the file cannot be read
    /// @throws Error corrupt_data        not a model, cut, or altered (its checksum differs)
    /// @throws Error incompatible_model  a newer format, an unknown feature set, or a failed self-test
    [[nodiscard]] static Model load(const std::string& path);

    /// The same from memory.
    /// @param origin   what to call the bytes in messages
    [[nodiscard]] static Model parse(std::string_view bytes, const std::string& origin);

    /// Rounds the weights of the network to half precision (IEEE binary16, to nearest even), in which a file
    /// then keeps them: it is half as large, and what is loaded from it has the same weights bit for bit. All
    /// that follows, predictions and self-test too, is of the rounded weights; computations stay in float.
    /// The classifier's history() is lost.
    /// @throws Error invalid_argument  the network is not of float32, or a weight is beyond 65504; nothing is
    ///         changed then
    void halve();

    /// Writes the model file, whole or not at all.
    /// @throws Error io
    void save(const std::string& path) const;

    /// The bytes of the model file: safetensors. The same model always gives the same bytes.
    [[nodiscard]] std::string bytes() const;

    /// @throws Error as FeatureSet::extract() and resample() do; incompatible_model  it is per_speaker() and
    ///         reads vectors
    [[nodiscard]] Prediction predict(const Clip& clip) const;

    /// The same, heard against how the speaker usually sounds.
    /// @throws Error as above; incompatible_model  it is not per_speaker(), or reads frames and another
    ///         model (or this one, before halve()) told the voice
    [[nodiscard]] Prediction predict(const Clip& clip, const SpeakerVoice& voice) const;

    /// How a speaker usually sounds, for a model that is per_speaker().
    /// @param clips   recordings of that speaker: ten are plenty, for a model of vectors two the least
    /// @param label   how they were spoken: one of labels(), or "any" for recordings in all moods; empty:
    ///                "neutral", where that is one of labels(), else "any". A model of frames knows how a
    ///                mood changes a voice, one of vectors does not
    /// @throws Error as predict(); invalid_argument  too few, another label
    [[nodiscard]] SpeakerVoice enroll(std::span<const Clip> clips, std::string_view label = {}) const;
    /// @param features   of each recording, as for predict()
    [[nodiscard]] SpeakerVoice enroll(std::span<const std::vector<double>> features,
                                      std::string_view label = {}) const;

    /// @param features   `[n_columns]`, as the feature set gives them, not scaled; for a set that gives
    /// frames
    ///                   `[n_frames * n_columns]`, frame by frame
    /// @throws Error shape_mismatch, numerical
    [[nodiscard]] Prediction predict(std::span<const double> features) const;
    [[nodiscard]] Prediction predict(std::span<const double> features, const SpeakerVoice& voice) const;

    /// @param features   `[n_clips, n_columns]`, as the feature set gives them, not scaled; where the model
    /// is
    ///                   per_speaker(), each brought to its speaker's mean 0 and deviation 1
    /// @return           `[n_clips, n_labels]`, calibrated
    /// @throws Error shape_mismatch, numerical
    [[nodiscard]] Matrix<double> predict_proba(MatrixView<const double> features) const;

    /// The same for a model that reads frames.
    /// @throws Error incompatible_model  it reads vectors
    [[nodiscard]] Matrix<double> predict_proba(const FrameSource& clips) const;

    [[nodiscard]] const std::vector<std::string>& labels() const noexcept { return labels_; }
    [[nodiscard]] const FeatureSet& features() const noexcept { return *features_; }
    [[nodiscard]] const std::optional<StandardScaler>& scaler() const noexcept { return scaler_; }
    [[nodiscard]] const std::optional<Calibration>& calibration() const noexcept { return calibration_; }
    [[nodiscard]] const Classifier& classifier() const noexcept { return *classifier_; }
    /// Whether the weights are those of half precision, by halve() or from the file.
    [[nodiscard]] bool half_precision() const noexcept { return half_precision_; }
    /// Whether it was trained with known speakers. One of vectors then always needs a voice; one of frames
    /// hears clips against a voice where there is one, and else as they are.
    [[nodiscard]] bool per_speaker() const noexcept { return per_speaker_; }
    void set_per_speaker(bool value) noexcept { per_speaker_ = value; }
    [[nodiscard]] const Record& record() const noexcept { return record_; }
    void set_record(Record record) { record_ = std::move(record); }

private:
    [[nodiscard]] Prediction heard(std::span<const double> features, std::span<const float> moments) const;

    std::unique_ptr<const FeatureSet> features_;
    std::optional<StandardScaler> scaler_;
    std::unique_ptr<const Classifier> classifier_;
    std::vector<std::string> labels_;
    Record record_;
    std::optional<Calibration> calibration_;
    std::size_t network_ = 0;  // tells networks of frames apart by their weights
    bool half_precision_ = false, per_speaker_ = false;
};

}  // namespace undertone
