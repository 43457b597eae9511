// What the interface promises, asked of every framework that is built in.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "support/support.hpp"
#include "undertone/classifier.hpp"
#include "undertone/random.hpp"

namespace undertone {
namespace {

constexpr int kClasses = 3;
constexpr std::size_t kSamples = 60, kFeatures = 5;

using Options = std::map<std::string, std::string>;

/// Rows as clips of a few frames each, for what learns from frames.
class RowClips final : public FrameSource {
public:
    explicit RowClips(MatrixView<const double> rows) : rows_(rows) {}
    [[nodiscard]] std::size_t size() const override { return rows_.rows(); }
    [[nodiscard]] std::size_t n_columns() const override { return rows_.cols(); }
    void frames(std::size_t clip, Matrix<float>& out) const override {
        out = Matrix<float>(4 + clip % 3, rows_.cols());
        for (std::size_t t = 0; t < out.rows(); ++t)
            for (std::size_t c = 0; c < out.cols(); ++c) out(t, c) = static_cast<float>(rows_(clip, c));
    }

private:
    MatrixView<const double> rows_;
};

void fit(Classifier& classifier, MatrixView<const double> x, const std::vector<int>& y, int n_classes,
         const OnProgress& on_progress = {}) {
    if (classifier.takes_frames())
        classifier.fit_frames(RowClips(x), y, n_classes, 2, on_progress);
    else
        classifier.fit(x, y, n_classes, on_progress);
}

Matrix<double> proba_of(const Classifier& classifier, MatrixView<const double> x) {
    return classifier.takes_frames() ? classifier.predict_frames(RowClips(x)) : classifier.predict_proba(x);
}

Matrix<double> samples(double noise = 0.3) {  // one cloud a class, apart from each other
    RandomState random(1);
    Matrix<double> x(kSamples, kFeatures);
    for (std::size_t i = 0; i < kSamples; ++i)
        for (std::size_t j = 0; j < kFeatures; ++j)
            x(i, j) = (j == i % kClasses ? 2.0 : 0.0) + random.uniform(-noise, noise);
    return x;
}

std::vector<int> labels() {
    std::vector<int> y;
    for (std::size_t i = 0; i < kSamples; ++i) y.push_back(static_cast<int>(i % kClasses));
    return y;
}

Matrix<double> rows(const Matrix<double>& x, std::size_t n) {
    Matrix<double> first(n, x.cols());
    std::copy_n(x.data(), first.size(), first.data());
    return first;
}

double accuracy(const Matrix<double>& proba, const std::vector<int>& y) {
    double right = 0;
    for (std::size_t i = 0; i < proba.rows(); ++i) {
        const auto row = proba.row(i);
        right += std::max_element(row.begin(), row.end()) - row.begin() == y[i] ? 1 : 0;
    }
    return right / static_cast<double>(proba.rows());
}

struct Kind {
    std::string framework;
    Dtype dtype;
};

std::vector<Kind> kinds() {
    std::vector<Kind> all;
    for (const std::string_view framework : framework_names())
        for (const Dtype dtype : {Dtype::float32, Dtype::float64})
            if (!framework_takes_frames(framework) || dtype == Dtype::float32)
                all.push_back({std::string(framework), dtype});
    return all;
}

class Conformance : public testing::TestWithParam<Kind> {
protected:
    [[nodiscard]] std::unique_ptr<Classifier> make(Options options = {{"random_state", "7"}}) const {
        if (framework_takes_frames(
                GetParam().framework))  // a small one, that does not take the rows' means away
            options.insert({{"channels", "8"},
                            {"dilations", "1,2"},
                            {"attention", "4"},
                            {"embedding", "8"},
                            {"dropout", "0"},
                            {"epochs", "30"},
                            {"batch_size", "16"},
                            {"learning_rate", "0.01"},
                            {"clip_normalization", "none"},
                            {"trim_db", "0"}});
        return make_classifier(GetParam().framework, GetParam().dtype, options);
    }
    [[nodiscard]] std::unique_ptr<Classifier> fitted() const {
        auto classifier = make();
        fit(*classifier, x, y, kClasses);
        return classifier;
    }
    [[nodiscard]] std::unique_ptr<Classifier> load(const Classifier& like,
                                                   const std::vector<Tensor>& tensors) const {
        const auto options = like.options();
        return load_classifier(GetParam().framework, GetParam().dtype,
                               Options(options.begin(), options.end()), tensors);
    }

    const Matrix<double> x = samples();
    const std::vector<int> y = labels();
};

TEST_P(Conformance, UnfittedIsEmptyAndSaysSo) {
    const auto classifier = make();
    EXPECT_EQ(classifier->framework(), GetParam().framework);
    EXPECT_EQ(classifier->dtype(), GetParam().dtype);
    EXPECT_EQ(classifier->n_features(), 0);
    EXPECT_EQ(classifier->n_classes(), 0);
    EXPECT_TRUE(classifier->tensors().empty());
    EXPECT_TRUE(classifier->history().empty());
    EXPECT_ERROR(proba_of(*classifier, x), Errc::not_fitted, "");
}

TEST_P(Conformance, LearnsWhatIsEasy) {
    const auto classifier = fitted();
    EXPECT_EQ(classifier->n_features(), static_cast<int>(kFeatures));
    EXPECT_EQ(classifier->n_classes(), kClasses);
    const Matrix<double> proba = proba_of(*classifier, x);
    ASSERT_EQ(proba.rows(), kSamples);
    ASSERT_EQ(proba.cols(), std::size_t{kClasses});
    EXPECT_GE(accuracy(proba, y), 0.95);
    for (std::size_t i = 0; i < kSamples; ++i) {
        double sum = 0;
        for (const double p : proba.row(i)) {
            EXPECT_TRUE(p >= 0 && p <= 1) << p;
            sum += p;
        }
        EXPECT_NEAR(sum, 1, 1e-6);
    }
}

TEST_P(Conformance, TwoClassesHaveTwoProbabilities) {
    std::vector<int> two;
    for (const int label : y) two.push_back(label == 0 ? 0 : 1);
    auto classifier = make();
    fit(*classifier, x, two, 2);
    const Matrix<double> proba = proba_of(*classifier, x);
    ASSERT_EQ(proba.cols(), 2U);
    EXPECT_GE(accuracy(proba, two), 0.95);
    for (std::size_t i = 0; i < kSamples; ++i) EXPECT_NEAR(proba(i, 0) + proba(i, 1), 1, 1e-6);
    EXPECT_EQ(load(*classifier, classifier->tensors())->n_classes(), 2);
}

TEST_P(Conformance, HistoryHasOneValueAnEpoch) {
    const auto classifier = fitted();
    const History& history = classifier->history();
    ASSERT_TRUE(history.contains("loss"));
    for (const auto& [name, curve] : history) {
        EXPECT_EQ(curve.size(), history.at("loss").size()) << name;
        for (const double value : curve) EXPECT_TRUE(std::isfinite(value)) << name;
    }
    EXPECT_LT(history.at("loss").back(), history.at("loss").front());
}

TEST_P(Conformance, SameSeedSameNumbersAndFitAgainIsFromNewWeights) {
    const auto first = fitted(), second = fitted();
    EXPECT_EQ(proba_of(*first, x), proba_of(*second, x));
    EXPECT_EQ(first->history(), second->history());
    fit(*second, x, y, kClasses);
    EXPECT_EQ(proba_of(*first, x), proba_of(*second, x));
    auto other = make({{"random_state", "8"}});
    fit(*other, x, y, kClasses);
    EXPECT_NE(proba_of(*first, x), proba_of(*other, x));
}

TEST_P(Conformance, FitAgainMayHaveAnotherShape) {
    auto classifier = fitted();
    const Matrix<double> narrow(12, 2, 0.5);
    fit(*classifier, narrow, std::vector{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, 2);
    EXPECT_EQ(classifier->n_features(), 2);
    EXPECT_EQ(proba_of(*classifier, narrow).cols(), 2U);
}

TEST_P(Conformance, ARowDoesNotDependOnItsCompany) {
    const auto classifier = fitted();
    const Matrix<double> together = proba_of(*classifier, x), alone = proba_of(*classifier, rows(x, 1));
    for (std::size_t c = 0; c < std::size_t{kClasses}; ++c) EXPECT_EQ(alone(0, c), together(0, c));
    EXPECT_EQ(proba_of(*classifier, rows(x, 0)).rows(), 0U);
}

TEST_P(Conformance, OptionsAndTensorsMakeItAgain) {
    const auto classifier = fitted();
    const auto again = load(*classifier, classifier->tensors());
    EXPECT_EQ(proba_of(*again, x), proba_of(*classifier, x));
    EXPECT_EQ(again->options(), classifier->options());
    EXPECT_EQ(again->dtype(), classifier->dtype());
    EXPECT_EQ(again->n_features(), classifier->n_features());
    EXPECT_EQ(again->n_classes(), classifier->n_classes());
    fit(*again, x, y, kClasses);
    EXPECT_EQ(proba_of(*again, x), proba_of(*classifier, x));
}

TEST_P(Conformance, BrokenTensorsAreRefused) {
    const auto classifier = fitted();
    const std::vector<Tensor> sound = classifier->tensors();
    ASSERT_FALSE(sound.empty());
    EXPECT_ERROR(load(*classifier, {}), Errc::corrupt_data, "");
    for (std::size_t i = 0; i < sound.size(); ++i) {
        SCOPED_TRACE(sound[i].name);
        std::vector<Tensor> tensors = sound;
        tensors.erase(tensors.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_ERROR(load(*classifier, tensors), Errc::corrupt_data, "");

        tensors = sound;  // wider than belongs there
        const std::size_t count = tensors[i].element_count() * 2;
        tensors[i].shape.back() *= 2;
        std::visit([&](auto& values) { values.resize(count); }, tensors[i].values);
        EXPECT_ERROR(load(*classifier, tensors), Errc::corrupt_data, "");

        tensors = sound;
        tensors[i].values = std::vector<std::int32_t>(tensors[i].element_count());
        EXPECT_ERROR(load(*classifier, tensors), Errc::corrupt_data, "");

        tensors = sound;
        std::visit(
            [](auto& values) {
                using Value = typename std::decay_t<decltype(values)>::value_type;
                if constexpr (std::is_floating_point_v<Value>)
                    values[0] = std::numeric_limits<Value>::quiet_NaN();
            },
            tensors[i].values);
        EXPECT_ERROR(load(*classifier, tensors), Errc::corrupt_data, "");
    }
}

TEST_P(Conformance, NumbersThatAreNotFiniteAreRefused) {
    for (const double bad :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        Matrix<double> broken = x;
        broken(kSamples - 1, 2) = bad;
        EXPECT_ERROR(fit(*make(), broken, y, kClasses), Errc::numerical, "");
        EXPECT_ERROR(proba_of(*fitted(), broken), Errc::numerical, "");
    }
}

TEST_P(Conformance, HugeFeaturesEndInAnErrorOrInFiniteNumbers) {
    for (const double factor : {1e18, 1e37, 1e39, 1e150, 1e307}) {
        Matrix<double> huge = samples();
        for (double& value : huge.values()) value *= factor;
        auto classifier = make();
        try {
            fit(*classifier, huge, y, kClasses);
            const Matrix<double> proba = proba_of(*classifier, huge);
            for (const double p : proba.values()) ASSERT_TRUE(std::isfinite(p)) << factor;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Errc::numerical) << error.what();
        }
    }
}

TEST_P(Conformance, ShapesThatDoNotAgreeAreRefused) {
    EXPECT_ERROR(fit(*make(), rows(x, 59), y, kClasses), Errc::shape_mismatch, "");
    EXPECT_ERROR(proba_of(*fitted(), Matrix<double>(3, kFeatures + 1)), Errc::shape_mismatch, "");
}

TEST_P(Conformance, LabelsThatAreNoTaskAreRefused) {
    const auto refused = [&](const Matrix<double>& features, const std::vector<int>& given, int n_classes) {
        EXPECT_ERROR(fit(*make(), features, given, n_classes), Errc::invalid_argument, "");
    };
    refused(Matrix<double>(0, kFeatures), {}, kClasses);
    refused(x, std::vector<int>(kSamples, 0), 1);
    refused(x, std::vector<int>(kSamples, 0), 2);  // nobody is in class 1
    refused(x, y, kClasses + 1);
    refused(x, y, kClasses - 1);
    std::vector<int> negative = y;
    negative[4] = -1;
    refused(x, negative, kClasses);
}

TEST_P(Conformance, TheCallbackSeesEveryEpochAndCanStop) {
    auto classifier = make();
    std::size_t epochs = 0;
    fit(*classifier, x, y, kClasses, [&](const Progress& progress) {
        // Long epochs ask within them too.
        EXPECT_TRUE(progress.done == epochs + 1 || (classifier->takes_frames() && progress.done == epochs))
            << progress.done;
        epochs = progress.done;
        EXPECT_LE(progress.done, progress.total);
        EXPECT_TRUE(std::isfinite(progress.loss));
        return true;
    });
    EXPECT_EQ(epochs, classifier->history().at("loss").size());
    EXPECT_ERROR(fit(*make(), x, y, kClasses, [](const Progress& progress) { return progress.done < 2; }),
                 Errc::cancelled, "");
}

TEST_P(Conformance, UnknownOptionsAndValuesAreRefused) {
    EXPECT_ERROR(make({{"no_such_option", "1"}}), Errc::invalid_argument, "no_such_option");
    EXPECT_ERROR(make({{"random_state", "some"}}), Errc::invalid_argument, "random_state");
}

TEST_P(Conformance, EveryOptionIsDescribedAndTakesItsOwnText) {
    const auto help = framework_options(GetParam().framework);
    const auto options = make_classifier(GetParam().framework, GetParam().dtype)->options();
    ASSERT_EQ(help.size(), options.size());
    for (std::size_t i = 0; i < help.size(); ++i) {
        EXPECT_EQ(help[i].name, options[i].first);
        EXPECT_EQ(help[i].default_text, options[i].second);
        EXPECT_FALSE(help[i].help.empty()) << help[i].name;
        EXPECT_EQ(make_classifier(GetParam().framework, GetParam().dtype, {options[i]})->options(), options)
            << help[i].name;
    }
}

INSTANTIATE_TEST_SUITE_P(All, Conformance, testing::ValuesIn(kinds()), [](const auto& parameter) {
    return parameter.param.framework + (parameter.param.dtype == Dtype::float64 ? "_float64" : "_float32");
});

TEST(Sklearn, SearchesWithLbfgsBehindTheSameInterface) {
    auto classifier = make_classifier("sklearn", Dtype::float64,
                                      {{"solver", "lbfgs"}, {"random_state", "7"}, {"batch_size", "auto"}});
    fit(*classifier, samples(), labels(), kClasses);
    EXPECT_GE(accuracy(proba_of(*classifier, samples()), labels()), 0.95);
    const auto& losses = classifier->history().at("loss");
    EXPECT_GT(losses.size(), 2U);
    EXPECT_TRUE(std::is_sorted(losses.rbegin(), losses.rend()));
}

TEST(Frameworks, AnUnknownOneIsRefusedByName) {
    EXPECT_ERROR(make_classifier("torch", Dtype::float32), Errc::invalid_argument, "torch");
    EXPECT_ERROR(framework_options("torch"), Errc::invalid_argument, "must be one of sklearn");
}

}  // namespace
}  // namespace undertone
