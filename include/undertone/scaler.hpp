#pragma once

#include <cstddef>
#include <span>
#include <tuple>
#include <vector>

#include "undertone/fields.hpp"
#include "undertone/matrix.hpp"
#include "undertone/tensor.hpp"

namespace undertone {

/// What a StandardScaler does to each column.
struct ScalerOptions {
    bool with_mean = true;
    bool with_std = true;

    static constexpr auto fields() {
        return std::tuple{
            Field{"with_mean", &ScalerOptions::with_mean, "", {}, "take the mean of a column from it"},
            Field{"with_std", &ScalerOptions::with_std, "", {}, "divide a column by its standard deviation"},
        };
    }
};

/// Brings each column to mean 0 and variance 1 as it was in the training samples. A column that was constant
/// there, up to rounding, is not divided.
///
/// Matches: scikit-learn 1.9.1 `StandardScaler` on float64: mean, var and scale to 1e-12 relative. It lets
/// NaN through, here they are an error. A fitted const object may be used by several threads at once. Source:
/// Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983 (two passes, corrected).
class StandardScaler {
public:
    explicit StandardScaler(const ScalerOptions& options = {}) : options_(options) {}

    /// Measures the columns.
    /// @param x   `[n_samples, n_features]`, finite, at least one sample and one feature
    /// @throws Error invalid_argument (nothing to measure), numerical (not finite, or too large to be
    /// squared)
    void fit(MatrixView<const double> x);

    /// Scales in place.
    /// @param x   `[n_samples, n_features]`
    /// @throws Error not_fitted, shape_mismatch
    void transform(MatrixView<double> x) const;

    /// @return   `[n_samples, n_features]`, scaled
    /// @throws Error not_fitted, shape_mismatch
    [[nodiscard]] Matrix<double> transform(MatrixView<const double> x) const;

    [[nodiscard]] const ScalerOptions& options() const noexcept { return options_; }
    [[nodiscard]] std::size_t n_features() const noexcept { return mean_.size(); }  ///< 0 before fit()
    [[nodiscard]] std::span<const double> mean() const noexcept { return mean_; }   ///< `[n_features]`
    [[nodiscard]] std::span<const double> var() const noexcept { return var_; }     ///< `[n_features]`
    [[nodiscard]] std::span<const double> scale() const noexcept {
        return scale_;
    }  ///< `[n_features]`, no zero

    /// "mean", "var" and "scale", each F64 `[n_features]`. Empty before fit().
    [[nodiscard]] std::vector<Tensor> tensors() const;

    /// Makes a fitted scaler again from what options() and tensors() gave. Other tensors are passed over.
    /// @throws Error corrupt_data  one is missing, of another dtype or shape, not finite, or a scale is not
    ///         positive
    [[nodiscard]] static StandardScaler from_tensors(const ScalerOptions& options,
                                                     std::span<const Tensor> tensors);

private:
    ScalerOptions options_;
    std::vector<double> mean_, var_, scale_;
};

}  // namespace undertone
