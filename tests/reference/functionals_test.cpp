#include "speech/functionals.hpp"

#include <cstdint>

#include "learn/logistic_regression.hpp"
#include "nn/kernels/softmax.hpp"
#include "support/support.hpp"

namespace undertone {
namespace {

template <class T>
Matrix<T> matrix(const Tensor& tensor) {
    Matrix<T> of(tensor.shape[0], tensor.shape[1]);
    const auto& values = std::get<std::vector<T>>(tensor.values);
    std::copy(values.begin(), values.end(), of.data());
    return of;
}

// tools/reference/functionals.py
TEST(Functionals, AreThoseOfNumPy) {
    const TensorFile file = test::reference("functionals");
    for (const std::string name : {"clip", "short", "one", "few", "still"}) {
        SCOPED_TRACE(name);
        const Matrix<float> frames = matrix<float>(*file.find(name + ".frames"));
        const auto& expected = std::get<std::vector<double>>(file.find(name + ".functionals")->values);
        ASSERT_EQ(n_functionals(frames.cols()), expected.size());
        std::vector<double> got(expected.size());
        functionals(frames, frames.cols(), got);
        for (std::size_t i = 0; i < got.size(); ++i)
            EXPECT_NEAR(got[i], expected[i], 1e-9 * std::max(1.0, std::abs(expected[i]))) << i;
    }
}

TEST(Functionals, OnlyTheLastOnesHearTheLevelAndColumnsBehindTheBandsAreNotRead) {
    const TensorFile file = test::reference("functionals");
    const Matrix<float> frames = matrix<float>(*file.find("clip.frames"));
    Matrix<float> louder(frames.rows(), frames.cols() + 1, 99.0F);
    for (std::size_t t = 0; t < frames.rows(); ++t)
        for (std::size_t b = 0; b < frames.cols(); ++b) louder(t, b) = frames(t, b) + 2;
    const std::size_t n = n_functionals(frames.cols());
    std::vector<double> before(n), after(n);
    functionals(frames, frames.cols(), before);
    functionals(louder, frames.cols(), after);
    for (std::size_t i = 0; i < n; ++i)
        EXPECT_NEAR(after[i], before[i] + (i < n - kLevelFunctionals ? 0 : 2), 1e-4) << i;
}

TEST(LogisticRegression, WeightsAreThoseOfScikitLearnOnAnyNumberOfThreads) {
    const TensorFile file = test::reference("functionals");
    for (const std::string name : {"wide", "tall"}) {
        SCOPED_TRACE(name);
        const Matrix<double> x = matrix<double>(*file.find(name + ".x"));
        const auto& y = std::get<std::vector<std::int32_t>>(file.find(name + ".y")->values);
        const auto doubles = [&](const char* part) {
            return std::get<std::vector<double>>(file.find(name + part)->values);
        };
        const std::vector<double> kernel = doubles(".kernel"), proba = doubles(".proba");
        ThreadPool one(1), two(2);
        const auto fit = [&](ThreadPool& pool) {
            return nn::logistic_regression(x, y, doubles(".weights"), kernel.size() / x.cols(),
                                           doubles(".alpha")[0], 1000, pool);
        };
        const nn::LinearWeights got = fit(one), again = fit(two);
        EXPECT_EQ(got.kernel, again.kernel);
        EXPECT_EQ(got.bias, again.bias);
        for (std::size_t i = 0; i < kernel.size(); ++i)
            EXPECT_NEAR(got.kernel.values()[i], kernel[i], 2e-3) << i;  // both stop near the minimum
        for (std::size_t i = 0; i < x.rows(); ++i) {
            std::vector<double> scores = got.bias;
            for (std::size_t f = 0; f < x.cols(); ++f)
                for (std::size_t c = 0; c < scores.size(); ++c) scores[c] += x(i, f) * got.kernel(f, c);
            nn::softmax(std::span(scores));
            for (std::size_t c = 0; c < scores.size(); ++c)
                EXPECT_NEAR(scores[c], proba[i * scores.size() + c], 2e-3);
        }
    }
}

}  // namespace
}  // namespace undertone
