#include "undertone/model.hpp"

#include <algorithm>
#include <string>

#include "undertone/error.hpp"
#include "undertone/extraction.hpp"

namespace undertone {

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

Prediction Model::predict(const Clip& clip) const {
    const auto workspace = features_->workspace();
    return predict(std::span<const double>(extract_clip(*features_, clip, *workspace)));
}

Prediction Model::predict(std::span<const double> features) const {
    const Matrix<double> proba = predict_proba({features.data(), 1, features.size()});
    const auto row = proba.row(0);
    const auto best = std::max_element(row.begin(), row.end());
    return {labels_[static_cast<std::size_t>(best - row.begin())], *best, {row.begin(), row.end()}};
}

Matrix<double> Model::predict_proba(MatrixView<const double> features) const {
    Matrix<double> proba = scaler_ ? classifier_->predict_proba(scaler_->transform(features))
                                   : classifier_->predict_proba(features);
    return calibration_ ? calibration_->transform(proba) : proba;
}

}  // namespace undertone
