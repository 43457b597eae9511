#include <cmath>

#include "core/text.hpp"
#include "exchange/tensors.hpp"
#include "plug_ins/exchange/keras.hpp"
#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

constexpr std::size_t kMostLayers = 1000, kMostConfig = std::size_t{1} << 22;

[[noreturn]] void corrupt(const std::string& reason) { throw Error(Errc::corrupt_data, reason); }
[[noreturn]] void unsupported(const std::string& reason) { throw Error(Errc::unsupported_format, reason); }

std::string text_of(const Json& json, const char* key) {
    const Json* value = json.find(key);
    return value != nullptr && value->is_text() ? value->get<std::string>() : std::string();
}

double number_of(const Json& json, const char* key, double otherwise) {
    const Json* value = json.find(key);
    return value != nullptr && value->is_number() ? value->get<double>() : otherwise;
}

bool truth_of(const Json& json, const char* key, bool otherwise) {
    const Json* value = json.find(key);
    return value != nullptr && value->is_bool() ? value->get<bool>() : otherwise;
}

/// Names of the layers that a node of a graph takes its inputs from: `keras_history` in Keras 3, lists
/// `["dense", 0, 0, {}]` before.
void inbound(const Json& node, std::vector<std::string>& names, int depth) {
    constexpr int kMostDepth = 12;
    if (depth > kMostDepth) corrupt("its config is nested too deeply");
    if (const Json* history = node.find("keras_history")) {
        if (!history->is_list() || history->empty() || !(*history)[0].is_text())
            corrupt("its config is broken");
        names.push_back((*history)[0].get<std::string>());
        return;
    }
    if (node.is_list() && node.size() >= 3 && node[0].is_text() && node[1].is_number()) {
        names.push_back(node[0].get<std::string>());
        return;
    }
    if (node.is_list() || node.is_object())
        for (const Json& part : node) inbound(part, names, depth + 1);
}

void check_chain(const Json& layer, const std::string& name, const std::string& before) {
    const Json* nodes = layer.find("inbound_nodes");
    if (nodes == nullptr) return;  // Sequential: a chain in any case
    std::vector<std::string> names;
    inbound(*nodes, names, 0);
    if (before.empty() ? !names.empty() : names != std::vector<std::string>{before})
        unsupported("its layer " + shown(name) +
                    " does not follow the one before it alone: a chain of layers is read");
}

Function function_of(const KerasLayer& layer, const Json& config) {
    const Json* value = config.find("activation");
    if (value == nullptr || value->is_null()) return Function::identity;
    std::string text = value->is_text() ? value->get<std::string>() : text_of(*value, "config");
    if (text.empty()) text = text_of(*value, "class_name");
    for (const Function function :
         {Function::identity, Function::relu, Function::tanh, Function::logistic, Function::softmax})
        if (text == name(function)) return function;
    unsupported("its layer " + shown(layer.name) + " has the activation " + shown(text) +
                ", which undertone has no counterpart of");
}

/// A number or a list of numbers of a config.
std::vector<double> config_numbers(const Json& json) {
    std::vector<double> values;
    if (json.is_number()) return {json.get<double>()};
    if (!json.is_list()) corrupt("its config has no numbers where they must be");
    for (const Json& value : json) {
        if (value.is_list() && json.size() == 1) return config_numbers(value);
        if (!value.is_number()) corrupt("its config has no numbers where they must be");
        values.push_back(value.get<double>());
    }
    return values;
}

class Builder {
public:
    Builder(const std::vector<KerasLayer>& layers, const KerasWeight& weight)
        : layers_(layers), weight_(weight) {}

    Perceptron build() {
        for (index_ = 0; index_ < layers_.size(); ++index_) add(layers_[index_]);
        return fold(std::move(steps_), wide_ ? Dtype::float64 : Dtype::float32);
    }

private:
    void add(const KerasLayer& layer) {
        // These do nothing once a network is trained.
        for (const char* kind : {"InputLayer", "Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout",
                                 "ActivityRegularization", "Flatten"})
            if (layer.kind == kind) return;
        if (layer.kind == "Dense") return add_dense(layer);
        if (layer.kind == "Activation") return steps_.emplace_back(function_of(layer, layer.config)), void();
        if (layer.kind == "Softmax") return steps_.emplace_back(Function::softmax), void();
        if (layer.kind == "ReLU") return add_relu(layer);
        if (layer.kind == "BatchNormalization") return add_batch_normalization(layer);
        if (layer.kind == "Normalization") return add_normalization(layer);
        if (layer.kind == "Rescaling") return add_rescaling(layer);
        unsupported("has a layer " + shown(layer.kind) + " (" + shown(layer.name) +
                    "), which undertone has no counterpart of");
    }

    const Tensor& weight(std::size_t place, const char* name) {
        const Tensor& tensor = weight_(index_, place, name);
        wide_ = wide_ || std::holds_alternative<std::vector<double>>(tensor.values);
        return tensor;
    }

    void add_dense(const KerasLayer& layer) {
        const Tensor& kernel = weight(0, "kernel");
        if (kernel.shape.size() != 2)
            corrupt("the kernel of its layer " + shown(layer.name) + " is no matrix");
        steps_.emplace_back(Product{kernel.shape[0], kernel.shape[1], numbers(kernel)});
        if (truth_of(layer.config, "use_bias", true))
            steps_.emplace_back(Affine{{1.0}, numbers(weight(1, "bias"))});
        steps_.emplace_back(function_of(layer, layer.config));
    }

    void add_relu(const KerasLayer& layer) {
        const Json* most = layer.config.find("max_value");
        if ((most != nullptr && !most->is_null()) || number_of(layer.config, "negative_slope", 0) != 0 ||
            number_of(layer.config, "threshold", 0) != 0)
            unsupported("its layer " + shown(layer.name) +
                        " is a ReLU with a slope, a threshold or a largest value, which undertone has no "
                        "counterpart of");
        steps_.emplace_back(Function::relu);
    }

    void add_batch_normalization(const KerasLayer& layer) {
        std::size_t place = 0;
        const bool scales = truth_of(layer.config, "scale", true),
                   centres = truth_of(layer.config, "center", true);
        std::vector<double> gamma, beta;
        if (scales) gamma = numbers(weight(place++, "gamma"));
        if (centres) beta = numbers(weight(place++, "beta"));
        const std::vector<double> mean = numbers(weight(place++, "moving_mean"));
        const std::vector<double> variance = numbers(weight(place++, "moving_variance"));
        steps_.emplace_back(
            normalization(gamma, beta, mean, variance, number_of(layer.config, "epsilon", 1e-3)));
    }

    void add_normalization(const KerasLayer& layer) {
        if (truth_of(layer.config, "invert", false))
            unsupported("its layer " + shown(layer.name) + " is a Normalization that inverts");
        const Json* given = layer.config.find("mean");
        const Json* spread = layer.config.find("variance");
        const bool has = given != nullptr && !given->is_null() && spread != nullptr && !spread->is_null();
        const std::vector<double> mean = has ? config_numbers(*given) : numbers(weight(0, "mean"));
        const std::vector<double> variance = has ? config_numbers(*spread) : numbers(weight(1, "variance"));
        if (mean.size() != variance.size())
            corrupt("its layer " + shown(layer.name) + " has means and variances of different sizes");
        Affine affine;
        for (std::size_t i = 0; i < mean.size(); ++i) {
            affine.scale.push_back(1 / std::max(std::sqrt(variance[i]), kKerasFuzz));
            affine.offset.push_back(-mean[i] * affine.scale.back());
        }
        steps_.emplace_back(std::move(affine));
    }

    void add_rescaling(const KerasLayer& layer) {
        const Json* scale = layer.config.find("scale");
        const Json* offset = layer.config.find("offset");
        if (scale == nullptr || offset == nullptr)
            corrupt("its layer " + shown(layer.name) + " has no scale");
        steps_.emplace_back(Affine{config_numbers(*scale), config_numbers(*offset)});
    }

    const std::vector<KerasLayer>& layers_;
    const KerasWeight& weight_;
    std::size_t index_ = 0;
    std::vector<Step> steps_;
    bool wide_ = false;
};

}  // namespace

std::vector<KerasLayer> keras_layers(const std::string& config_text) {
    if (config_text.size() > kMostConfig)
        unsupported("has a config larger than that of any network of dense layers");
    const Json root = parse_json(config_text, "its config");
    const std::string kind = text_of(root, "class_name");
    if (kind.empty()) corrupt("its config is no JSON of a Keras model");
    if (kind != "Sequential" && kind != "Functional" && kind != "Model")
        unsupported("is a model of class " + shown(kind) + ": Sequential and Functional are read");
    const Json* config = root.find("config");
    const Json* list = config != nullptr && config->is_list() ? config
                       : config != nullptr                    ? config->find("layers")
                                                              : nullptr;
    if (list == nullptr || !list->is_list() || list->size() > kMostLayers)
        corrupt("its config has no layers");
    std::vector<KerasLayer> layers;
    for (const Json& item : *list) {
        KerasLayer layer{{}, text_of(item, "class_name"), {}};
        if (const Json* inner = item.find("config")) layer.config = *inner;
        layer.name = text_of(layer.config, "name");
        for (const char* key : {"batch_shape", "batch_input_shape"})
            if (const Json* shape = layer.config.find(key);
                shape != nullptr && shape->is_list() && shape->size() != 2)
                unsupported("its layer " + shown(layer.name) +
                            " takes more than one vector of features a clip");
        check_chain(item, layer.name, layers.empty() ? std::string() : layers.back().name);
        layers.push_back(std::move(layer));
    }
    return layers;
}

Perceptron keras_network(const std::vector<KerasLayer>& layers, const KerasWeight& weight) {
    return Builder(layers, weight).build();
}

}  // namespace undertone::exchange
