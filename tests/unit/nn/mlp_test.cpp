#include <algorithm>
#include <cmath>
#include <limits>

#include "nn/mlp/network.hpp"
#include "nn/mlp/solver.hpp"
#include "nn/optim/line_search.hpp"
#include "support/support.hpp"
#include "undertone/mlp_classifier.hpp"
#include "undertone/random.hpp"

namespace undertone {
namespace {

struct Data {
    Matrix<double> x;
    std::vector<int> y;
};

Data data(std::size_t samples, std::size_t features, int classes) {
    RandomState random(2);
    Data made{Matrix<double>(samples, features), {}};
    for (double& value : made.x.values()) value = random.uniform(-2, 2);
    for (std::size_t i = 0; i < samples; ++i) made.y.push_back(static_cast<int>(i) % classes);
    return made;
}

MlpOptions small() {
    MlpOptions options;
    options.hidden_layer_sizes = {7, 5};
    options.random_state = 4;
    options.batch_size = 6;
    options.max_iter = 5;
    return options;
}

// --- the network
// -------------------------------------------------------------------------------------------------

struct Collected : nn::GradientSink<double> {
    explicit Collected(std::size_t size) : gradient(size), times(size) {}
    void take(std::size_t offset, std::span<const double> block, double) override {
        for (std::size_t i = 0; i < block.size(); ++i) {
            gradient[offset + i] = block[i];
            ++times[offset + i];
        }
    }
    std::vector<double> gradient;
    std::vector<int> times;
};

TEST(MlpNetwork, GradientsAreThoseOfCentralDifferences) {
    for (const Activation activation :
         {Activation::identity, Activation::logistic, Activation::tanh, Activation::relu})
        for (const int classes : {2, 4}) {
            const Data samples = data(9, 6, classes);
            const nn::MlpNetwork<double> network({6, 7, 5, classes == 2 ? 1U : 4U}, activation);
            nn::Parameters<double> parameters(network.n_parameters());
            RandomState random(3);
            for (double& weight : parameters.values()) weight = random.uniform(-0.7, 0.7);
            auto work = network.workspace(9);
            const auto loss = [&] {
                network.forward(parameters, samples.x, work);
                return 9 * network.log_loss(samples.y, work);
            };
            (void)loss();
            Collected sink(network.n_parameters());
            network.backward(parameters, samples.x, samples.y, 0, work, sink);
            const auto check = [&](std::size_t offset, std::size_t count) {
                for (std::size_t i = offset; i < offset + count; ++i) {
                    ASSERT_EQ(sink.times[i], 1);
                    const double weight = parameters.values()[i], step = 1e-6;
                    parameters.values()[i] = weight + step;
                    const double above = loss();
                    parameters.values()[i] = weight - step;
                    const double below = loss();
                    parameters.values()[i] = weight;
                    ASSERT_NEAR(sink.gradient[i], (above - below) / (2 * step), 1e-7);
                }
            };
            for (const auto& layer : network.layers()) {
                check(layer.coefs, layer.n_in * layer.n_out);
                check(layer.intercepts, layer.n_out);
            }
        }
}

TEST(MlpNetwork, ProbabilitiesStayFiniteWhereExponentialsDoNot) {
    const nn::MlpNetwork<double> network({1, 3}, Activation::relu);
    nn::Parameters<double> parameters(network.n_parameters());
    parameters.values()[network.layers()[0].coefs] = 1e5;
    auto work = network.workspace(1);
    const Matrix<double> x(1, 1, 1.0);
    const auto proba = network.forward(parameters, x, work);
    EXPECT_EQ(proba(0, 0), 1);
    EXPECT_EQ(proba(0, 1), 0);
    const std::vector<int> wrong{1};
    EXPECT_NEAR(network.log_loss(wrong, work), -std::log(std::numeric_limits<double>::epsilon()), 1e-9);
}

// --- the solvers: fused kernels against their obvious twins
// ------------------------------------------------------

TEST(MlpSolver, AdamIsTheTextbooks) {
    constexpr std::size_t kSize = 37;  // whole vectors and a rest
    MlpOptions options;
    options.beta_1 = 0.8;
    const auto solver = nn::make_solver<double>(options, kSize);
    nn::Parameters<double> parameters(kSize);
    RandomState random(1);
    for (double& weight : parameters.values()) weight = random.uniform(-1, 1);
    std::vector<double> w(parameters.values().begin(), parameters.values().end()), m(kSize), v(kSize),
        gradient(kSize);
    for (int t = 1; t <= 5; ++t) {
        for (double& value : gradient) value = random.uniform(-3, 3);
        double penalty = 0;
        for (std::size_t i = 0; i < kSize; ++i) {
            penalty += 0.01 * w[i] * w[i];
            const double g = (gradient[i] + 0.01 * w[i]) / 6;
            m[i] = 0.8 * m[i] + 0.2 * g;
            v[i] = 0.999 * v[i] + 0.001 * g * g;
            const double rate = 0.001 * std::sqrt(1 - std::pow(0.999, t)) / (1 - std::pow(0.8, t));
            w[i] -= rate * m[i] / (std::sqrt(v[i]) + 1e-8);
        }
        solver->begin_step(parameters, 6);
        solver->take(0, std::span<const double>(gradient).first(20), 0.01);
        solver->take(20, std::span<const double>(gradient).subspan(20), 0.01);
        EXPECT_NEAR(solver->end_step(), penalty, 1e-14);
        for (std::size_t i = 0; i < kSize; ++i) ASSERT_NEAR(parameters.values()[i], w[i], 1e-14);
    }
}

TEST(MlpSolver, MomentumIsTheTextbooks) {
    constexpr std::size_t kSize = 21;
    for (const bool nesterov : {true, false}) {
        MlpOptions options;
        options.solver = Solver::sgd;
        options.nesterovs_momentum = nesterov;
        const auto solver = nn::make_solver<float>(options, kSize);
        nn::Parameters<float> parameters(kSize);
        std::vector<double> w(kSize), velocity(kSize);
        RandomState random(1);
        std::vector<float> gradient(kSize);
        for (int t = 0; t < 5; ++t) {
            for (float& value : gradient) value = static_cast<float>(random.uniform(-3, 3));
            for (std::size_t i = 0; i < kSize; ++i) {
                const double step = 0.001 * static_cast<double>(gradient[i]) / 2;
                velocity[i] = 0.9 * velocity[i] - step;
                w[i] += nesterov ? 0.9 * velocity[i] - step : velocity[i];
            }
            solver->begin_step(parameters, 2);
            solver->take(0, gradient, 0);
            EXPECT_EQ(solver->end_step(), 0);
            for (std::size_t i = 0; i < kSize; ++i)
                ASSERT_NEAR(static_cast<double>(parameters.values()[i]), w[i], 1e-7);
        }
    }
}

TEST(MlpSolver, AnotherGoesOnFromItsState) {
    for (const Solver kind : {Solver::adam, Solver::sgd}) {
        MlpOptions options;
        options.solver = kind;
        nn::Parameters<double> here(3), there(3);
        const std::vector<double> gradient{0.5, -1, 2};
        const auto step = [&](nn::StochasticSolver<double>& solver, nn::Parameters<double>& parameters) {
            solver.begin_step(parameters, 2);
            solver.take(0, gradient, 0.1);
            (void)solver.end_step();
        };
        const auto first = nn::make_solver<double>(options, 3), second = nn::make_solver<double>(options, 3);
        step(*first, here);
        step(*first, here);
        there = here;
        second->restore(first->state());
        step(*first, here);
        step(*second, there);
        for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(here.values()[i], there.values()[i]) << i;
    }
}

TEST(LineSearch, EndsWhereTheStrongWolfeConditionsHold) {
    // Function 1 of Moré and Thuente's table, from steps far too small to far too large. Where the conditions
    // are out of reach the search ends on a short interval instead: see tests/reference/sklearn_mlp_test.cpp.
    const auto first = [](double a) {
        return std::pair{-a / (a * a + 2), (a * a - 2) / std::pow(a * a + 2, 2)};
    };
    const auto ends = [](const auto& function, double step) {
        const auto [start, slope] = function(0.0);
        nn::LineSearch search(start, slope, step);
        for (int trial = 0; trial < 20; ++trial) {
            const double at = search.step();
            const auto [value, slope_there] = function(at);
            if (!search.take(value, slope_there)) continue;
            EXPECT_LE(value, start + 1e-3 * at * slope) << step;
            EXPECT_LE(std::abs(slope_there), -0.9 * slope) << step;
            return;
        }
        ADD_FAILURE() << "no end from " << step;
    };
    for (const double step : {1e-3, 1e-1, 1e1, 1e3}) ends(first, step);
}

// --- the classifier
// ----------------------------------------------------------------------------------------------

TEST(MlpClassifier, ClassesMayBeAnyNumbers) {
    Data samples = data(40, 4, 3);
    for (int& label : samples.y) label = label * 10 - 7;
    MlpClassifier<double> model(small());
    model.fit(samples.x, samples.y);
    EXPECT_EQ(model.classes(), (std::vector{-7, 3, 13}));
    for (const int label : model.predict(samples.x)) EXPECT_TRUE(label == -7 || label == 3 || label == 13);
    const Matrix<double> proba = model.predict_proba(samples.x);
    const std::vector<int> predicted = model.predict(samples.x);
    double right = 0;
    for (std::size_t i = 0; i < 40; ++i) {
        const auto row = proba.row(i);
        const auto likeliest =
            static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
        EXPECT_EQ(predicted[i], model.classes()[likeliest]);
        right += predicted[i] == samples.y[i] ? 1 : 0;
    }
    EXPECT_DOUBLE_EQ(model.score(samples.x, samples.y), right / 40);
}

TEST(MlpClassifier, WithoutASeedItTellsTheOneItTook) {
    const Data samples = data(30, 4, 3);
    MlpOptions options = small();
    options.random_state = std::nullopt;
    MlpClassifier<double> any(options);
    any.fit(samples.x, samples.y);
    options.random_state = any.random_state();
    MlpClassifier<double> again(options);
    again.fit(samples.x, samples.y);
    EXPECT_EQ(any.loss_curve(), again.loss_curve());
}

TEST(MlpClassifier, CopiesGoTheirOwnWay) {
    const Data samples = data(30, 4, 3);
    MlpClassifier<double> model(small());
    for (int i = 0; i < 2; ++i) model.partial_fit(samples.x, samples.y, std::vector{0, 1, 2});
    MlpClassifier<double> copy = model;
    const Matrix<double> before = model.predict_proba(samples.x);
    copy.partial_fit(samples.x, samples.y);
    EXPECT_EQ(model.predict_proba(samples.x), before);
    model.partial_fit(samples.x, samples.y);
    EXPECT_EQ(model.predict_proba(samples.x), copy.predict_proba(samples.x));
}

TEST(MlpClassifier, WeightsMakeItAgain) {
    const Data samples = data(30, 4, 3);
    MlpClassifier<double> model(small());
    model.fit(samples.x, samples.y);
    std::vector<Matrix<double>> coefs;
    std::vector<std::vector<double>> intercepts;
    for (const auto& layer : model.coefs()) {
        coefs.emplace_back(layer.rows(), layer.cols());
        std::copy(layer.values().begin(), layer.values().end(), coefs.back().values().begin());
    }
    for (const auto& layer : model.intercepts()) intercepts.emplace_back(layer.begin(), layer.end());
    using Mlp = MlpClassifier<double>;
    EXPECT_EQ(Mlp::from_weights(small(), {0, 1, 2}, coefs, intercepts).predict_proba(samples.x),
              model.predict_proba(samples.x));
    EXPECT_ERROR(Mlp::from_weights(small(), {0, 2, 1}, coefs, intercepts), Errc::invalid_argument,
                 "ascending");
    EXPECT_ERROR(Mlp::from_weights(small(), {0, 1}, coefs, intercepts), Errc::shape_mismatch, "layer 2");
    coefs[1](0, 0) = std::nan("");
    EXPECT_ERROR(Mlp::from_weights(small(), {0, 1, 2}, coefs, intercepts), Errc::numerical, "layer 1");
    coefs.pop_back();
    EXPECT_ERROR(Mlp::from_weights(small(), {0, 1, 2}, coefs, intercepts), Errc::shape_mismatch,
                 "must be 3 of each");
}

TEST(MlpClassifier, AFailedOrCancelledFitChangesNothing) {
    const Data samples = data(30, 4, 3);
    MlpClassifier<double> model(small());
    model.fit(samples.x, samples.y);
    const Matrix<double> before = model.predict_proba(samples.x);
    EXPECT_ERROR(model.fit(samples.x, samples.y, [](const Progress& at) { return at.done < 3; }),
                 Errc::cancelled, "after epoch 3");
    EXPECT_EQ(model.predict_proba(samples.x), before);
    EXPECT_EQ(model.n_iter(), 5);
}

TEST(MlpClassifier, WeightsThatOverflowNameTheEpoch) {
    const Data samples = data(30, 4, 3);
    MlpOptions options = small();
    options.solver = Solver::sgd;
    options.activation = Activation::identity;
    options.learning_rate_init = 1e200;
    EXPECT_ERROR(MlpClassifier<double>(options).fit(samples.x, samples.y), Errc::numerical,
                 "epoch 1: weights");
}

TEST(MlpClassifier, StopsOnlyWhenItMay) {
    const Data samples = data(30, 4, 3);
    MlpOptions options = small();
    options.tol = 10;  // nothing is ever better
    options.n_iter_no_change = 2;
    options.max_iter = 50;
    MlpClassifier<double> stops(options);
    stops.fit(samples.x, samples.y);
    EXPECT_TRUE(stops.converged());
    EXPECT_EQ(stops.n_iter(), 4);  // the first epoch beats infinity
    options.n_iter_no_change = std::nullopt;
    MlpClassifier<double> goes_on(options);
    goes_on.fit(samples.x, samples.y);
    EXPECT_FALSE(goes_on.converged());
    EXPECT_EQ(goes_on.n_iter(), 50);
}

TEST(MlpClassifier, EarlyStoppingKeepsTheBestWeights) {
    const Data samples = data(80, 4, 2);
    MlpOptions options = small();
    options.early_stopping = true;
    options.learning_rate_init = 0.2;  // so large that the last epoch is not the best
    options.max_iter = 30;
    MlpClassifier<double> model(options);
    model.fit(samples.x, samples.y);
    const auto& scores = model.validation_scores();
    const auto best = std::max_element(scores.begin(), scores.end());
    EXPECT_EQ(*model.best_validation_score(), *best);
    ASSERT_NE(best, scores.end() - 1);
    options.max_iter = static_cast<int>(best - scores.begin()) + 1;
    MlpClassifier<double> until_best(options);
    until_best.fit(samples.x, samples.y);
    EXPECT_EQ(model.predict_proba(samples.x), until_best.predict_proba(samples.x));
}

TEST(MlpClassifier, WhatItCannotDoIsRefused) {
    const Data samples = data(12, 4, 3);
    const auto fit = [&](const MlpOptions& options, const Data& with) {
        MlpClassifier<double>(options).fit(with.x, with.y);
    };
    const auto refused = [&](const auto& change, const std::string& part) {
        MlpOptions options = small();
        change(options);
        EXPECT_ERROR(fit(options, samples), Errc::invalid_argument, part);
    };
    refused([](MlpOptions& o) { o.hidden_layer_sizes = {3, 0}; }, "hidden_layer_sizes = 3,0");
    refused([](MlpOptions& o) { o.alpha = -1; }, "alpha = -1");
    refused([](MlpOptions& o) { o.learning_rate_init = 0; }, "learning_rate_init = 0: must be above 0");
    refused([](MlpOptions& o) { o.beta_1 = 1; }, "beta_1 = 1");
    refused([](MlpOptions& o) { o.epsilon = std::nan(""); }, "epsilon = nan");
    refused(
        [](MlpOptions& o) {
            o.early_stopping = true;
            o.validation_fraction = 0.05;
        },
        "holds out 1 of 12 samples");
    refused(
        [](MlpOptions& o) {
            o.early_stopping = true;
            o.validation_fraction = 0;
        },
        "validation_fraction = 0");
    const Data one_class{samples.x, std::vector<int>(12, 5)};
    EXPECT_ERROR(fit(small(), one_class), Errc::invalid_argument, "y has 1 class");
    const Data none{Matrix<double>(0, 4), {}};
    EXPECT_ERROR(fit(small(), none), Errc::invalid_argument, "0 samples");
    const Data uneven{samples.x, {0, 1}};
    EXPECT_ERROR(fit(small(), uneven), Errc::shape_mismatch, "x has 12 samples, y has 2");
    Data broken = samples;
    broken.x(3, 2) = std::nan("");
    EXPECT_ERROR(fit(small(), broken), Errc::numerical, "sample 3, feature 2");
    const MlpClassifier<double> unfitted(small());
    EXPECT_ERROR(unfitted.predict(samples.x), Errc::not_fitted, "");
    EXPECT_ERROR(unfitted.score(samples.x, samples.y), Errc::not_fitted, "");
    EXPECT_TRUE(unfitted.coefs().empty());
}

TEST(MlpClassifier, GoingOnNeedsTheSameClassesAndFeatures) {
    const Data samples = data(30, 4, 3), other = data(30, 4, 4), wide = data(30, 5, 3);
    MlpOptions options = small();
    options.warm_start = true;
    MlpClassifier<double> warm(options);
    warm.fit(samples.x, samples.y);
    EXPECT_ERROR(warm.fit(other.x, other.y), Errc::invalid_argument, "warm_start: y has classes 0 1 2 3");
    EXPECT_ERROR(warm.fit(wide.x, wide.y), Errc::shape_mismatch, "5 features, fitted on 4");

    MlpClassifier<double> part(small());
    EXPECT_ERROR(part.partial_fit(samples.x, samples.y), Errc::invalid_argument, "classes are missing");
    part.partial_fit(samples.x, samples.y, std::vector{0, 1, 2});
    EXPECT_ERROR(part.partial_fit(other.x, other.y), Errc::invalid_argument, "must be one of 0 1 2");
    EXPECT_ERROR(part.partial_fit(samples.x, samples.y, std::vector{0, 1}), Errc::invalid_argument,
                 "classes are 0 1");
    EXPECT_ERROR(part.partial_fit(wide.x, wide.y), Errc::shape_mismatch, "5 features");

    options.early_stopping = true;
    EXPECT_ERROR(MlpClassifier<double>(options).partial_fit(samples.x, samples.y, std::vector{0, 1, 2}),
                 Errc::invalid_argument, "early_stopping = true");
    options.solver = Solver::lbfgs;
    EXPECT_ERROR(MlpClassifier<double>(options).partial_fit(samples.x, samples.y, std::vector{0, 1, 2}),
                 Errc::invalid_argument, "solver = lbfgs");
}

TEST(MlpClassifier, LbfgsCanBeCancelledAndFindsTheMinimum) {
    const Data samples = data(60, 4, 3);
    MlpOptions options = small();
    options.solver = Solver::lbfgs;
    options.hidden_layer_sizes = {3};
    options.activation = Activation::identity;
    options.alpha = 5;
    options.max_iter = 500;
    options.tol = 1e-7;
    MlpClassifier<double> model(options);
    std::vector<double> losses;
    model.fit(samples.x, samples.y, [&](const Progress& at) {
        losses.push_back(at.loss);
        return true;
    });
    EXPECT_TRUE(model.converged());
    EXPECT_EQ(static_cast<std::size_t>(model.n_iter()), losses.size());
    EXPECT_TRUE(std::is_sorted(losses.rbegin(), losses.rend()));
    EXPECT_EQ(model.loss(), losses.back());
    EXPECT_ERROR(model.fit(samples.x, samples.y, [](const Progress&) { return false; }), Errc::cancelled,
                 "after iteration 1");
}

}  // namespace
}  // namespace undertone
