#include <algorithm>
#include <map>
#include <set>

#include "exchange/perceptron.hpp"
#include "exchange/tensors.hpp"
#include "framework/framework.hpp"
#include "undertone/error.hpp"
#include "undertone/features.hpp"
#include "undertone/fields.hpp"
#include "undertone/scaler.hpp"

namespace undertone::exchange {
namespace {

constexpr std::size_t kDefaultInputs = 193;
constexpr const char* kDefaultFeatures = "librosa193";
constexpr double kKerasEpsilon = 1e-3;  // of the BatchNormalization of the framework keras

/// The text of the framework's option for a function: scikit-learn and Keras call two of them differently.
std::string activation_text(Function function, bool sklearn) {
    if (sklearn && function == Function::identity) return "identity";
    if (sklearn && function == Function::logistic) return "logistic";
    return std::string(name(function));
}

Function function_named(const std::string& text) {
    for (const Function function : {Function::identity, Function::relu, Function::tanh, Function::logistic})
        if (text == activation_text(function, true) || text == activation_text(function, false))
            return function;
    throw Error(Errc::unsupported_format, "the activation " + text + " has no counterpart");
}

/// One name, or one for each hidden layer: `relu,tanh`.
std::vector<Function> functions_named(const std::string& text) {
    std::vector<Function> functions;
    for (const std::string_view one : detail::split_list(text))
        functions.push_back(function_named(std::string(one)));
    return functions;
}

std::vector<Step> sklearn_steps(const std::vector<Tensor>& tensors, Function activation) {
    std::vector<Step> steps;
    for (std::size_t i = 0; i < tensors.size() / 2; ++i) {
        const Tensor& kernel = named(tensors, "coefs." + std::to_string(i));
        if (i > 0) steps.emplace_back(activation);
        steps.emplace_back(Product{kernel.shape[0], kernel.shape[1], numbers(kernel)});
        steps.emplace_back(Affine{{1.0}, numbers(named(tensors, "intercepts." + std::to_string(i)))});
    }
    return steps;
}

std::string numbered(const std::string& name, std::size_t i) {
    return i == 0 ? name : name + "_" + std::to_string(i);
}

std::vector<Step> keras_steps(const std::vector<Tensor>& tensors, const std::vector<Function>& activations,
                              bool normalized) {
    std::vector<Step> steps;
    std::size_t n_layers = 0;
    for (const Tensor& tensor : tensors) n_layers += tensor.name.ends_with("/kernel") ? 1U : 0U;
    for (std::size_t i = 0; i < n_layers; ++i) {
        const Tensor& kernel = named(tensors, numbered("dense", i) + "/kernel");
        steps.emplace_back(Product{kernel.shape[0], kernel.shape[1], numbers(kernel)});
        steps.emplace_back(Affine{{1.0}, numbers(named(tensors, numbered("dense", i) + "/bias"))});
        if (i + 1 == n_layers) continue;
        steps.emplace_back(activations.size() == 1 ? activations.front() : activations.at(i));
        if (!normalized) continue;
        const std::string layer = numbered("batch_normalization", i) + "/";
        const auto part = [&](const char* name) { return numbers(named(tensors, layer + name)); };
        steps.emplace_back(normalization(part("gamma"), part("beta"), part("moving_mean"),
                                         part("moving_variance"), kKerasEpsilon));
    }
    return steps;
}

/// The temperature divides the logits: what a calibration does to probabilities.
void cool(DenseLayer& last, double temperature) {
    for (double& weight : last.product.kernel) weight /= temperature;
    for (double& bias : last.bias) bias /= temperature;
}

template <class T>
std::vector<T> narrowed(const std::vector<double>& values) {
    std::vector<T> all(values.size());
    std::transform(values.begin(), values.end(), all.begin(), [](double v) { return static_cast<T>(v); });
    return all;
}

Tensor tensor(const std::string& name, std::vector<std::size_t> shape, const std::vector<double>& values,
              Dtype dtype) {
    if (dtype == Dtype::float32) return {name, std::move(shape), narrowed<float>(values)};
    return {name, std::move(shape), values};
}

StandardScaler scaler_of(const Centring& centring) {
    std::vector<double> variance;
    for (const double scale : centring.scale) variance.push_back(scale * scale);
    const std::size_t n = centring.mean.size();
    const std::vector<Tensor> tensors{
        {"mean", {n}, centring.mean}, {"var", {n}, variance}, {"scale", {n}, centring.scale}};
    return StandardScaler::from_tensors({}, tensors);
}

std::string feature_set_name(const std::string& asked, std::size_t n_inputs) {
    if (!asked.empty()) return asked;
    if (n_inputs == kDefaultInputs) return kDefaultFeatures;
    throw Error(Errc::shape_mismatch,
                "reads " + std::to_string(n_inputs) +
                    " numbers a clip, and the file does not say which: --features names the feature set "
                    "(librosa193 has 193)");
}

void check_labels(const Perceptron& network) {
    if (network.labels.size() != network.n_classes())
        throw Error(Errc::shape_mismatch, "tells " + std::to_string(network.n_classes()) +
                                              " classes apart, there are " +
                                              std::to_string(network.labels.size()) + " labels");
    if (std::set<std::string>(network.labels.begin(), network.labels.end()).size() != network.labels.size())
        throw Error(Errc::invalid_argument, "its labels name one class twice");
}

}  // namespace

Perceptron perceptron_of(const Model& model) {
    if (model.per_speaker())
        throw Error(Errc::unsupported_format,
                    "the model hears clips against their speakers' voices, which no other format can tell: "
                    "train it without --normalise speaker");
    const Classifier& classifier = model.classifier();
    const auto texts = classifier.options();
    const std::map<std::string, std::string> options(texts.begin(), texts.end());
    const std::vector<Tensor> tensors = classifier.tensors();
    const std::vector<Function> activations = functions_named(options.at("activation"));
    std::vector<Step> steps =
        classifier.framework() == "sklearn"
            ? sklearn_steps(tensors, activations.front())
            : keras_steps(tensors, activations, options.at("batch_normalization") == "true");
    const auto& last = std::get<Affine>(steps.back());
    steps.emplace_back(last.offset.size() == 1 ? Function::logistic : Function::softmax);
    Perceptron network = fold(std::move(steps), classifier.dtype());
    if (classifier.framework() == "sklearn") network.training = nn::options_from<MlpOptions>(options);
    if (network.layers.size() == 1) network.activations = activations;
    if (model.calibration()) cool(network.layers.back(), model.calibration()->temperature);
    if (model.scaler()) {
        const StandardScaler& scaler = *model.scaler();
        const std::size_t n = scaler.n_features();
        Centring centring{std::vector<double>(n, 0.0), std::vector<double>(n, 1.0)};
        if (scaler.options().with_mean) centring.mean.assign(scaler.mean().begin(), scaler.mean().end());
        if (scaler.options().with_std) centring.scale.assign(scaler.scale().begin(), scaler.scale().end());
        network.scaler = std::move(centring);
    }
    network.labels = model.labels();
    return network;
}

std::unique_ptr<Classifier> classifier_of(const Perceptron& network, std::string_view framework,
                                          const std::vector<std::pair<std::string, std::string>>& given) {
    const bool sklearn = framework == "sklearn";
    std::map<std::string, std::string> options(given.begin(), given.end());
    std::string& sizes = options["hidden_layer_sizes"];
    sizes.clear();
    std::vector<Tensor> tensors;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const auto& [product, bias] = network.layers[i];
        if (i + 1 < network.layers.size())
            sizes += (sizes.empty() ? "" : ",") + std::to_string(product.n_out);
        tensors.push_back(tensor(sklearn ? "coefs." + std::to_string(i) : numbered("dense", i) + "/kernel",
                                 {product.n_in, product.n_out}, product.kernel, network.dtype));
        tensors.push_back(tensor(sklearn ? "intercepts." + std::to_string(i) : numbered("dense", i) + "/bias",
                                 {product.n_out}, bias, network.dtype));
    }
    std::string& activations = options["activation"];
    activations.clear();
    for (const Function function : network.activations)
        activations += (activations.empty() ? "" : ",") + activation_text(function, sklearn);
    return load_classifier(framework, network.dtype, options, tensors);
}

Model model_of(Perceptron network, const ModelParts& parts) {
    const bool sklearn = parts.framework == "sklearn";
    network = sklearn ? with_logistic(std::move(network)) : with_softmax(std::move(network));
    if (network.labels.empty())
        for (std::size_t i = 0; i < network.n_classes(); ++i) network.labels.push_back(std::to_string(i));
    check_labels(network);
    auto features = make_feature_set(feature_set_name(parts.features, network.n_inputs()));
    if (features->per_frame())
        throw Error(Errc::shape_mismatch, features->name() +
                                              " gives one vector a frame, the network reads one a clip: name "
                                              "another with --features");
    if (features->columns().size() != network.n_inputs())
        throw Error(Errc::shape_mismatch, "reads " + std::to_string(network.n_inputs()) +
                                              " numbers a clip, " + features->name() + " gives " +
                                              std::to_string(features->columns().size()));
    std::optional<StandardScaler> scaler;
    if (network.scaler) scaler = scaler_of(*network.scaler);
    return {std::move(features), std::move(scaler), classifier_of(network, parts.framework, parts.options),
            std::move(network.labels), parts.record};
}

}  // namespace undertone::exchange
