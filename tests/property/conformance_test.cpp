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
const Options kSeeded{{"random_state", "7"}};

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
            all.push_back({std::string(framework), dtype});
    return all;
}

class Conformance : public testing::TestWithParam<Kind> {
protected:
    [[nodiscard]] std::unique_ptr<Classifier> make(const Options& options = kSeeded) const {
        return make_classifier(GetParam().framework, GetParam().dtype, options);
    }
    [[nodiscard]] std::unique_ptr<Classifier> fitted() const {
        auto classifier = make();
        classifier->fit(x, y, kClasses);
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
    EXPECT_ERROR(classifier->predict_proba(x), Errc::not_fitted, "");
}

TEST_P(Conformance, LearnsWhatIsEasy) {
    const auto classifier = fitted();
    EXPECT_EQ(classifier->n_features(), static_cast<int>(kFeatures));
    EXPECT_EQ(classifier->n_classes(), kClasses);
    const Matrix<double> proba = classifier->predict_proba(x);
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
    classifier->fit(x, two, 2);
    const Matrix<double> proba = classifier->predict_proba(x);
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
    EXPECT_EQ(first->predict_proba(x), second->predict_proba(x));
    EXPECT_EQ(first->history(), second->history());
    second->fit(x, y, kClasses);
    EXPECT_EQ(first->predict_proba(x), second->predict_proba(x));
    auto other = make({{"random_state", "8"}});
    other->fit(x, y, kClasses);
    EXPECT_NE(first->predict_proba(x), other->predict_proba(x));
}

TEST_P(Conformance, FitAgainMayHaveAnotherShape) {
    auto classifier = fitted();
    const Matrix<double> narrow(12, 2, 0.5);
    classifier->fit(narrow, std::vector{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, 2);
    EXPECT_EQ(classifier->n_features(), 2);
    EXPECT_EQ(classifier->predict_proba(narrow).cols(), 2U);
}

TEST_P(Conformance, ARowDoesNotDependOnItsCompany) {
    const auto classifier = fitted();
    const Matrix<double> together = classifier->predict_proba(x),
                         alone = classifier->predict_proba(rows(x, 1));
    for (std::size_t c = 0; c < std::size_t{kClasses}; ++c) EXPECT_EQ(alone(0, c), together(0, c));
    EXPECT_EQ(classifier->predict_proba(rows(x, 0)).rows(), 0U);
}

TEST_P(Conformance, OptionsAndTensorsMakeItAgain) {
    const auto classifier = fitted();
    const auto again = load(*classifier, classifier->tensors());
    EXPECT_EQ(again->predict_proba(x), classifier->predict_proba(x));
    EXPECT_EQ(again->options(), classifier->options());
    EXPECT_EQ(again->dtype(), classifier->dtype());
    EXPECT_EQ(again->n_features(), classifier->n_features());
    EXPECT_EQ(again->n_classes(), classifier->n_classes());
    again->fit(x, y, kClasses);
    EXPECT_EQ(again->predict_proba(x), classifier->predict_proba(x));
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
        EXPECT_ERROR(make()->fit(broken, y, kClasses), Errc::numerical, "");
        EXPECT_ERROR(fitted()->predict_proba(broken), Errc::numerical, "");
    }
}

TEST_P(Conformance, HugeFeaturesEndInAnErrorOrInFiniteNumbers) {
    for (const double factor : {1e18, 1e37, 1e39, 1e150, 1e307}) {
        Matrix<double> huge = samples();
        for (double& value : huge.values()) value *= factor;
        auto classifier = make();
        try {
            classifier->fit(huge, y, kClasses);
            const Matrix<double> proba = classifier->predict_proba(huge);
            for (const double p : proba.values()) ASSERT_TRUE(std::isfinite(p)) << factor;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Errc::numerical) << error.what();
        }
    }
}

TEST_P(Conformance, ShapesThatDoNotAgreeAreRefused) {
    EXPECT_ERROR(make()->fit(rows(x, 59), y, kClasses), Errc::shape_mismatch, "");
    EXPECT_ERROR(fitted()->predict_proba(Matrix<double>(3, kFeatures + 1)), Errc::shape_mismatch, "");
}

TEST_P(Conformance, LabelsThatAreNoTaskAreRefused) {
    const auto refused = [&](const Matrix<double>& features, const std::vector<int>& given, int n_classes) {
        EXPECT_ERROR(make()->fit(features, given, n_classes), Errc::invalid_argument, "");
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
    std::size_t calls = 0;
    classifier->fit(x, y, kClasses, [&](const Progress& progress) {
        EXPECT_EQ(progress.done, ++calls);
        EXPECT_LE(progress.done, progress.total);
        EXPECT_TRUE(std::isfinite(progress.loss));
        return true;
    });
    EXPECT_EQ(calls, classifier->history().at("loss").size());
    EXPECT_ERROR(make()->fit(x, y, kClasses, [](const Progress& progress) { return progress.done < 2; }),
                 Errc::cancelled, "");
}

TEST_P(Conformance, UnknownOptionsAndValuesAreRefused) {
    EXPECT_ERROR(make({{"no_such_option", "1"}}), Errc::invalid_argument, "no_such_option");
    EXPECT_ERROR(make({{"random_state", "some"}}), Errc::invalid_argument, "random_state");
}

TEST_P(Conformance, EveryOptionIsDescribedAndTakesItsOwnText) {
    const auto help = framework_options(GetParam().framework);
    const auto options = make({})->options();
    ASSERT_EQ(help.size(), options.size());
    for (std::size_t i = 0; i < help.size(); ++i) {
        EXPECT_EQ(help[i].name, options[i].first);
        EXPECT_EQ(help[i].default_text, options[i].second);
        EXPECT_FALSE(help[i].help.empty()) << help[i].name;
        EXPECT_EQ(make({options[i]})->options(), options) << help[i].name;
    }
}

INSTANTIATE_TEST_SUITE_P(All, Conformance, testing::ValuesIn(kinds()), [](const auto& parameter) {
    return parameter.param.framework + (parameter.param.dtype == Dtype::float64 ? "_float64" : "_float32");
});

TEST(Sklearn, SearchesWithLbfgsBehindTheSameInterface) {
    auto classifier = make_classifier("sklearn", Dtype::float64,
                                      {{"solver", "lbfgs"}, {"random_state", "7"}, {"batch_size", "auto"}});
    classifier->fit(samples(), labels(), kClasses);
    EXPECT_GE(accuracy(classifier->predict_proba(samples()), labels()), 0.95);
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
