#include "undertone/sequential.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/support.hpp"

namespace undertone {
namespace {

template <class T>
struct Data {
    Matrix<T> x;
    std::vector<int> y;
    [[nodiscard]] LabelledSamples<T> samples() const { return {x, y, {}}; }
};

/// Classes that lie apart, in turn.
template <class T = double>
Data<T> blobs(std::size_t n, std::size_t n_classes = 3) {
    RandomState random(11);
    Data<T> data{Matrix<T>(n, 4), {}};
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t label = i % n_classes;
        data.y.push_back(static_cast<int>(label));
        for (std::size_t k = 0; k < 4; ++k)
            data.x(i, k) = static_cast<T>(random.uniform(-1, 1) + (k == label ? 2.0 : 0.0));
    }
    return data;
}

template <class T = double>
Sequential<T> network(std::uint32_t seed = 0, double dropout = 0, bool normalised = false) {
    RandomState random(seed);
    Sequential<T> layers({4});
    layers.add(std::make_unique<Dense<T>>(8, DenseActivation::relu), random);
    if (normalised) layers.add(std::make_unique<BatchNormalization<T>>(), random);
    if (dropout > 0) layers.add(std::make_unique<Dropout<T>>(dropout), random);
    layers.add(std::make_unique<Dense<T>>(3), random);
    layers.add(std::make_unique<Softmax<T>>(), random);
    return layers;
}

template <class T>
History fit(Sequential<T>& layers, const LabelledSamples<T>& samples, const FitOptions& options,
            double rate = 0.01, const OnProgress& on_progress = {}) {
    const auto optimizer = make_optimizer<T>({.learning_rate = rate});
    optimizer->build(layers.trainable_parameters());
    RandomState random(5);
    return layers.fit(samples, *optimizer, options, random, on_progress);
}

TEST(Sequential, NamesAndShapesAreThoseOfKeras) {
    const Sequential<double> layers = network(0, 0.5, true);
    std::vector<std::string> names;
    for (const Parameter<double>* parameter : layers.parameters()) names.push_back(parameter->name);
    EXPECT_EQ(names, (std::vector<std::string>{"dense/kernel", "dense/bias", "batch_normalization/gamma",
                                               "batch_normalization/beta", "batch_normalization/moving_mean",
                                               "batch_normalization/moving_variance", "dense_1/kernel",
                                               "dense_1/bias"}));
    EXPECT_EQ(layers.parameters()[0]->shape, (Shape{4, 8}));
    EXPECT_EQ(layers.n_inputs(), 4);
    EXPECT_EQ(layers.n_outputs(), 3);
}

TEST(Sequential, NewKernelsAreGlorotUniform) {
    RandomState random(2);
    Dense<double> layer(200);
    (void)layer.build({100}, random);
    const std::vector<double>& kernel = layer.parameters()[0].values;
    const double limit = std::sqrt(6.0 / 300);
    double sum = 0, squares = 0;
    for (const double w : kernel) {
        ASSERT_LE(std::abs(w), limit);
        sum += w;
        squares += w * w;
    }
    const double n = static_cast<double>(kernel.size());
    EXPECT_NEAR(sum / n, 0, 4 * limit / std::sqrt(3 * n));
    EXPECT_NEAR(squares / n, limit * limit / 3, 0.01 * limit * limit);
    for (const double b : layer.parameters()[1].values) EXPECT_EQ(b, 0);
}

TEST(Sequential, LearnsClassesThatLieApart) {
    const Data<float> data = blobs<float>(150);
    Sequential<float> layers = network<float>();
    const History history = fit(layers, data.samples(), {.batch_size = 16, .epochs = 60});
    EXPECT_GT(history.at("accuracy").back(), 0.85);
    EXPECT_LT(history.at("loss").back(), history.at("loss").front() / 2);
    const Matrix<float> probabilities = layers.predict(data.x);
    for (std::size_t i = 0; i < probabilities.rows(); ++i) {
        float sum = 0;
        for (const float p : probabilities.row(i)) sum += p;
        EXPECT_NEAR(sum, 1, 1e-6);
    }
}

TEST(Sequential, SameSeedSameBits) {
    const Data<float> data = blobs<float>(61);
    const FitOptions options{.batch_size = 7, .epochs = 5, .validation_split = 0.2};
    Sequential<float> a = network<float>(3, 0.3, true), b = network<float>(3, 0.3, true);
    EXPECT_EQ(fit(a, data.samples(), options), fit(b, data.samples(), options));
    for (std::size_t i = 0; i < a.parameters().size(); ++i)
        EXPECT_EQ(a.parameters()[i]->values, b.parameters()[i]->values);
    EXPECT_EQ(a.predict(data.x), b.predict(data.x));
}

TEST(Sequential, PredictionsDoNotDependOnTheBatch) {
    const Data<float> data = blobs<float>(300);
    Sequential<float> layers = network<float>(1, 0.2, true);
    (void)fit(layers, data.samples(), {.epochs = 2});
    const Matrix<float> all = layers.predict(data.x);
    for (const std::size_t i : {0U, 17U, 299U}) {
        const Matrix<float> one = layers.predict({data.x.row(i).data(), 1, 4});
        for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(one(0, k), all(i, k));
    }
}

TEST(Sequential, ValidationIsTheLastPartAndIsNotTrainedOn) {
    Data<double> data = blobs(50);
    const FitOptions options{.batch_size = 8, .epochs = 3, .validation_split = 0.3};
    Sequential<double> a = network(), b = network();
    const History with = fit(a, data.samples(), options);
    // floor(50 * 0.7) = 35 stay, though 50 * (1 - 0.3) is a little less than 35 in binary: as Keras counts.
    const auto n = static_cast<std::size_t>(std::floor(50 * (1.0 - 0.3)));
    for (std::size_t i = n; i < 50; ++i)
        for (double& value : data.x.row(i)) value = 100;
    const History other = fit(b, data.samples(), options);
    EXPECT_EQ(with.at("loss"), other.at("loss"));
    EXPECT_NE(with.at("val_loss"), other.at("val_loss"));
    const Evaluation last = b.evaluate({{data.x.row(n).data(), 50 - n, 4}, std::span(data.y).subspan(n), {}});
    EXPECT_DOUBLE_EQ(other.at("val_loss").back(), last.loss);
    EXPECT_DOUBLE_EQ(other.at("val_accuracy").back(), last.accuracy);
}

TEST(Sequential, WholeWeightsOfSamplesAreRepetitions) {
    const Data<double> data = blobs(4);
    const std::vector<double> weights{2, 1, 0, 1};
    Data<double> repeated{Matrix<double>(4, 4), {0, 0, 1, 0}};
    const std::array<std::size_t, 4> from{0, 0, 1, 3};
    for (std::size_t i = 0; i < 4; ++i) std::copy_n(data.x.row(from[i]).data(), 4, repeated.x.row(i).data());
    const FitOptions options{.batch_size = 4, .epochs = 3, .shuffle = false};
    Sequential<double> a = network(), b = network();
    const History weighted = fit(a, {data.x, data.y, weights}, options);
    const History plain = fit(b, repeated.samples(), options);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(weighted.at("loss")[i], plain.at("loss")[i], 1e-9);
}

TEST(Sequential, BalancedClassesWeighTheSame) {
    Data<double> data = blobs(30);
    std::fill(data.y.begin(), data.y.begin() + 21, 0);  // 24, 3, 3 or so
    std::vector<double> counts(3), weights;
    for (const int label : data.y) ++counts[static_cast<std::size_t>(label)];
    for (const double count : counts) weights.push_back(30 / (3 * count));
    Sequential<double> a = network(), b = network(), c = network();
    FitOptions options{.epochs = 2, .class_weight = ClassWeight::balanced};
    const History balanced = fit(a, data.samples(), options);
    options.class_weight = ClassWeight::none;
    EXPECT_NE(balanced, fit(c, data.samples(), options));
    options.class_weights = weights;
    EXPECT_EQ(balanced, fit(b, data.samples(), options));
}

TEST(Sequential, DropoutDropsItsPartAndKeepsTheMean) {
    Dropout<double> layer(0.3);
    RandomState random(1);
    (void)layer.build({1000}, random);
    const Matrix<double> x(20, 1000, 1.0);
    Matrix<double> y(20, 1000);
    std::vector<double> scratch(layer.scratch_size(20));
    layer.forward_training(x, y, scratch, random);
    double zeros = 0;
    for (const double value : y.values()) {
        ASSERT_TRUE(value == 0 || std::abs(value - 1 / 0.7) < 1e-15);
        zeros += value == 0;
    }
    EXPECT_NEAR(zeros / 20000, 0.3, 4 * std::sqrt(0.21 / 20000));
    layer.forward(x, y, scratch);
    EXPECT_EQ(x, y);
}

TEST(Sequential, SaysWhereTrainingDiverged) {
    const Data<float> data = blobs<float>(30);
    Sequential<float> layers = network<float>();
    const auto optimizer = make_optimizer<float>({.optimizer = OptimizerKind::sgd, .learning_rate = 1e30});
    optimizer->build(layers.trainable_parameters());
    RandomState random(1);
    EXPECT_ERROR(layers.fit(data.samples(), *optimizer, {.epochs = 5}, random), Errc::numerical,
                 "dense/kernel holds");
}

TEST(Sequential, StopsWhenProgressSaysSo) {
    const Data<double> data = blobs(30);
    Sequential<double> layers = network();
    std::vector<std::size_t> seen;
    const auto act = [&] {
        return fit(layers, data.samples(), {.epochs = 9}, 0.01, [&](const Progress& progress) {
            EXPECT_EQ(progress.total, 9);
            EXPECT_GT(progress.loss, 0);
            seen.push_back(progress.done);
            return progress.done < 4;
        });
    };
    EXPECT_ERROR(act(), Errc::cancelled, "epoch 4");
    EXPECT_EQ(seen, (std::vector<std::size_t>{1, 2, 3, 4}));
}

TEST(Sequential, RefusesWhatDoesNotFit) {
    const Data<double> data = blobs(10);
    const std::vector<double> weights(10, 1.0);
    const auto refused = [&](const FitOptions& options, Errc code, const char* part) {
        Sequential<double> layers = network();
        EXPECT_ERROR(fit(layers, data.samples(), options), code, part);
    };
    const auto bad = Errc::invalid_argument;
    refused({.batch_size = 0}, bad, "batch_size = 0");
    refused({.validation_split = 1}, bad, "validation_split = 1");
    refused({.validation_split = 0.95}, bad, "none for training");
    refused({.class_weights = {1, 2}}, bad, "2 weights for 3 classes");
    refused({.class_weight = ClassWeight::balanced, .class_weights = {1, 2, 3}}, bad,
            "class_weights are given too");
    refused({.early_stopping_patience = 2}, bad,
            "early_stopping_monitor = val_loss: needs a validation_split");
    refused({.reduce_lr_patience = 2}, bad, "reduce_lr_monitor = val_loss: needs a validation_split");
    refused({.early_stopping_min_delta = 0.1}, bad,
            "early_stopping_min_delta = 0.1: needs early_stopping_patience");
    refused({.reduce_lr_cooldown = 1}, bad, "reduce_lr_cooldown = 1: needs reduce_lr_patience");
    refused({.reduce_lr_patience = 2, .reduce_lr_monitor = Monitor::loss, .reduce_lr_factor = 1}, bad,
            "reduce_lr_factor = 1: must be at least 0 and below 1");

    Sequential<double> layers = network();
    EXPECT_ERROR(fit(layers, {data.x, data.y, weights}, {.class_weights = {1, 2, 3}}), bad,
                 "weights of the samples");
    const std::vector<int> wrong{0, 1, 2, 3, 0, 0, 0, 0, 0, 0};
    EXPECT_ERROR(fit(layers, {data.x, wrong, {}}, {}), bad, "y[3] = 3: must be at least 0 and below 3");
    EXPECT_ERROR(fit(layers, {data.x, std::span(wrong).first(9), {}}, {}), Errc::shape_mismatch,
                 "x has 10 samples");
    EXPECT_ERROR(layers.predict(Matrix<double>(2, 5)), Errc::shape_mismatch,
                 "x is [2, 5]: the network takes 4");
    RandomState random(0);
    Sequential<double> open({4});
    open.add(std::make_unique<Dense<double>>(3), random);
    EXPECT_ERROR(fit(open, data.samples(), {}), bad, "must be a softmax");
    EXPECT_ERROR(open.add(nullptr, random), bad, "no layer");
    EXPECT_ERROR(Dense<double>(0), bad, "units = 0");
    EXPECT_ERROR(Dropout<double>(1), bad, "dropout = 1");
    EXPECT_ERROR(BatchNormalization<double>(0.9, 0), bad, "epsilon");
    Sequential<double> frames({4, 2});
    EXPECT_ERROR(frames.add(std::make_unique<Dense<double>>(3), random), Errc::shape_mismatch, "2 axes");
}

TEST(Sequential, OneSampleIsEnough) {
    const Data<double> data = blobs(1);
    Sequential<double> layers = network(0, 0, true);
    const History history = fit(layers, data.samples(), {.epochs = 2});
    EXPECT_TRUE(std::isfinite(history.at("loss").back()));
}

}  // namespace
}  // namespace undertone
