#include "learn/logistic_regression.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "nn/kernels/product.hpp"
#include "nn/kernels/softmax.hpp"
#include "nn/optim/lbfgs.hpp"
#include "undertone/error.hpp"

namespace undertone::nn {
namespace {

constexpr std::size_t kBlock = 64;  // rows that a thread takes at a time
constexpr std::array<std::ptrdiff_t, 1> kHere{0};

/// Loss and gradient at a point: a kernel, then a bias.
class Objective {
public:
    Objective(MatrixView<const double> x, std::span<const int> y, std::span<const double> weights,
              std::size_t n_classes, double alpha, ThreadPool& pool)
        : x_(x),
          y_(y),
          weights_(weights),
          alpha_(alpha),
          pool_(pool),
          errors_(x.rows(), n_classes),
          losses_(x.rows()) {}

    double evaluate(std::span<const double> point, std::span<double> gradient) {
        const std::size_t n_samples = x_.rows(), n_features = x_.cols(), n_classes = errors_.cols();
        const std::span<const double> kernel = point.first(n_features * n_classes);
        const std::span<const double> bias = point.last(n_classes);
        kernel_.pack(kernel.data(), n_features, n_classes, n_classes, 1);
        for_each_block(n_samples, [&](std::size_t first, std::size_t n) {
            multiply(Windows<double>{x_.row(first).data(), n, n_features, kHere, n_features, 1}, kernel_,
                     bias.data(), errors_.row(first).data(), n_classes);
            for (std::size_t i = first; i < first + n; ++i) to_error(i);
        });

        packed_errors_.pack(errors_.data(), n_samples, n_classes, n_classes, 1);
        for_each_block(n_features, [&](std::size_t first, std::size_t n) {
            multiply(Windows<double>{x_.data() + first, n, 1, kHere, n_samples, n_features}, packed_errors_,
                     nullptr, gradient.data() + first * n_classes, n_classes);
        });
        double loss = 0, squares = 0;
        for (const double one : losses_) loss += one;
        for (std::size_t i = 0; i < kernel.size(); ++i) {
            gradient[i] += alpha_ * kernel[i];
            squares += kernel[i] * kernel[i];
        }
        const std::span<double> of_bias = gradient.last(n_classes);
        std::fill(of_bias.begin(), of_bias.end(), 0.0);
        for (std::size_t i = 0; i < n_samples; ++i)
            for (std::size_t c = 0; c < n_classes; ++c) of_bias[c] += errors_(i, c);
        return loss + 0.5 * alpha_ * squares;
    }

private:
    template <class Work>
    void for_each_block(std::size_t n, Work work) {
        pool_.for_each((n + kBlock - 1) / kBlock, [&](std::size_t block) {
            work(block * kBlock, std::min(kBlock, n - block * kBlock));
        });
    }

    /// Replaces a sample's scores by the derivatives of its part of the loss.
    void to_error(std::size_t i) {
        const std::span<double> row = errors_.row(i);
        const auto label = static_cast<std::size_t>(y_[i]);
        softmax(row);
        const double weight = weights_[i] / static_cast<double>(x_.rows());
        losses_[i] = -weight * std::log(std::max(row[label], 1e-300));
        row[label] -= 1;
        for (double& value : row) value *= weight;
    }

    MatrixView<const double> x_;
    std::span<const int> y_;
    std::span<const double> weights_;
    double alpha_;
    ThreadPool& pool_;
    Matrix<double> errors_;  // [n_samples, n_classes], scores at first
    std::vector<double> losses_;
    Panels<double> kernel_, packed_errors_;
};

}  // namespace

LinearWeights logistic_regression(MatrixView<const double> x, std::span<const int> y,
                                  std::span<const double> weights, std::size_t n_classes, double alpha,
                                  int max_iter, ThreadPool& pool,
                                  const std::function<bool(int, double)>& on_iteration) {
    Objective objective(x, y, weights, n_classes, alpha, pool);
    std::vector<double> point((x.cols() + 1) * n_classes);
    bool cancelled = false;
    const LbfgsResult result = minimize_lbfgs(
        point, {.gtol = 1e-4, .max_iter = max_iter},
        [&](std::span<double> gradient) { return objective.evaluate(point, gradient); },
        [&](int iteration, double loss) {
            cancelled = on_iteration && !on_iteration(iteration, loss);
            return !cancelled;
        });
    if (cancelled) throw Error(Errc::cancelled, "training was stopped");
    if (!std::isfinite(result.value))
        throw Error(Errc::numerical, "the loss is not a number any more in iteration " +
                                         std::to_string(result.n_iter) + " of the logistic regression");
    const auto n_kernel = static_cast<std::ptrdiff_t>(x.cols() * n_classes);
    LinearWeights fitted{Matrix<double>(x.cols(), n_classes), {point.begin() + n_kernel, point.end()}};
    std::copy(point.begin(), point.begin() + n_kernel, fitted.kernel.values().begin());
    return fitted;
}

}  // namespace undertone::nn
