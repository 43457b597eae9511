#include <cmath>

#include "support/support.hpp"
#include "undertone/optimizers.hpp"

namespace undertone {
namespace {

TEST(Optimizer, RefusesWhatTheChosenOneDoesNotHave) {
    using O = OptimizerOptions;
    const auto refused = [](O options, const char* part) {
        EXPECT_ERROR(make_optimizer<float>(options), Errc::invalid_argument, part);
    };
    refused({.optimizer = OptimizerKind::adam, .momentum = 0.9},
            "momentum = 0.9: the optimizer adam has no such");
    refused({.optimizer = OptimizerKind::rmsprop, .nesterov = true}, "nesterov = true");
    refused({.optimizer = OptimizerKind::sgd, .rho = 0.5}, "rho = 0.5: the optimizer sgd");
    refused({.optimizer = OptimizerKind::adamw, .centered = true}, "centered");
    refused({.optimizer = OptimizerKind::sgd, .beta_1 = 0.5}, "beta_1");
    refused({.optimizer = OptimizerKind::rmsprop, .amsgrad = true}, "amsgrad");
    refused({.optimizer = OptimizerKind::sgd, .epsilon = 0.5}, "epsilon");
    refused({.optimizer = OptimizerKind::sgd, .nesterov = true}, "needs a momentum");
    refused({.clipnorm = 1, .clipvalue = 1}, "only one of them");
    refused({.learning_rate = 0}, "learning_rate = 0: must be above 0");
    refused({.learning_rate = std::nan("")}, "learning_rate");
    refused({.beta_2 = 1}, "beta_2 = 1: must be at least 0 and below 1");
    refused({.clipvalue = -1}, "clipvalue = -1");
}

TEST(Optimizer, LearningRatesAreThoseOfKerasUnlessSet) {
    const auto rate = [](OptimizerKind kind) {
        return make_optimizer<double>({.optimizer = kind})->learning_rate();
    };
    EXPECT_EQ(rate(OptimizerKind::sgd), 0.01);
    EXPECT_EQ(rate(OptimizerKind::adam), 0.001);
    EXPECT_EQ(rate(OptimizerKind::adamw), 0.001);
    EXPECT_EQ(rate(OptimizerKind::rmsprop), 0.001);
    EXPECT_EQ(make_optimizer<float>({.learning_rate = 0.1})->learning_rate(), 0.1F);
}

// Pieces or whole, with or without a kept gradient: the weights are the same.
TEST(Optimizer, PiecesOfAGradientGiveTheSameAsTheWhole) {
    std::vector<OptimizerOptions> all;
    for (const auto& kind : kOptimizerKinds) {
        all.push_back({.optimizer = kind.value, .weight_decay = 0.1});
        all.push_back({.optimizer = kind.value, .clipnorm = 0.2});
        all.push_back({.optimizer = kind.value, .clipvalue = 0.3});
        all.push_back({.optimizer = kind.value, .global_clipnorm = 0.2});
    }
    for (const OptimizerOptions& options : all) {
        const auto trained = [&](std::size_t piece) {
            Parameter<double> a("a", {7}, 0.5), b("b", {2, 3}, -0.5);
            const std::vector<Parameter<double>*> parameters{&a, &b};
            const auto optimizer = make_optimizer<double>(options);
            optimizer->build(parameters);
            for (int step = 1; step <= 5; ++step) {
                optimizer->begin_step();
                for (Parameter<double>* parameter : parameters)
                    for (std::size_t first = 0; first < parameter->values.size(); first += piece) {
                        std::vector<double> gradient;
                        for (std::size_t i = first; i < std::min(first + piece, parameter->values.size());
                             ++i)
                            gradient.push_back(std::sin(static_cast<double>(i) + step));
                        optimizer->take(*parameter, first, gradient);
                    }
                optimizer->end_step();
            }
            std::vector<double> values = a.values;
            values.insert(values.end(), b.values.begin(), b.values.end());
            return values;
        };
        EXPECT_EQ(trained(1), trained(100));
        EXPECT_EQ(trained(3), trained(100));
    }
}

TEST(Optimizer, ClippingBoundsTheStep) {
    const auto step = [](OptimizerOptions options) {
        options.optimizer = OptimizerKind::sgd;
        options.learning_rate = 1;
        Parameter<double> a("a", {2}, 0.0), b("b", {1}, 0.0);
        const std::vector<Parameter<double>*> parameters{&a, &b};
        const auto optimizer = make_optimizer<double>(options);
        optimizer->build(parameters);
        optimizer->begin_step();
        std::vector<double> of_a{3, 4}, of_b{12};
        optimizer->take(a, 0, of_a);
        optimizer->take(b, 0, of_b);
        optimizer->end_step();
        return std::vector{-a.values[0], -a.values[1], -b.values[0]};
    };
    EXPECT_EQ(step({.clipvalue = 3.5}), (std::vector{3.0, 3.5, 3.5}));
    const auto near = [](const std::vector<double>& values, const std::vector<double>& expected) {
        for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(values[i], expected[i], 1e-12);
    };
    near(step({.clipnorm = 1}), {0.6, 0.8, 1});
    near(step({.clipnorm = 100}), {3, 4, 12});
    near(step({.global_clipnorm = 1}), {3 / 13.0, 4 / 13.0, 12 / 13.0});
    near(step({.global_clipnorm = 100}), {3, 4, 12});
}

}  // namespace
}  // namespace undertone
