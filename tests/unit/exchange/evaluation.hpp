#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "exchange/frame_graph.hpp"
#include "undertone/matrix.hpp"

namespace undertone::exchange {

using Rows = Matrix<double>;

/// What a step gives for one clip, in double: ten obvious lines an operation.
class Evaluation {
public:
    explicit Evaluation(const Rows& frames) { results_.push_back(frames); }

    Rows of(const FrameGraph& graph) {
        for (std::size_t i = 1; i < graph.steps.size(); ++i) {
            results_.push_back(evaluated(graph.steps[i]));
            EXPECT_EQ(results_.back().cols(), graph.steps[i].n_channels) << "step " << i;
        }
        return results_.back();
    }

private:
    const Rows& input(const FrameStep& step, std::size_t i) const { return results_[step.inputs[i]]; }

    static double weight(const FrameStep& step, std::size_t which, std::size_t at) {
        return std::visit([&](const auto& values) { return static_cast<double>(values[at]); },
                          step.weights[which].values);
    }

    static Rows made(std::size_t rows, std::size_t cols, const auto& value) {
        Rows all(rows, cols);
        for (std::size_t t = 0; t < rows; ++t)
            for (std::size_t c = 0; c < cols; ++c) all(t, c) = value(t, c);
        return all;
    }

    static Rows softmax(Rows x) {
        for (std::size_t t = 0; t < x.rows(); ++t) {
            const auto row = x.row(t);
            const double most = *std::max_element(row.begin(), row.end());
            double sum = 0;
            for (double& value : row) sum += value = std::exp(value - most);
            for (double& value : row) value /= sum;
        }
        return x;
    }

    static Rows turned(const Rows& x) {
        return made(x.cols(), x.rows(), [&](std::size_t c, std::size_t t) { return x(t, c); });
    }

    static double calculated(const FrameStep& step, double a, double b) {
        switch (step.op) {
            case FrameOp::add:
                return a + b;
            case FrameOp::subtract:
                return a - b;
            case FrameOp::multiply:
                return a * b;
            case FrameOp::divide:
                return a / b;
            case FrameOp::minimum:
                return std::min(a, b);
            case FrameOp::maximum:
                return std::max(a, b);
            case FrameOp::less:
                return a < b ? 1 : 0;
            case FrameOp::ones:
                return 1;
            case FrameOp::square_root:
                return std::sqrt(a);
            case FrameOp::logarithm:
                return std::log(a);
            case FrameOp::magnitude:
                return std::abs(a);
            case FrameOp::whole:
                return std::trunc(a);
            case FrameOp::relu:
                return std::max(a, 0.0);
            case FrameOp::tanh:
                return std::tanh(a);
            case FrameOp::sigmoid:
                return 1 / (1 + std::exp(-a));
            case FrameOp::narrow:
                return static_cast<double>(static_cast<float>(a));
            default:
                return a;
        }
    }

    Rows evaluated(const FrameStep& step) const {
        const Rows& x = input(step, 0);
        const std::size_t n = x.rows(), channels = step.n_channels;
        const auto folded = [&](double from, const auto& fold) {
            Rows all(1, channels);
            for (std::size_t c = 0; c < channels; ++c) {
                all(0, c) = from;
                for (std::size_t t = 0; t < n; ++t) all(0, c) = fold(all(0, c), x(t, c));
            }
            return all;
        };
        const auto place = [&](std::size_t t) { return static_cast<std::size_t>(input(step, 1)(t, 0)); };
        switch (step.op) {
            case FrameOp::sum_time:
                return folded(0, [](double a, double b) { return a + b; });
            case FrameOp::most_time:
                return folded(-1e300, [](double a, double b) { return std::max(a, b); });
            case FrameOp::running_sum: {
                Rows sums = x;
                for (std::size_t t = 1; t < n; ++t)
                    for (std::size_t c = 0; c < channels; ++c) sums(t, c) += sums(t - 1, c);
                return sums;
            }
            case FrameOp::softmax_time:
                return turned(softmax(turned(x)));
            case FrameOp::softmax:
                return softmax(x);
            case FrameOp::pad_time:
                return made(n + step.sizes[0] + step.sizes[1], channels, [&](std::size_t t, std::size_t c) {
                    return t < step.sizes[0] || t - step.sizes[0] >= n ? 0 : x(t - step.sizes[0], c);
                });
            case FrameOp::crop_time:
                return made(n - step.sizes[0] - step.sizes[1], channels,
                            [&](std::size_t t, std::size_t c) { return x(t + step.sizes[0], c); });
            case FrameOp::take_time:
                return made(input(step, 1).rows(), channels, [&](std::size_t t, std::size_t c) {
                    EXPECT_LT(place(t), n);
                    return x(place(t), c);
                });
            case FrameOp::products: {
                const Rows& y = input(step, 1);
                return made(1, channels, [&](std::size_t, std::size_t c) {
                    double sum = 0;
                    for (std::size_t t = 0; t < n; ++t) sum += x(t, c / y.cols()) * y(t, c % y.cols());
                    return sum;
                });
            }
            case FrameOp::mean_channels:
            case FrameOp::most_channels:
                return made(n, 1, [&](std::size_t t, std::size_t) {
                    const auto row = x.row(t);
                    double sum = 0;
                    for (const double value : row) sum += value;
                    return step.op == FrameOp::mean_channels ? sum / static_cast<double>(row.size())
                                                             : *std::max_element(row.begin(), row.end());
                });
            case FrameOp::take_channels:
                return made(n, channels, [&](std::size_t t, std::size_t c) { return x(t, step.sizes[c]); });
            case FrameOp::concatenate: {
                Rows all(n, channels);
                for (std::size_t t = 0; t < n; ++t)
                    for (std::size_t i = 0, c = 0; i < step.inputs.size(); ++i)
                        for (const double value : input(step, i).row(t)) all(t, c++) = value;
                return all;
            }
            case FrameOp::standardize:
            case FrameOp::batch_normalization:
                return made(n, channels, [&](std::size_t t, std::size_t c) {
                    if (step.op == FrameOp::standardize)
                        return (x(t, c) - weight(step, 0, c)) / weight(step, 1, c);
                    return weight(step, 0, c) * (x(t, c) - weight(step, 2, c)) /
                               std::sqrt(weight(step, 3, c) + step.number) +
                           weight(step, 1, c);
                });
            case FrameOp::dense:
            case FrameOp::conv1d:
            case FrameOp::depthwise_conv1d:
                return convolved(step, x);
            default:
                break;
        }
        const Rows& y = input(step, step.inputs.size() - 1);
        const bool number = step.inputs.size() == 1;
        return made(std::max(n, y.rows()), channels, [&](std::size_t t, std::size_t c) {
            const auto at = [&](const Rows& of) {
                return of(of.rows() == 1 ? 0 : t, of.cols() == 1 ? 0 : c);
            };
            return calculated(step, at(x), number ? step.number : at(y));
        });
    }

    static Rows convolved(const FrameStep& step, const Rows& x) {
        const bool dense = step.op == FrameOp::dense, deep = step.op == FrameOp::depthwise_conv1d;
        const std::size_t size = dense ? 1 : step.weights[0].shape[0], n_out = step.n_channels;
        const std::size_t stride = dense ? 1 : step.sizes[0], dilation = dense ? 1 : step.sizes[1];
        return made((x.rows() - (size - 1) * dilation - 1) / stride + 1, n_out,
                    [&](std::size_t t, std::size_t o) {
                        double sum = step.weights.size() > 1 ? weight(step, 1, o) : 0;
                        for (std::size_t k = 0; k < size; ++k)
                            for (std::size_t i = deep ? o : 0; i < (deep ? o + 1 : x.cols()); ++i)
                                sum += x(t * stride + k * dilation, i) *
                                       weight(step, 0, deep ? k * n_out + o : (k * x.cols() + i) * n_out + o);
                        return sum;
                    });
    }

    std::vector<Rows> results_;
};

}  // namespace undertone::exchange
