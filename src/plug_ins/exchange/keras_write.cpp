#include <algorithm>
#include <cmath>
#include <utility>

#include "plug_ins/exchange/keras.hpp"
#include "plug_ins/exchange/keras_archive.hpp"

namespace undertone::exchange {
namespace {

Tensor tensor(const std::string& name, std::vector<std::size_t> shape, const std::vector<double>& values,
              Dtype dtype) {
    if (dtype == Dtype::float64) return {name, std::move(shape), values};
    std::vector<float> single(values.size());
    std::transform(values.begin(), values.end(), single.begin(),
                   [](double v) { return static_cast<float>(v); });
    return {name, std::move(shape), std::move(single)};
}

/// What columns must be multiplied with before a Normalization, so that none has a deviation near kKerasFuzz:
/// powers of two, so that nothing is lost. Empty where all are far above.
std::vector<double> powers_of_two(const std::vector<double>& scale) {
    constexpr double kLeast = 10 * kKerasFuzz;
    if (std::all_of(scale.begin(), scale.end(), [](double value) { return value >= kLeast; })) return {};
    std::vector<double> factors;
    for (const double value : scale)
        factors.push_back(value >= kLeast ? 1.0 : std::exp2(std::round(-std::log2(value))));
    return factors;
}

}  // namespace

std::string write_keras(Perceptron network) {
    network = with_softmax(std::move(network));
    const char* const dtype = network.dtype == Dtype::float64 ? "float64" : "float32";
    Json layers = Json::list();
    layers.push_back(keras_layer("InputLayer", {{"batch_shape", {nullptr, network.n_inputs()}},
                                                {"dtype", dtype},
                                                {"sparse", false},
                                                {"name", "features"}}));
    std::size_t width = network.n_inputs();
    const auto add = [&](const char* kind, Json config) {
        Json made = keras_layer(kind, std::move(config));
        made["build_config"] = {{"input_shape", {nullptr, width}}};
        layers.push_back(std::move(made));
    };
    std::vector<std::string> groups;
    if (network.scaler) {
        std::vector<double>&mean = network.scaler->mean, &scale = network.scaler->scale, variance;
        const std::vector<double> factors = powers_of_two(scale);
        if (!factors.empty())
            add("Rescaling", {{"name", "rescaling"},
                              {"trainable", true},
                              {"dtype", dtype},
                              {"scale", factors},
                              {"offset", 0.0}});
        for (std::size_t i = 0; i < scale.size(); ++i) {
            const double factor = factors.empty() ? 1 : factors[i];
            mean[i] *= factor;
            variance.push_back(scale[i] * factor * scale[i] * factor);
        }
        groups.emplace_back("layers/normalization/vars");
        add("Normalization", {{"name", "normalization"},
                              {"trainable", true},
                              {"dtype", dtype},
                              {"axis", {-1}},
                              {"invert", false},
                              {"mean", mean},
                              {"variance", variance}});
    }
    std::vector<Tensor> tensors;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const auto& [product, bias] = network.layers[i];
        const std::string name = i == 0 ? "dense" : "dense_" + std::to_string(i);
        const bool last = i + 1 == network.layers.size();
        add("Dense", {{"name", name},
                      {"trainable", true},
                      {"dtype", dtype},
                      {"units", product.n_out},
                      {"activation", last ? "softmax" : exchange::name(network.activation(i))},
                      {"use_bias", true}});
        width = product.n_out;
        const std::string group = "layers/" + name + "/vars/";
        tensors.push_back(tensor(group + "0", {product.n_in, product.n_out}, product.kernel, network.dtype));
        tensors.push_back(tensor(group + "1", {product.n_out}, bias, network.dtype));
    }
    const Json config{{"module", "keras"},
                      {"class_name", "Sequential"},
                      {"config",
                       {{"name", "undertone"},
                        {"trainable", true},
                        {"dtype", dtype},
                        {"layers", layers},
                        {"build_input_shape", {nullptr, network.n_inputs()}}}},
                      {"registered_name", nullptr},
                      {"build_config", {{"input_shape", {nullptr, network.n_inputs()}}}}};
    return keras_archive(config, network.labels, {}, tensors, std::move(groups));
}

}  // namespace undertone::exchange
