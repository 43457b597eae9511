#include "undertone/scaler.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "undertone/error.hpp"

namespace undertone {
namespace {

const std::vector<double>& values_of(std::span<const Tensor> tensors, std::string_view name) {
    for (const Tensor& tensor : tensors) {
        if (tensor.name != name) continue;
        const auto* values = std::get_if<std::vector<double>>(&tensor.values);
        if (values == nullptr || tensor.shape.size() != 1 || tensor.shape[0] != values->size() ||
            values->empty())
            throw Error(Errc::corrupt_data,
                        "scaler: " + std::string(name) + " must be float64 of one dimension");
        for (const double value : *values)
            if (!std::isfinite(value))
                throw Error(Errc::corrupt_data,
                            "scaler: " + std::string(name) + " holds a value that is not finite");
        return *values;
    }
    throw Error(Errc::corrupt_data, "scaler: " + std::string(name) + " is missing");
}

}  // namespace

void StandardScaler::fit(MatrixView<const double> x) {
    if (x.rows() == 0 || x.cols() == 0)
        throw Error(Errc::invalid_argument, "scaler: " + std::to_string(x.rows()) + " samples of " +
                                                std::to_string(x.cols()) +
                                                " features, must be at least one of each");
    const std::size_t n_features = x.cols();
    const double n = static_cast<double>(x.rows());
    std::vector<double> mean(n_features), var(n_features), scale(n_features, 1), correction(n_features);
    for (std::size_t i = 0; i < x.rows(); ++i)
        for (std::size_t j = 0; j < n_features; ++j) {
            if (!std::isfinite(x(i, j)))
                throw Error(Errc::numerical, "scaler: sample " + std::to_string(i) + ", feature " +
                                                 std::to_string(j) + " is not finite");
            mean[j] += x(i, j);
        }
    for (double& value : mean) value /= n;
    for (std::size_t i = 0; i < x.rows(); ++i)
        for (std::size_t j = 0; j < n_features; ++j) {
            const double distance = x(i, j) - mean[j];
            correction[j] += distance;
            var[j] += distance * distance;
        }
    constexpr double kEps = std::numeric_limits<double>::epsilon();
    for (std::size_t j = 0; j < n_features; ++j) {
        var[j] = (var[j] - correction[j] * correction[j] / n) / n;
        if (!std::isfinite(var[j]))
            throw Error(Errc::numerical,
                        "scaler: feature " + std::to_string(j) + " is too large to be squared");
        // scikit-learn's `_is_constant_feature`: a variance within the error bound of its own computation.
        const double rounding = n * mean[j] * kEps;
        const bool constant = var[j] <= n * kEps * var[j] + rounding * rounding;
        if (options_.with_std && !constant) scale[j] = std::sqrt(var[j]);
    }
    mean_ = std::move(mean);
    var_ = std::move(var);
    scale_ = std::move(scale);
}

void StandardScaler::transform(MatrixView<double> x) const {
    if (mean_.empty()) throw Error(Errc::not_fitted, "scaler: transform() before fit()");
    if (x.cols() != mean_.size())
        throw Error(Errc::shape_mismatch, "scaler: samples have " + std::to_string(x.cols()) +
                                              " features, fitted on " + std::to_string(mean_.size()));
    for (std::size_t i = 0; i < x.rows(); ++i)
        for (std::size_t j = 0; j < x.cols(); ++j) {
            const double centred = options_.with_mean ? x(i, j) - mean_[j] : x(i, j);
            x(i, j) = centred / scale_[j];
        }
}

Matrix<double> StandardScaler::transform(MatrixView<const double> x) const {
    Matrix<double> scaled(x.rows(), x.cols());
    std::copy(x.values().begin(), x.values().end(), scaled.values().begin());
    transform(MatrixView<double>(scaled));
    return scaled;
}

std::vector<Tensor> StandardScaler::tensors() const {
    if (mean_.empty()) return {};
    const std::vector<std::size_t> shape{mean_.size()};
    return {{"mean", shape, mean_}, {"var", shape, var_}, {"scale", shape, scale_}};
}

StandardScaler StandardScaler::from_tensors(const ScalerOptions& options, std::span<const Tensor> tensors) {
    StandardScaler scaler(options);
    scaler.mean_ = values_of(tensors, "mean");
    scaler.var_ = values_of(tensors, "var");
    scaler.scale_ = values_of(tensors, "scale");
    if (scaler.var_.size() != scaler.mean_.size() || scaler.scale_.size() != scaler.mean_.size())
        throw Error(Errc::corrupt_data,
                    "scaler: mean, var and scale have " + std::to_string(scaler.mean_.size()) + ", " +
                        std::to_string(scaler.var_.size()) + " and " + std::to_string(scaler.scale_.size()) +
                        " values, must be as many");
    for (const double scale : scaler.scale_)
        if (!(scale > 0)) throw Error(Errc::corrupt_data, "scaler: scale holds a value that is not positive");
    return scaler;
}

}  // namespace undertone
