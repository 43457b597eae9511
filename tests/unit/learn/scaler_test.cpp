#include "undertone/scaler.hpp"

#include <cmath>
#include <limits>

#include "support/support.hpp"
#include "undertone/random.hpp"

namespace undertone {
namespace {

Matrix<double> samples(std::size_t rows, std::size_t cols) {
    RandomState random(1);
    Matrix<double> x(rows, cols);
    for (double& value : x.values()) value = random.uniform(-3, 11);
    return x;
}

TEST(Scaler, ColumnsComeToMeanZeroAndVarianceOne) {
    const Matrix<double> x = samples(50, 4);
    StandardScaler scaler;
    scaler.fit(x);
    const Matrix<double> scaled = scaler.transform(MatrixView<const double>(x));
    for (std::size_t j = 0; j < 4; ++j) {
        double sum = 0, squares = 0;
        for (std::size_t i = 0; i < 50; ++i) {
            sum += scaled(i, j);
            squares += scaled(i, j) * scaled(i, j);
        }
        EXPECT_NEAR(sum / 50, 0, 1e-14);
        EXPECT_NEAR(squares / 50, 1, 1e-14);
    }
}

TEST(Scaler, ItsTensorsMakeTheSameScalerAgain) {
    const Matrix<double> x = samples(20, 3);
    for (const ScalerOptions& options : {ScalerOptions{}, ScalerOptions{.with_mean = false}}) {
        StandardScaler scaler(options);
        EXPECT_TRUE(scaler.tensors().empty());
        scaler.fit(x);
        const StandardScaler again = StandardScaler::from_tensors(options, scaler.tensors());
        EXPECT_EQ(again.transform(MatrixView<const double>(x)),
                  scaler.transform(MatrixView<const double>(x)));
    }
}

TEST(Scaler, BadTensorsAreRefused) {
    StandardScaler scaler;
    scaler.fit(samples(20, 3));
    const auto refused = [&](std::size_t index, const Tensor& tensor, const std::string& part) {
        auto tensors = scaler.tensors();
        tensors[index] = tensor;
        EXPECT_ERROR(StandardScaler::from_tensors({}, tensors), Errc::corrupt_data, part);
    };
    refused(0, {"other", {3}, std::vector<double>(3)}, "mean is missing");
    refused(1, {"var", {3}, std::vector<float>(3)}, "var must be float64");
    refused(1, {"var", {2}, std::vector<double>(2)}, "must be as many");
    refused(2, {"scale", {3}, std::vector<double>{1, 0, 1}}, "not positive");
    refused(2, {"scale", {3}, std::vector<double>{1, std::nan(""), 1}}, "not finite");
}

TEST(Scaler, WhatCannotBeScaledIsRefused) {
    StandardScaler scaler;
    Matrix<double> x = samples(3, 2);
    EXPECT_ERROR(scaler.transform(MatrixView<double>(x)), Errc::not_fitted, "before fit()");
    EXPECT_ERROR(scaler.fit(Matrix<double>(0, 2)), Errc::invalid_argument, "0 samples");
    scaler.fit(x);
    Matrix<double> wide(3, 5);
    EXPECT_ERROR(scaler.transform(MatrixView<double>(wide)), Errc::shape_mismatch,
                 "have 5 features, fitted on 2");
    const Matrix<double> before = x;
    x(2, 1) = std::numeric_limits<double>::infinity();
    EXPECT_ERROR(scaler.fit(x), Errc::numerical, "sample 2, feature 1 is not finite");
    x(2, 1) = 1e200;
    EXPECT_ERROR(scaler.fit(x), Errc::numerical, "feature 1 is too large");
    EXPECT_NO_THROW(
        (void)scaler.transform(MatrixView<const double>(before)));  // a failed fit changes nothing
}

}  // namespace
}  // namespace undertone
