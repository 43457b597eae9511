#include "nn/kernels/dense.hpp"

#include <cmath>
#include <limits>

#include "support/support.hpp"

namespace undertone::nn {
namespace {

template <class T>
Matrix<T> numbers(std::size_t rows, std::size_t cols, double phase) {  // no two alike, both signs
    Matrix<T> matrix(rows, cols);
    for (std::size_t i = 0; i < matrix.size(); ++i)
        matrix.values()[i] = static_cast<T>(std::sin(1.7 * static_cast<double>(i) + phase));
    return matrix;
}

template <class T>
class Dense : public testing::Test {
protected:
    // Widths around every vector width, and those of real networks.
    const std::vector<std::size_t> widths{1, 2, 3, 7, 8, 10, 17, 20, 33, 50, 63, 300};
    const std::vector<std::size_t> batches{1, 2, 3, 4, 5, 8, 13, 20};

    // The bound of any order of summation: n eps times the sum of the magnitudes, here at most 1 a term.
    void near(T actual, double expected, std::size_t terms) {
        const double n = static_cast<double>(terms + 1);
        ASSERT_NEAR(static_cast<double>(actual), expected,
                    n * n * static_cast<double>(std::numeric_limits<T>::epsilon()));
    }
};
using Dtypes = testing::Types<float, double>;
TYPED_TEST_SUITE(Dense, Dtypes);

TYPED_TEST(Dense, ForwardIsTheSumOfProductsAndTheBias) {
    using T = TypeParam;
    for (const std::size_t n_samples : this->batches)
        for (const std::size_t n_out : this->widths) {
            const std::size_t n_in = 1 + (n_out * 7 + n_samples) % 40;
            const auto x = numbers<T>(n_samples, n_in, 0), w = numbers<T>(n_in, n_out, 1),
                       b = numbers<T>(1, n_out, 2);
            Matrix<T> y(n_samples, n_out, std::numeric_limits<T>::quiet_NaN());
            dense_forward<T>(x, w, b.values(), y);
            for (std::size_t s = 0; s < n_samples; ++s)
                for (std::size_t j = 0; j < n_out; ++j) {
                    double sum = static_cast<double>(b(0, j));
                    for (std::size_t i = 0; i < n_in; ++i)
                        sum += static_cast<double>(x(s, i)) * static_cast<double>(w(i, j));
                    this->near(y(s, j), sum, n_in);
                }
        }
}

TYPED_TEST(Dense, BackwardInputIsTheProductWithTheTransposedWeights) {
    using T = TypeParam;
    for (const std::size_t n_samples : this->batches)
        for (const std::size_t n_out : this->widths) {
            const std::size_t n_in = 1 + (n_out * 5 + n_samples) % 30;
            const auto dy = numbers<T>(n_samples, n_out, 0), w = numbers<T>(n_in, n_out, 1);
            Matrix<T> dx(n_samples, n_in, std::numeric_limits<T>::quiet_NaN());
            dense_backward_input<T>(dy, w, dx);
            for (std::size_t s = 0; s < n_samples; ++s)
                for (std::size_t i = 0; i < n_in; ++i) {
                    double sum = 0;
                    for (std::size_t j = 0; j < n_out; ++j)
                        sum += static_cast<double>(dy(s, j)) * static_cast<double>(w(i, j));
                    this->near(dx(s, i), sum, n_out);
                }
        }
}

TYPED_TEST(Dense, BackwardWeightsVisitsEachRowOfTheGradientOnceInOrder) {
    using T = TypeParam;
    for (const std::size_t n_samples : this->batches)
        for (const std::size_t n_out : this->widths) {
            const std::size_t n_in = 1 + (n_out * 3 + n_samples) % 30;
            const auto x = numbers<T>(n_samples, n_in, 0), dy = numbers<T>(n_samples, n_out, 1);
            std::size_t next = 0;
            dense_backward_weights<T>(x, dy, [&](std::size_t i, std::span<T> row) {
                ASSERT_EQ(i, next++);
                ASSERT_EQ(row.size(), n_out);
                for (std::size_t j = 0; j < n_out; ++j) {
                    double sum = 0;
                    for (std::size_t s = 0; s < n_samples; ++s)
                        sum += static_cast<double>(x(s, i)) * static_cast<double>(dy(s, j));
                    this->near(row[j], sum, n_samples);
                }
            });
            ASSERT_EQ(next, n_in);
        }
}

TYPED_TEST(Dense, ARowDoesNotDependOnItsCompany) {
    using T = TypeParam;
    const auto x = numbers<T>(13, 31, 0), w = numbers<T>(31, 50, 1), b = numbers<T>(1, 50, 2);
    Matrix<T> together(13, 50), alone(1, 50);
    dense_forward<T>(x, w, b.values(), together);
    for (std::size_t s = 0; s < 13; ++s) {
        dense_forward<T>(MatrixView<const T>(x.row(s).data(), 1, 31), w, b.values(), alone);
        for (std::size_t j = 0; j < 50; ++j) ASSERT_EQ(alone(0, j), together(s, j));
    }
}

}  // namespace
}  // namespace undertone::nn
