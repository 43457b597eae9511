#include "exchange/perceptron.hpp"

#include <cmath>

#include "support/support.hpp"

namespace undertone::exchange {
namespace {

Product product(std::size_t n_in, std::size_t n_out, double weight = 0.5) {
    return {n_in, n_out, std::vector<double>(n_in * n_out, weight)};
}

TEST(Fold, StepsBesideALayerGoIntoIt) {
    const Perceptron network =
        fold({Product{1, 2, {1, 2}}, Affine{{1}, {3, 4}}, Affine{{2}, {0.5}}, Function::relu,
              Affine{{10, 100}, {1, 0}}, Product{2, 2, {1, 2, 3, 4}}, Function::softmax},
             Dtype::float32);
    ASSERT_EQ(network.layers.size(), 2U);
    EXPECT_EQ(network.layers[0].product.kernel, (std::vector<double>{2, 4}));
    EXPECT_EQ(network.layers[0].bias, (std::vector<double>{6.5, 8.5}));
    EXPECT_EQ(network.layers[1].product.kernel, (std::vector<double>{10, 20, 300, 400}));
    EXPECT_EQ(network.layers[1].bias, (std::vector<double>{1, 2}));
    EXPECT_EQ(network.dtype, Dtype::float64) << "weights that were put together are not rounded";
    EXPECT_FALSE(network.scaler);
}

TEST(Fold, WhatIsDoneToTheInputsIsTheScaler) {
    const std::vector<Step> rest{Product{2, 2, {1, 2, 3, 4}}, Function::softmax};
    std::vector<Step> steps{Affine{{0.5, 2}, {1, -4}}};
    steps.insert(steps.end(), rest.begin(), rest.end());
    const Perceptron network = fold(steps, Dtype::float32);
    ASSERT_TRUE(network.scaler);
    EXPECT_EQ(network.scaler->mean, (std::vector<double>{-2, 2}));
    EXPECT_EQ(network.scaler->scale, (std::vector<double>{2, 0.5}));
    EXPECT_EQ(network.dtype, Dtype::float32);
    steps.front() = Affine{{-1, 2}, {1, 0}};  // no scaler turns a column round
    const Perceptron turned = fold(steps, Dtype::float32);
    EXPECT_FALSE(turned.scaler);
    EXPECT_EQ(turned.layers[0].product.kernel, (std::vector<double>{-1, -2, 6, 8}));
    EXPECT_EQ(turned.layers[0].bias, (std::vector<double>{1, 2}));
}

TEST(Fold, NetworksWithoutCounterpartAreNamed) {
    const auto folded = [](std::vector<Step> steps) { return fold(std::move(steps), Dtype::float32); };
    EXPECT_ERROR(folded({}), Errc::unsupported_format, "no dense layer");
    EXPECT_ERROR(folded({Function::relu, product(2, 2)}), Errc::unsupported_format, "begins with relu");
    EXPECT_ERROR(folded({product(2, 3)}), Errc::unsupported_format, "ends in linear with 3 outputs");
    EXPECT_ERROR(folded({product(2, 3), Function::logistic}), Errc::unsupported_format,
                 "ends in sigmoid with 3");
    EXPECT_ERROR(folded({product(2, 1), Function::softmax}), Errc::unsupported_format,
                 "softmax over one class");
    EXPECT_ERROR(folded({product(2, 2), Function::softmax, product(2, 2)}), Errc::unsupported_format,
                 "something after its softmax");
    EXPECT_ERROR(folded({product(2, 3), product(2, 2), Function::softmax}), Errc::corrupt_data, "2 inputs");
    EXPECT_ERROR(folded({Product{2, 2, {1, 2, 3}}, Function::softmax}), Errc::corrupt_data, "has 3 weights");
    EXPECT_ERROR(folded({product(2, 2, NAN), Function::softmax}), Errc::corrupt_data, "not finite");
    EXPECT_ERROR(folded({product(2, 2), Affine{{1}, {1, 2, 3}}, Function::softmax}), Errc::corrupt_data,
                 "3 numbers");
}

TEST(Fold, HiddenLayersMayHaveActivationsOfTheirOwn) {
    const auto activations = [](const std::vector<Function>& functions) {
        std::vector<Step> steps;
        for (const Function function : functions) {
            steps.emplace_back(product(2, 2));
            steps.emplace_back(function);
        }
        steps.emplace_back(product(2, 2));
        steps.emplace_back(Function::softmax);
        return fold(std::move(steps), Dtype::float32).activations;
    };
    using enum Function;
    EXPECT_EQ(activations({}), (std::vector{relu}));
    EXPECT_EQ(activations({tanh, tanh}), (std::vector{tanh}));
    EXPECT_EQ(activations({relu, identity, logistic}), (std::vector{relu, identity, logistic}));
}

TEST(Perceptron, TwoClassesHaveOneColumnOrTwo) {
    Perceptron network =
        fold({Product{2, 1, {1, -2}}, Affine{{1}, {0.5}}, Function::logistic}, Dtype::float64);
    EXPECT_EQ(network.n_classes(), 2U);
    network = with_softmax(network);
    EXPECT_EQ(network.layers[0].product.kernel, (std::vector<double>{0, 1, 0, -2}));
    EXPECT_EQ(network.layers[0].bias, (std::vector<double>{0, 0.5}));
    network.labels = {"sad", "angry"};
    network = with_logistic(with_sorted_labels(network));
    EXPECT_EQ(network.labels, (std::vector<std::string>{"angry", "sad"}));
    EXPECT_EQ(network.layers[0].product.kernel, (std::vector<double>{-1, 2}));
    EXPECT_EQ(network.layers[0].bias, (std::vector<double>{-0.5}));
}

TEST(ModelOf, WhatTheFileDoesNotTellIsAsked) {
    Perceptron network = fold({product(5, 3), Function::softmax}, Dtype::float64);
    EXPECT_ERROR(model_of(network, {"keras", {}, "", {}}), Errc::shape_mismatch,
                 "reads 5 numbers a clip, and the file does not say which: --features");
    EXPECT_ERROR(model_of(network, {"keras", {}, "librosa193", {}}), Errc::shape_mismatch, "gives 193");
    EXPECT_ERROR(model_of(network, {"keras", {}, "logmel64", {}}), Errc::shape_mismatch,
                 "one vector a frame");
    network = fold({product(193, 3), Function::softmax}, Dtype::float64);
    EXPECT_EQ(model_of(network, {"keras", {}, "", {}}).labels(), (std::vector<std::string>{"0", "1", "2"}));
    network.labels = {"a", "b"};
    EXPECT_ERROR(model_of(network, {"keras", {}, "", {}}), Errc::shape_mismatch,
                 "3 classes apart, there are 2 labels");
    network.labels = {"a", "b", "a"};
    EXPECT_ERROR(model_of(network, {"keras", {}, "", {}}), Errc::invalid_argument, "name one class twice");
}

}  // namespace
}  // namespace undertone::exchange
