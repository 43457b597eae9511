#include "undertone/keras.hpp"

#include <cmath>
#include <limits>
#include <set>

#include "support/support.hpp"
#include "undertone/classifier.hpp"

namespace undertone {
namespace {

using Texts = std::map<std::string, std::string>;

struct Data {
    Matrix<double> x;
    std::vector<int> y;
};

Data blobs(std::size_t n, std::size_t n_classes) {
    RandomState random(4);
    Data data{Matrix<double>(n, 5), {}};
    for (std::size_t i = 0; i < n; ++i) {
        data.y.push_back(static_cast<int>(i % n_classes));
        for (std::size_t k = 0; k < 5; ++k)
            data.x(i, k) = random.uniform(-1, 1) + (k == i % n_classes ? 2.5 : 0.0);
    }
    return data;
}

const Texts kSmall{
    {"hidden_layer_sizes", "12,6"}, {"epochs", "40"}, {"batch_size", "8"}, {"learning_rate", "0.01"}};

Texts with(Texts more) {
    more.insert(kSmall.begin(), kSmall.end());
    return more;
}

double accuracy(const Matrix<double>& probabilities, const std::vector<int>& y) {
    double right = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        const auto row = probabilities.row(i);
        right += std::max_element(row.begin(), row.end()) - row.begin() == y[i];
    }
    return right / static_cast<double>(y.size());
}

TEST(KerasOptions, OneTableOfThreeParts) {
    const auto names = field_names<KerasOptions>();
    EXPECT_EQ(names.size(), std::set<std::string_view>(names.begin(), names.end()).size());
    EXPECT_EQ(names.size(), 5 + field_names<OptimizerOptions>().size() + field_names<FitOptions>().size());
    KerasOptions options;
    set_field(options, "hidden_layer_sizes", "[300,50,20,10]");
    set_field(options, "optimizer", "rmsprop");
    set_field(options, "rho", "0.8");
    set_field(options, "early_stopping_patience", "3");
    EXPECT_EQ(options.hidden_layer_sizes, (std::vector{300, 50, 20, 10}));
    EXPECT_EQ(options.rho, 0.8);
    EXPECT_EQ(options.early_stopping_patience, 3);
    EXPECT_ERROR(set_field(options, "use_ema", "true"), Errc::invalid_argument, "use_ema: no such option");
}

TEST(KerasOptions, OneActivationForAllLayersOrOneForEach) {
    const auto activations = [](const std::string& sizes, const std::string& names) {
        KerasOptions options;
        set_field(options, "hidden_layer_sizes", sizes);
        set_field(options, "activation", names);
        check(options);
        return options;
    };
    EXPECT_EQ(KerasOptions{}.activation, (std::vector{DenseActivation::relu}));
    EXPECT_EQ(activations("3,4", "tanh").activation_of(1), DenseActivation::tanh);
    EXPECT_EQ(activations("3,4", "tanh,relu").activation_of(1), DenseActivation::relu);
    EXPECT_EQ(activations("[]", "tanh").hidden_layer_sizes.size(), 0U);
    EXPECT_ERROR(activations("3,4,5", "relu,tanh"), Errc::invalid_argument,
                 "activation = relu,tanh: names 2, there are 3 hidden layers");
    EXPECT_ERROR(activations("3", "[]"), Errc::invalid_argument, "activation = : names 0");
    EXPECT_ERROR(activations("3", "relu,swish"), Errc::invalid_argument,
                 "activation = swish: must be one of linear relu tanh sigmoid");
}

TEST(KerasClassifier, LayersOfTheirOwnActivationsAreThoseOfSequential) {
    const Data data = blobs(60, 3);
    const Texts texts =
        with({{"hidden_layer_sizes", "6,5"}, {"activation", "sigmoid,tanh"}, {"epochs", "5"}});
    const auto ours = make_classifier("keras", Dtype::float64, texts);
    ours->fit(data.x, data.y, 3);

    KerasOptions options;
    for (const auto& [name, text] : texts) set_field(options, name, text);
    RandomState random(options.random_state);
    Sequential<double> layers({data.x.cols()});
    layers.add(std::make_unique<Dense<double>>(6, DenseActivation::sigmoid), random);
    layers.add(std::make_unique<Dense<double>>(5, DenseActivation::tanh), random);
    layers.add(std::make_unique<Dense<double>>(3), random);
    layers.add(std::make_unique<Softmax<double>>(), random);
    const auto optimizer = make_optimizer<double>(options);
    optimizer->build(layers.trainable_parameters());
    static_cast<void>(layers.fit({data.x, data.y, {}}, *optimizer, options, random));
    EXPECT_EQ(ours->predict_proba(data.x), layers.predict(data.x));

    const auto stored = ours->options();
    const auto restored =
        load_classifier("keras", Dtype::float64, {stored.begin(), stored.end()}, ours->tensors());
    EXPECT_EQ(restored->predict_proba(data.x), ours->predict_proba(data.x));
}

TEST(KerasClassifier, LearnsPredictsAndComesBackFromItsTensors) {
    for (const std::size_t n_classes : {2U, 4U})
        for (const Dtype dtype : {Dtype::float32, Dtype::float64}) {
            const Data data = blobs(120, n_classes);
            const Texts options = with({{"batch_normalization", "true"}, {"dropout", "0.1"}});
            const auto trained = make_classifier("keras", dtype, options);
            trained->fit(data.x, data.y, static_cast<int>(n_classes));
            EXPECT_EQ(trained->n_features(), 5);
            EXPECT_EQ(trained->n_classes(), static_cast<int>(n_classes));
            EXPECT_EQ(trained->history().at("loss").size(), 40);
            const Matrix<double> probabilities = trained->predict_proba(data.x);
            EXPECT_GT(accuracy(probabilities, data.y), 0.9);

            const auto texts = trained->options();
            const auto loaded =
                load_classifier("keras", dtype, {texts.begin(), texts.end()}, trained->tensors());
            EXPECT_EQ(loaded->predict_proba(data.x), probabilities);
            EXPECT_EQ(loaded->options(), texts);
            EXPECT_EQ(loaded->n_classes(), static_cast<int>(n_classes));
        }
}

TEST(KerasClassifier, SeedsDecideEverything) {
    const Data data = blobs(40, 3);
    const auto run = [&](const char* seed) {
        const auto one =
            make_classifier("keras", Dtype::float32, with({{"dropout", "0.3"}, {"random_state", seed}}));
        one->fit(data.x, data.y, 3);
        const Matrix<double> first = one->predict_proba(data.x);
        one->fit(data.x, data.y, 3);  // from new weights: nothing is left of the first time
        EXPECT_EQ(one->predict_proba(data.x), first);
        return first;
    };
    EXPECT_EQ(run("5"), run("5"));
    EXPECT_NE(run("5"), run("6"));
}

TEST(KerasClassifier, WithoutHiddenLayersItIsARegression) {
    const Data data = blobs(90, 3);
    const auto one =
        make_classifier("keras", Dtype::float64, {{"hidden_layer_sizes", ""}, {"learning_rate", "0.05"}});
    one->fit(data.x, data.y, 3);
    EXPECT_EQ(one->tensors().size(), 2);
    EXPECT_GT(accuracy(one->predict_proba(data.x), data.y), 0.9);
}

TEST(KerasClassifier, RefusesOptionsThatWouldDoNothing) {
    const auto refused = [](const Texts& options, const char* part) {
        EXPECT_ERROR(make_classifier("keras", Dtype::float32, options), Errc::invalid_argument, part);
    };
    refused({{"momentum", "0.9"}}, "the optimizer adam has no such option");
    refused({{"early_stopping_restore_best_weights", "true"}}, "needs early_stopping_patience");
    refused({{"early_stopping_patience", "3"}}, "needs a validation_split");
    refused({{"dropout", "1"}}, "dropout = 1: must be at least 0 and below 1");
    refused({{"hidden_layer_sizes", "30,0"}}, "each must be at least 1");
    refused({{"alpha", "0.1"}}, "alpha: no such option");
}

TEST(KerasClassifier, RefusesBadSamples) {
    Data data = blobs(20, 3);
    const auto one = make_classifier("keras", Dtype::float32, kSmall);
    const auto fit = [&] { one->fit(data.x, data.y, 3); };
    EXPECT_ERROR(one->predict_proba(data.x), Errc::not_fitted, "keras");
    EXPECT_ERROR(one->fit(Matrix<double>(0, 5), {}, 3), Errc::invalid_argument, "no sample");
    EXPECT_ERROR(one->fit(data.x, std::span(data.y).first(3), 3), Errc::shape_mismatch,
                 "x has 20 samples, y 3");
    EXPECT_ERROR(one->fit(data.x, data.y, 1), Errc::invalid_argument, "n_classes = 1");
    EXPECT_ERROR(one->fit(data.x, data.y, 4), Errc::invalid_argument, "class 3 has no sample");
    EXPECT_ERROR(one->fit(data.x, data.y, 2), Errc::invalid_argument, "y[2] = 2");
    data.x(7, 2) = std::numeric_limits<double>::quiet_NaN();
    EXPECT_ERROR(fit(), Errc::numerical, "x[7, 2] = nan: must be a finite float32");
    data.x(7, 2) = 1e300;
    EXPECT_ERROR(fit(), Errc::numerical, "x[7, 2] = 1e+300");
    data.x(7, 2) = 0;
    EXPECT_ERROR(one->fit(data.x, data.y, 3, [](const Progress&) { return false; }), Errc::cancelled,
                 "epoch 1");
    EXPECT_EQ(one->n_features(), 0);  // what failed leaves nothing behind
    fit();
    EXPECT_ERROR(one->predict_proba(Matrix<double>(1, 4)), Errc::shape_mismatch, "x is [1, 4]");
    data.x(0, 0) = -std::numeric_limits<double>::infinity();
    EXPECT_ERROR(one->predict_proba(data.x), Errc::numerical, "x[0, 0] = -inf");
}

TEST(KerasClassifier, RefusesTensorsThatDoNotFit) {
    const Data data = blobs(20, 3);
    const auto one = make_classifier("keras", Dtype::float32, kSmall);
    one->fit(data.x, data.y, 3);
    const std::vector<Tensor> good = one->tensors();
    const auto refused = [&](const Texts& options, const std::vector<Tensor>& tensors, const char* part,
                             Dtype dtype = Dtype::float32) {
        EXPECT_ERROR(load_classifier("keras", dtype, options, tensors), Errc::corrupt_data, part);
    };
    refused(kSmall, {}, "dense/kernel is missing");
    refused(kSmall, good, "not of the classifier's dtype", Dtype::float64);
    refused({{"hidden_layer_sizes", "12,7"}}, good, "dense_1/kernel: must be [12, 7]");
    refused({{"hidden_layer_sizes", "65536,65536,65536"}}, good, "dense/kernel: must be [5, 65536]");
    refused({{"hidden_layer_sizes", "12,6,3"}}, good, "dense_3/kernel is missing");
    refused({{"hidden_layer_sizes", "12"}}, good, "6 tensors: the options ask for 4");
    refused(with({{"batch_normalization", "true"}}), good, "6 tensors: the options ask for 14");
    std::vector<Tensor> bad = good;
    std::swap(bad[1].name, bad[3].name);
    refused(kSmall, bad, "has another shape");
    bad = good;
    std::get<std::vector<float>>(bad[2].values)[1] = std::numeric_limits<float>::quiet_NaN();
    refused(kSmall, bad, "dense_1/kernel: holds nan");
    bad = good;
    bad[0].shape = {60};
    refused(kSmall, bad, "two axes");
    bad = good;
    bad[4].shape = {6, std::size_t{1} << 40};
    refused(kSmall, bad, "dense_2/kernel: holds 18 values");
}

}  // namespace
}  // namespace undertone
