// Against real Keras: the fits that tools/reference/keras.py ran, from the same weights, on the same batches.
#include "undertone/keras.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "support/support.hpp"

namespace undertone {
namespace {

template <class T>
const std::vector<T>& values(const TensorFile& file, const std::string& name) {
    const Tensor* tensor = file.find(name);
    if (tensor == nullptr) throw Error(Errc::io, name + ": not among the reference vectors");
    return std::get<std::vector<T>>(tensor->values);
}

template <class T>
Sequential<T> network(const KerasOptions& options, const TensorFile& file) {
    RandomState random(0);
    Sequential<T> layers({7});
    for (std::size_t i = 0; i < options.hidden_layer_sizes.size(); ++i) {
        const auto units = static_cast<std::size_t>(options.hidden_layer_sizes[i]);
        layers.add(std::make_unique<Dense<T>>(units, options.activation_of(i)), random);
        if (options.batch_normalization) layers.add(std::make_unique<BatchNormalization<T>>(), random);
    }
    layers.add(std::make_unique<Dense<T>>(3), random);
    layers.add(std::make_unique<Softmax<T>>(), random);
    const std::string kind = options.batch_normalization ? "initial/batch_normalization/" : "initial/plain/";
    for (Parameter<T>* parameter : layers.parameters()) {
        const std::vector<float>& initial = values<float>(file, kind + parameter->name);
        EXPECT_EQ(initial.size(), parameter->values.size());
        parameter->values.assign(initial.begin(), initial.end());
    }
    return layers;
}

/// The largest |a - b| / max(1, |b|).
template <class A, class B>
double difference(const A& a, const B& b) {
    if (a.size() != b.size()) return INFINITY;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto expected = static_cast<double>(b[i]);
        const double d = std::abs(static_cast<double>(a[i]) - expected) / std::max(1.0, std::abs(expected));
        largest = std::max(largest, std::isnan(d) ? INFINITY : d);
    }
    return largest;
}

template <class T>
void compare(const TensorFile& file, const std::string& dtype, double tolerance) {
    const std::vector<float>& stored = values<float>(file, "x");
    const std::vector<std::int32_t>& y = values<std::int32_t>(file, "y");
    Matrix<T> x(y.size(), 7);
    std::copy(stored.begin(), stored.end(), x.data());
    double largest_weight = 0, largest_history = 0;
    const auto cases = nlohmann::json::parse(file.metadata.at("cases"));
    for (const auto& [name, texts] : cases.items()) {
        SCOPED_TRACE(name + " " + dtype);
        KerasOptions options;
        for (const auto& [field, text] : texts.items())
            set_field(options, field, text.template get<std::string>());
        check(options);
        Sequential<T> layers = network<T>(options, file);
        const auto optimizer = make_optimizer<T>(options);
        optimizer->build(layers.trainable_parameters());
        RandomState random(0);
        const History history = layers.fit({x, y, {}}, *optimizer, options, random);

        const std::string prefix = name + "/" + dtype + "/";
        for (const Parameter<T>* parameter : layers.parameters()) {
            const double d =
                difference(parameter->values, values<T>(file, prefix + "weights/" + parameter->name));
            EXPECT_LE(d, tolerance) << parameter->name;
            largest_weight = std::max(largest_weight, d);
        }
        std::size_t n_curves = 0;
        for (const Tensor& tensor : file.tensors) n_curves += tensor.name.starts_with(prefix + "history/");
        EXPECT_EQ(history.size(), n_curves);
        for (const auto& [curve, ours] : history) {
            const double d = difference(ours, values<double>(file, prefix + "history/" + curve));
            EXPECT_LE(d, tolerance) << curve;
            largest_history = std::max(largest_history, d);
        }
        if (options.batch_normalization) {
            const Matrix<T> predicted = layers.predict(x);
            EXPECT_LE(difference(predicted.values(), values<T>(file, prefix + "predicted")), tolerance);
        }
    }
    std::printf("%zu cases, %s: weights within %.1e, histories within %.1e\n", cases.size(), dtype.c_str(),
                largest_weight, largest_history);
}

TEST(KerasReference, WeightsHistoriesAndPredictionsInFloat32) {
    compare<float>(test::reference("keras"), "float32", 5e-6);
}

TEST(KerasReference, WeightsHistoriesAndPredictionsInFloat64) {
    compare<double>(test::reference("keras"), "float64", 1e-12);
}

}  // namespace
}  // namespace undertone
