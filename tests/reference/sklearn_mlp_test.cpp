#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "nn/optim/lbfgs.hpp"
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

Data data(std::size_t samples, std::size_t features, int classes) {  // as data() of the generator
    RandomState random(static_cast<std::uint32_t>(samples));
    Data made{Matrix<double>(samples, features), {}};
    for (double& value : made.x.values()) value = random.uniform(-1.7, 1.7);
    for (std::size_t i = 0; i < samples; ++i) made.y.push_back(static_cast<int>(random.randint(0, classes)));
    return made;
}

Matrix<float> narrowed(const Matrix<double>& x) {
    Matrix<float> narrow(x.rows(), x.cols());
    std::transform(x.values().begin(), x.values().end(), narrow.values().begin(),
                   [](double value) { return static_cast<float>(value); });
    return narrow;
}

template <class T>
std::vector<double> weights(const MlpClassifier<T>& model) {  // some 150 of them, as the generator takes them
    std::vector<double> all;
    for (const auto& layer : model.coefs())
        all.insert(all.end(), layer.values().begin(), layer.values().end());
    for (const auto& layer : model.intercepts()) all.insert(all.end(), layer.begin(), layer.end());
    std::vector<double> some;
    for (std::size_t i = 0; i < all.size(); i += std::max<std::size_t>(1, all.size() / 150))
        some.push_back(all[i]);
    return some;
}

void expect_near(std::span<const double> got, std::span<const double> expected, double tolerance,
                 const std::string& what) {
    ASSERT_EQ(got.size(), expected.size()) << what;
    double largest = 0;
    for (std::size_t i = 0; i < got.size(); ++i) largest = std::max(largest, std::abs(got[i] - expected[i]));
    EXPECT_LE(largest, tolerance) << what;
}

class SklearnMlp : public testing::Test {
protected:
    static void SetUpTestSuite() { file = test::reference("sklearn_mlp"); }
    static inline TensorFile file;

    template <class T>
    static const std::vector<T>& values(const std::string& name) {
        const Tensor* tensor = file.find(name);
        if (tensor == nullptr) throw Error(Errc::corrupt_data, name + " is not in the reference file");
        return std::get<std::vector<T>>(tensor->values);
    }
};

/// One line of the metadata: "samples=120;...;solver=sgd".
struct Case {
    std::size_t samples = 0, features = 0;
    int classes = 0, fits = 0;
    MlpOptions options;

    explicit Case(const std::string& line) {
        for (std::size_t begin = 0; begin < line.size();) {
            const std::size_t end = std::min(line.find(';', begin), line.size()),
                              equals = line.find('=', begin);
            const std::string name = line.substr(begin, equals - begin);
            const std::string text = line.substr(equals + 1, end - equals - 1);
            if (name == "samples")
                samples = std::stoul(text);
            else if (name == "features")
                features = std::stoul(text);
            else if (name == "classes")
                classes = std::stoi(text);
            else if (name == "fits")
                fits = std::stoi(text);
            else
                set_field(options, name, text);
            begin = end + 1;
        }
    }
};

TEST_F(SklearnMlp, EveryCaseTrainsAsMlpClassifierDoes) {
    std::size_t n_cases = 0;
    for (const auto& [key, line] : file.metadata) {
        if (key.rfind("case.", 0) != 0) continue;
        ++n_cases;
        const std::string name = key.substr(5);
        SCOPED_TRACE(name + ": " + line);
        const Case one(line);
        const Data samples = data(one.samples, one.features, one.classes);

        MlpOptions one_epoch = one.options;
        one_epoch.max_iter = 1;
        MlpClassifier<double> first(one_epoch);
        first.fit(samples.x, samples.y);
        expect_near(weights(first), values<double>(name + ".first_weights"), 1e-9, "weights after one epoch");

        MlpClassifier<double> model(one.options);
        for (int fit = 0; fit < one.fits; ++fit) model.fit(samples.x, samples.y);
        expect_near(model.loss_curve(), values<double>(name + ".loss_curve"), 1e-6, "loss curve");
        EXPECT_EQ((std::vector<std::int64_t>{model.n_iter(), model.t()}),
                  values<std::int64_t>(name + ".counts"));
        Matrix<double> some(4, one.features);
        std::copy_n(samples.x.data(), some.size(), some.data());
        expect_near(model.predict_proba(some).values(), values<double>(name + ".proba"), 1e-5,
                    "probabilities");
        const double best = one.options.early_stopping            ? *model.best_validation_score()
                            : one.options.solver == Solver::lbfgs ? model.loss()
                                                                  : *model.best_loss();
        EXPECT_NEAR(best, values<double>(name + ".best")[0], 1e-6);
        if (one.options.early_stopping)
            expect_near(model.validation_scores(), values<double>(name + ".validation_scores"), 1e-12,
                        "scores");
        EXPECT_EQ(model.out_activation(), one.classes == 2 ? "logistic" : "softmax");
        EXPECT_EQ(model.converged(), name == "lbfgs_max_fun" ? false : model.n_iter() < one.options.max_iter);
    }
    EXPECT_EQ(n_cases, 31U);
}

TEST_F(SklearnMlp, PartialFitGoesOnWhereItWas) {
    const Data samples = data(100, 7, 3);
    for (const auto& [solver, name] :
         {std::pair{Solver::adam, "partial_adam"}, {Solver::sgd, "partial_sgd"}}) {
        MlpOptions options;
        options.hidden_layer_sizes = {6};
        options.solver = solver;
        options.random_state = 3;
        options.batch_size = 11;
        MlpClassifier<double> model(options);
        for (std::size_t part = 0; part < 4; ++part)
            model.partial_fit(MatrixView<const double>(samples.x.row(25 * part).data(), 25, 7),
                              std::span(samples.y).subspan(25 * part, 25), std::vector{0, 1, 2});
        expect_near(model.loss_curve(), values<double>(std::string(name) + ".loss_curve"), 1e-9,
                    "loss curve");
        expect_near(weights(model), values<double>(std::string(name) + ".weights"), 1e-9, "weights");
    }
}

TEST_F(SklearnMlp, FloatFollowsFloat32) {
    MlpOptions options;
    options.hidden_layer_sizes = {300, 50, 20, 10};
    options.random_state = 9;
    options.batch_size = 8;
    options.max_iter = 3;
    const Data samples = data(200, 193, 8);
    MlpClassifier<float> model(options);
    model.fit(narrowed(samples.x), samples.y);
    expect_near(model.loss_curve(), values<double>("float32.loss_curve"), 1e-5, "loss curve");

    options.hidden_layer_sizes = {16, 9};
    const Data two = data(120, 12, 2);
    MlpClassifier<float> binary(options);
    binary.fit(narrowed(two.x), two.y);
    expect_near(binary.loss_curve(), values<double>("float32_binary.loss_curve"), 2e-6, "loss curve");

    options.solver = Solver::lbfgs;
    options.max_iter = 12;
    MlpClassifier<float> searched(options);
    searched.fit(narrowed(two.x), two.y);
    EXPECT_NEAR(searched.loss(), values<double>("float32_lbfgs.loss")[0], 5e-6);
    expect_near(weights(searched), values<double>("float32_lbfgs.weights"), 2e-5, "weights");
}

class Minimum : public SklearnMlp {
protected:
    using Function = double (*)(std::span<const double> x, std::span<double> gradient);

    /// Every point that is evaluated is one that scipy evaluates, as long as rounding has not grown.
    static void same_path(const std::string& name, std::vector<double> x, Function function) {
        const auto& calls = values<double>("minimum." + name + ".calls");
        const auto& counts = values<std::int64_t>("minimum." + name + ".counts");
        std::size_t call = 0;
        const nn::LbfgsResult result = nn::minimize_lbfgs(
            x, {.gtol = 1e-8, .max_iter = 200},
            [&](std::span<double> gradient) {
                if ((call + 1) * x.size() <= calls.size())
                    expect_near(x, std::span(calls).subspan(call * x.size(), x.size()), 1e-7,
                                name + ", evaluation " + std::to_string(call));
                ++call;
                return function(x, gradient);
            },
            [](int, double) { return true; });
        EXPECT_EQ(result.n_iter, counts[0]) << name;
        EXPECT_EQ(result.n_fun, counts[1]) << name;
        EXPECT_EQ(result.converged, counts[2] == 0) << name;
        expect_near(x, values<double>("minimum." + name + ".x"), 1e-7, name);
    }
};

TEST_F(Minimum, OfRosenbrocksFunctionIsFoundOnScipysPath) {
    same_path("rosenbrock", {-1.2, 1.0, -0.5, 2.0},
              [](std::span<const double> x, std::span<double> gradient) {
                  double value = 0;
                  std::fill(gradient.begin(), gradient.end(), 0.0);
                  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
                      const double off = x[i + 1] - x[i] * x[i], rest = 1 - x[i];
                      value += 100 * off * off + rest * rest;
                      gradient[i] += -400 * x[i] * off - 2 * rest;
                      gradient[i + 1] += 200 * off;
                  }
                  return value;
              });
}

TEST_F(Minimum, OfABadlyScaledValleyThatIsNotConvexIsFoundOnScipysPath) {
    same_path("valley", {3.0, -2.0, 1.0}, [](std::span<const double> x, std::span<double> gradient) {
        const std::vector<double> scale{1.0, 1e3, 1e-2};
        double value = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            value += std::log1p(scale[i] * x[i] * x[i]);
            gradient[i] = 2 * scale[i] * x[i] / (1 + scale[i] * x[i] * x[i]);
        }
        return value;
    });
}

TEST_F(Minimum, LineSearchesTryScipysSteps) {
    const auto two = [](double a) {
        const double b = a + 0.004;
        return std::pair{std::pow(b, 5) - 2 * std::pow(b, 4), 5 * std::pow(b, 4) - 8 * std::pow(b, 3)};
    };
    const auto five = [](double a) {
        const auto gamma = [](double b) { return std::sqrt(1 + b * b) - b; };
        const double left = std::sqrt((1 - a) * (1 - a) + 1e-6), right = std::sqrt(a * a + 1e-4);
        return std::pair{gamma(0.01) * left + gamma(0.001) * right,
                         gamma(0.01) * (a - 1) / left + gamma(0.001) * a / right};
    };
    const auto same_steps = [](const std::string& name, const auto& function) {
        const auto& expected = values<double>("line_search." + name);
        const auto [start, start_slope] = function(0.0);
        nn::LineSearch search(start, start_slope, expected[0]);
        for (std::size_t i = 0; i < expected.size(); ++i) {
            ASSERT_NEAR(search.step(), expected[i], 1e-9 * expected[i]) << name;
            const auto [value, slope] = function(search.step());
            ASSERT_EQ(search.take(value, slope), i + 1 == expected.size()) << name;
        }
    };
    for (const char* first : {"0.001", "0.1", "10", "1000"}) {
        same_steps("two." + std::string(first), two);
        same_steps("five." + std::string(first), five);
    }
}

}  // namespace
}  // namespace undertone
