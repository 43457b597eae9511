// Layers over sequences, and whole networks of them, against real Keras: what
// tools/reference/keras_sequence.py computed, from the same weights.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "nn/frames/layers.hpp"
#include "nn/frames/network.hpp"
#include "nn/frames/training.hpp"
#include "support/support.hpp"

namespace undertone::nn {
namespace {

constexpr double kFloat = 1e-5, kDouble = 1e-12;

template <class T>
const std::vector<T>& values(const TensorFile& file, const std::string& name) {
    const Tensor* tensor = file.find(name);
    if (tensor == nullptr) throw Error(Errc::io, name + ": not among the reference vectors");
    return std::get<std::vector<T>>(tensor->values);
}

const Shape& shape(const TensorFile& file, const std::string& name) { return file.find(name)->shape; }

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

/// A network to which layers are added one by one.
template <class T>
class Builder {
public:
    explicit Builder(std::size_t n_columns) : network(n_columns) {}

    template <class Layer>
    std::size_t add(const std::string& name, Layer layer, const std::vector<std::size_t>& inputs) {
        return network.add(name, std::make_unique<Layer>(std::move(layer)), inputs, random_);
    }
    std::size_t conv(const std::string& name, const Conv1DOptions& options, std::size_t input) {
        return add(name, Conv1D<T>(options), {input});
    }
    std::size_t norm(const std::string& name, Activation activation, const std::vector<std::size_t>& inputs) {
        return add(name, SequenceBatchNormalization<T>(activation), inputs);
    }
    std::size_t squeeze(const std::string& name, std::size_t channels, std::size_t units, std::size_t input) {
        std::size_t gate = add(name + "mean", AveragePooling<T>(), {input});
        gate = conv(name + "in", {.filters = units, .activation = Activation::relu}, gate);
        gate = conv(name + "out", {.filters = channels, .activation = Activation::sigmoid}, gate);
        return add(name + "gate", Gate<T>(), {input, gate});
    }
    std::size_t attention(std::size_t units, std::size_t heads, std::size_t input) {
        std::size_t logits = conv("attention/in", {.filters = units, .activation = Activation::tanh}, input);
        logits = conv("attention/out", {.filters = heads}, logits);
        return add("pooling", AttentiveStatisticsPooling<T>(), {input, logits});
    }

    SequenceNetwork<T> network;

private:
    RandomState random_{0};
};

/// What the generator's cases are here.
template <class T>
std::map<std::string, std::function<void(Builder<T>&)>> layer_cases() {
    std::map<std::string, std::function<void(Builder<T>&)>> cases;
    const std::map<std::string, Conv1DOptions> convolutions{
        {"conv", {.filters = 5, .kernel_size = 3}},
        {"conv_one", {.filters = 3, .activation = Activation::relu}},
        {"conv_even", {.filters = 2, .kernel_size = 4, .activation = Activation::sigmoid}},
        {"conv_dilated",
         {.filters = 3, .kernel_size = 3, .dilation_rate = 2, .activation = Activation::relu}},
        {"conv_even_dilated",
         {.filters = 3, .kernel_size = 2, .dilation_rate = 3, .activation = Activation::tanh}},
        {"conv_stride_2", {.filters = 3, .kernel_size = 5, .strides = 2}},
        {"conv_stride_2_even", {.filters = 3, .kernel_size = 4, .strides = 2}},
        {"conv_stride_3", {.filters = 3, .kernel_size = 2, .strides = 3, .use_bias = false}},
        {"conv_stride_3_wide",
         {.filters = 2, .kernel_size = 7, .strides = 3, .activation = Activation::tanh}},
        {"conv_causal", {.filters = 3, .kernel_size = 3, .padding = Padding::causal}},
        {"conv_causal_dilated",
         {.filters = 3, .kernel_size = 3, .dilation_rate = 4, .padding = Padding::causal}},
        {"conv_causal_stride_2", {.filters = 3, .kernel_size = 4, .strides = 2, .padding = Padding::causal}},
        {"conv_longer_than_clips", {.filters = 3, .kernel_size = 9}},
        {"conv_one_frame", {.filters = 3, .kernel_size = 5, .strides = 2}},
        {"conv_wide", {.filters = 33, .kernel_size = 3}}};
    for (const auto& one : convolutions)
        cases[one.first] = [options = one.second](Builder<T>& net) { net.conv("conv", options, 0); };
    cases["depthwise"] = [](Builder<T>& net) { net.add("depthwise", DepthwiseConv1D<T>(3, 2), {0}); };
    cases["depthwise_even"] = [](Builder<T>& net) { net.add("depthwise", DepthwiseConv1D<T>(4, 1), {0}); };
    cases["separable"] = [](Builder<T>& net) {
        const std::size_t x = net.add("depthwise", DepthwiseConv1D<T>(3, 2), {0});
        net.conv("pointwise", {.filters = 5, .activation = Activation::relu}, x);
    };
    for (const char* name : {"batch_normalization", "batch_normalization_trained"})
        cases[name] = [](Builder<T>& net) { net.norm("norm", Activation::linear, {0}); };
    cases["batch_normalization_defaults"] = [](Builder<T>& net) {
        net.add("norm", SequenceBatchNormalization<T>(Activation::linear, 0.99), {0});
    };
    cases["batch_normalization_relu"] = [](Builder<T>& net) { net.norm("norm", Activation::relu, {0}); };
    cases["batch_normalization_residual"] = [](Builder<T>& net) {
        const std::size_t x = net.conv("conv", {.filters = 4, .kernel_size = 3, .use_bias = false}, 0);
        net.norm("norm", Activation::relu, {x, 0});
    };
    cases["layer_normalization"] = [](Builder<T>& net) { net.add("norm", LayerNormalization<T>(), {0}); };
    cases["average"] = [](Builder<T>& net) { net.add("average", AveragePooling<T>(), {0}); };
    cases["squeeze_excitation"] = [](Builder<T>& net) { net.squeeze("squeeze/", 4, 2, 0); };
    for (const char* name : {"attentive_statistics", "attentive_statistics_one_frame"})
        cases[name] = [](Builder<T>& net) { net.attention(3, 4, 0); };
    cases["attentive_statistics_one_head"] = [](Builder<T>& net) { net.attention(3, 1, 0); };
    cases["network"] = [](Builder<T>& net) {
        std::size_t x = net.conv("stem/conv", {.filters = 8, .kernel_size = 5, .use_bias = false}, 0);
        x = net.norm("stem/norm", Activation::relu, {x});
        for (const std::size_t i : {1U, 2U}) {
            const std::string block = "block_" + std::to_string(i);
            const std::size_t h = net.conv(
                block + "/conv", {.filters = 8, .kernel_size = 3, .dilation_rate = i, .use_bias = false}, x);
            x = net.norm(block + "/norm", Activation::relu, {h, x});
        }
        x = net.norm("pooling/norm", Activation::linear, {net.attention(4, 8, x)});
        x = net.norm("embedding/norm", Activation::relu,
                     {net.conv("embedding", {.filters = 6, .use_bias = false}, x)});
        net.conv("output", {.filters = 3}, x);
    };
    cases["network_squeeze"] = [](Builder<T>& net) {
        std::size_t x =
            net.conv("stem/conv", {.filters = 8, .kernel_size = 5, .strides = 2, .use_bias = false}, 0);
        x = net.norm("stem/norm", Activation::relu, {x});
        for (const std::size_t i : {1U, 2U}) {
            const std::string block = "block_" + std::to_string(i);
            std::size_t h = net.add(block + "/depthwise", DepthwiseConv1D<T>(3, i), {x});
            h = net.conv(block + "/pointwise", {.filters = 8, .use_bias = false}, h);
            h = net.squeeze(block + "/squeeze/", 8, 3, net.norm(block + "/norm", Activation::relu, {h}));
            x = net.add(block + "/add", Add<T>(), {x, h});
        }
        x = net.norm("pooling/norm", Activation::linear, {net.attention(4, 8, x)});
        net.conv("output", {.filters = 3}, x);
    };
    return cases;
}

template <class T>
void take_weights(SequenceNetwork<T>& network, const TensorFile& file, const std::string& name) {
    std::size_t n_stored = 0;
    for (const Tensor& tensor : file.tensors) n_stored += tensor.name.starts_with(name + "/initial/");
    EXPECT_EQ(network.parameters().size(), n_stored);
    for (Parameter<T>* parameter : network.parameters()) {
        const std::string stored = name + "/initial/" + parameter->name;
        ASSERT_EQ(parameter->shape, shape(file, stored)) << parameter->name;
        std::copy_n(values<float>(file, stored).begin(), parameter->values.size(), parameter->values.begin());
    }
}

/// All clips of a batch, one behind the other.
template <class T>
std::vector<T> joined(const Sequences<T>& batch) {
    std::vector<T> all;
    for (std::size_t i = 0; i < batch.n_clips(); ++i)
        all.insert(all.end(), batch.clip(i).values().begin(), batch.clip(i).values().end());
    return all;
}

template <class T>
void fill(Sequences<T>& batch, const std::vector<float>& stored, std::size_t stride) {
    for (std::size_t i = 0; i < batch.n_clips(); ++i)
        std::copy_n(stored.begin() + static_cast<std::ptrdiff_t>(i * stride), batch.clip(i).size(),
                    batch.clip(i).data());
}

/// Outputs, gradients and moving averages of one network.
template <class T>
void compare(SequenceNetwork<T>& network, const TensorFile& file, const std::string& name, double tolerance,
             double& largest) {
    SCOPED_TRACE(name);
    const std::string stored = name.starts_with("network") ? "network/x" : "x";
    const std::size_t n_frames = nlohmann::json::parse(file.metadata.at("frames")).at(name);
    const Shape& all = shape(file, stored);
    ThreadPool pool(2);
    auto workspace = network.workspace(pool);
    fill(network.begin(std::vector<std::size_t>(all[0], n_frames), workspace), values<float>(file, stored),
         all[1] * all[2]);
    bool training = false;
    for (const Tensor& tensor : file.tensors) training |= tensor.name.starts_with(name + "/moved/");
    const Sequences<T>& y = network.forward(workspace, training);
    const auto check = [&](const auto& ours, const std::string& what) {
        const double d = difference(ours, values<double>(file, name + "/" + what));
        EXPECT_LE(d, tolerance) << what;
        largest = std::max(largest, d);
    };
    check(joined(y), "y");
    const Shape& of_y = shape(file, name + "/y");
    fill(network.output_gradient(workspace), values<float>(file, name + "/dy"), of_y[1] * of_y[2]);
    network.backward(workspace, true);
    check(joined(workspace.gradients[0]), "gradient/x");
    const auto parameters = network.parameters();
    const auto gradients = network.gradients(workspace);
    if (training) network.update_moving(workspace);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (parameters[i]->trainable)
            check(gradients[i], "gradient/" + parameters[i]->name);
        else if (training)
            check(parameters[i]->values, "moved/" + parameters[i]->name);
    }
}

template <class T>
void compare_all(double tolerance, const char* dtype) {
    const TensorFile file = test::reference("keras_sequence");
    double of_layers = 0, of_networks = 0;
    const auto cases = layer_cases<T>();
    EXPECT_EQ(cases.size(), nlohmann::json::parse(file.metadata.at("frames")).size());
    for (const auto& one : cases) {
        const bool whole = one.first.starts_with("network");
        Builder<T> builder(shape(file, whole ? "network/x" : "x")[2]);
        one.second(builder);
        take_weights(builder.network, file, one.first);
        compare(builder.network, file, one.first, tolerance, whole ? of_networks : of_layers);
    }
    std::printf("%zu cases, %s: layers within %.1e, networks within %.1e\n", cases.size(), dtype, of_layers,
                of_networks);
}

TEST(KerasSequenceReference, OutputsAndGradientsInFloat32) { compare_all<float>(kFloat, "float32"); }

TEST(KerasSequenceReference, OutputsAndGradientsInFloat64) { compare_all<double>(kDouble, "float64"); }

/// The clips of the whole networks.
class StoredClips final : public FrameSource {
public:
    explicit StoredClips(const TensorFile& file)
        : shape_(shape(file, "network/x")), values_(values<float>(file, "network/x")) {}
    [[nodiscard]] std::size_t size() const override { return shape_[0]; }
    [[nodiscard]] std::size_t n_columns() const override { return shape_[2]; }
    void frames(std::size_t clip, Matrix<float>& out) const override {
        out = Matrix<float>(shape_[1], shape_[2]);
        std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(clip * out.size()), out.size(), out.data());
    }

private:
    Shape shape_;
    std::vector<float> values_;
};

/// A constant behind the attention's logits leaves their softmax as it is, and one before the embedding
/// leaves the embedding's normalization as it is: these gradients are 0 but for rounding, and Adam makes
/// steps of what rounding left.
constexpr double kRounding = 1e-3;
bool only_rounding_moves(const std::string& name, bool embedding) {
    return name == "attention/out/bias" ||
           (embedding && (name == "pooling/norm/beta" || name == "embedding/norm/moving_mean"));
}

/// Built by the options of the framework, trained by its loop.
TEST(KerasSequenceReference, WholeNetworksAndFiveStepsOfThem) {
    const TensorFile file = test::reference("keras_sequence");
    const StoredClips clips(file);
    const std::vector<std::int32_t>& y = values<std::int32_t>(file, "network/labels");
    const auto networks = nlohmann::json::parse(file.metadata.at("networks"));
    for (const auto& [name, texts] : networks.items()) {
        SCOPED_TRACE(name);
        SequenceOptions options;
        options.stem_strides = 1;
        options.statistics = false;
        options.squeeze = 0;
        options.mixup = 0;
        options.ema = 0;
        options.trim_db = 0;
        options.level = true;
        for (const auto& [field, text] : texts.items()) set_field(options, field, text.get<std::string>());
        RandomState random(0);
        SequenceNetwork<float> network = build_network(options, clips.n_columns(), 3, random);
        take_weights(network, file, name);
        double largest = 0;
        compare(network, file, name, kFloat, largest);

        take_weights(network, file, name);  // the moving averages have moved
        ThreadPool pool(2);
        History history;
        fit(network, clips, y, options, pool, history);
        const double of_losses = difference(history.at("loss"), values<double>(file, name + "/losses"));
        EXPECT_LE(of_losses, kFloat);
        double of_weights = 0, of_rounding = 0;
        for (const Parameter<float>* parameter : std::as_const(network).parameters()) {
            const double d =
                difference(parameter->values, values<float>(file, name + "/trained/" + parameter->name));
            const bool rounding = only_rounding_moves(parameter->name, options.embedding > 0);
            EXPECT_LE(d, rounding ? kRounding : kFloat) << parameter->name;
            double& worst = rounding ? of_rounding : of_weights;
            worst = std::max(worst, d);
        }
        std::printf(
            "%s: outputs and gradients within %.1e, after 5 steps losses within %.1e, weights within %.1e, "
            "those that only rounding moves within %.1e\n",
            name.c_str(), largest, of_losses, of_weights, of_rounding);
    }
}

}  // namespace
}  // namespace undertone::nn
