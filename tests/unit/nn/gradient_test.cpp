// Every layer and loss against central differences, in float64.
#include <cmath>
#include <functional>

#include "nn/keras/loss.hpp"
#include "support/support.hpp"
#include "undertone/layers.hpp"

namespace undertone {
namespace {

constexpr double kStep = 1e-6, kTolerance = 2e-8;

class KeptGradients final : public GradientSink<double> {
public:
    explicit KeptGradients(Layer<double>& layer) {
        for (const Parameter<double>& parameter : layer.parameters())
            values[parameter.name].assign(parameter.values.size(), std::nan(""));
    }
    void take(Parameter<double>& parameter, std::size_t first, std::span<double> gradient) override {
        std::vector<double>& all = values.at(parameter.name);
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            EXPECT_TRUE(std::isnan(all.at(first + i))) << parameter.name << " given twice";
            all[first + i] = gradient[i];
        }
    }
    std::map<std::string, std::vector<double>> values;
};

Matrix<double> random_matrix(std::size_t rows, std::size_t cols, RandomState& random) {
    Matrix<double> matrix(rows, cols);
    for (double& value : matrix.values()) value = random.uniform(-1.5, 1.5);
    return matrix;
}

/// The layer as part of a network whose loss is the sum of its outputs, each times a number of its own.
void check_gradients(Layer<double>& layer, const Shape& input, std::size_t n_samples) {
    RandomState random(7);
    const Shape output = layer.build(input, random);
    for (Parameter<double>& parameter : layer.parameters())
        for (double& value : parameter.values) value += random.uniform(0.0, 0.5);
    const auto size = [](const Shape& shape) {
        std::size_t n = 1;
        for (const std::size_t axis : shape) n *= axis;
        return n;
    };
    Matrix<double> x = random_matrix(n_samples, size(input), random);
    const Matrix<double> factors = random_matrix(n_samples, size(output), random);
    std::vector<double> scratch(layer.scratch_size(n_samples));
    Matrix<double> y(n_samples, size(output));

    const auto loss = [&] {
        RandomState dropped(3);  // the same units every time
        layer.forward_training(x, y, scratch, dropped);
        double sum = 0;
        for (std::size_t i = 0; i < y.size(); ++i) sum += factors.data()[i] * y.data()[i];
        return sum;
    };
    const auto slope = [&](double& value) {
        const double kept = value;
        value = kept + kStep;
        const double above = loss();
        value = kept - kStep;
        const double below = loss();
        value = kept;
        return (above - below) / (2 * kStep);
    };

    (void)loss();
    Matrix<double> dy = factors, dx(n_samples, size(input), std::nan(""));
    KeptGradients kept(layer);
    layer.backward(x, y, dy, dx, scratch, kept);
    for (std::size_t i = 0; i < x.size(); ++i)
        EXPECT_NEAR(dx.data()[i], slope(x.data()[i]), kTolerance) << "x " << i;
    for (Parameter<double>& parameter : layer.parameters())
        for (std::size_t i = 0; i < parameter.values.size(); ++i) {
            const double given = kept.values.at(parameter.name)[i];
            if (parameter.trainable) {
                EXPECT_NEAR(given, slope(parameter.values[i]), kTolerance) << parameter.name << " " << i;
            } else {
                EXPECT_TRUE(std::isnan(given)) << parameter.name;
            }
        }

    // Nobody asks for dx: the gradients of the parameters are the same.
    (void)loss();
    dy = factors;
    KeptGradients again(layer);
    layer.backward(x, y, dy, {}, scratch, again);
    for (const Parameter<double>& parameter : layer.parameters())
        if (parameter.trainable) {
            EXPECT_EQ(again.values.at(parameter.name), kept.values.at(parameter.name));
        }
}

TEST(Gradients, DenseWithEveryActivation) {
    for (const auto& activation : kDenseActivations)
        for (const std::size_t units : {1U, 3U, 9U, 37U}) {
            SCOPED_TRACE(std::string(activation.name) + " " + std::to_string(units));
            Dense<double> layer(units, activation.value);
            check_gradients(layer, {11}, 5);
        }
}

TEST(Gradients, BatchNormalization) {
    BatchNormalization<double> vectors, frames(0.5, 0.1);
    check_gradients(vectors, {6}, 5);
    check_gradients(frames, {4, 3}, 3);
}

TEST(Gradients, Dropout) {
    Dropout<double> layer(0.4);
    check_gradients(layer, {20}, 6);
}

TEST(Gradients, Softmax) {
    Softmax<double> layer, frames;
    check_gradients(layer, {7}, 4);
    check_gradients(frames, {3, 5}, 2);
}

TEST(Gradients, CategoricalCrossentropy) {
    RandomState random(1);
    Matrix<double> logits = random_matrix(6, 5, random), gradient(6, 5);
    const std::vector<int> y{0, 4, 2, 2, 1, 3};
    const std::vector<double> weights{1, 0.25, 3, 0, 2, 1};
    for (const double smoothing : {0.0, 0.3})
        for (const bool weighted : {false, true}) {
            const std::span<const double> w =
                weighted ? std::span<const double>(weights) : std::span<const double>();
            nn::categorical_crossentropy<double>(logits, y, w, smoothing, gradient);
            for (std::size_t i = 0; i < logits.size(); ++i) {
                double& value = logits.data()[i];
                const double kept = value;
                value = kept + kStep;
                const double above = nn::categorical_crossentropy<double>(logits, y, w, smoothing, {}).loss;
                value = kept - kStep;
                const double below = nn::categorical_crossentropy<double>(logits, y, w, smoothing, {}).loss;
                value = kept;
                EXPECT_NEAR(gradient.data()[i], (above - below) / (2 * kStep) / 6, kTolerance);
            }
        }
}

}  // namespace
}  // namespace undertone
