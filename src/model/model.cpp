#include "undertone/model.hpp"

#include <algorithm>
#include <string>

#include "undertone/error.hpp"
#include "undertone/extraction.hpp"
#include "undertone/tensor.hpp"

namespace undertone {
namespace {

/// Frames that were computed already.
class OneClip final : public FrameSource {
public:
    OneClip(std::span<const double> frames, std::size_t n_columns) : frames_(frames), n_columns_(n_columns) {
        if (frames.empty() || frames.size() % n_columns != 0)
            throw Error(Errc::shape_mismatch, std::to_string(frames.size()) +
                                                  " numbers are no whole frames of " +
                                                  std::to_string(n_columns) + " columns");
    }
    [[nodiscard]] std::size_t size() const override { return 1; }
    [[nodiscard]] std::size_t n_columns() const override { return n_columns_; }
    void frames(std::size_t, Matrix<float>& out) const override {
        out = Matrix<float>(frames_.size() / n_columns_, n_columns_);
        std::transform(frames_.begin(), frames_.end(), out.values().begin(),
                       [](double value) { return static_cast<float>(value); });
    }
    void augmented(std::size_t clip, std::uint64_t, Matrix<float>& out) const override { frames(clip, out); }

private:
    std::span<const double> frames_;
    std::size_t n_columns_;
};

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
    half_precision_ = true;
}

Prediction Model::predict(const Clip& clip) const {
    const auto workspace = features_->workspace();
    return predict(std::span<const double>(extract_clip(*features_, clip, *workspace)));
}

Prediction Model::predict(std::span<const double> features) const {
    const Matrix<double> proba = features_->per_frame()
                                     ? predict_proba(OneClip(features, features_->columns().size()))
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
