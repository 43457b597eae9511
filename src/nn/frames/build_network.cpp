#include <array>
#include <string>

#include "nn/frames/layers.hpp"
#include "nn/frames/training.hpp"

namespace undertone::nn {
namespace {

using Network = SequenceNetwork<float>;

/// Adds layers one behind the other.
class Builder {
public:
    Builder(Network& network, RandomState& random) : network_(network), random_(random) {}

    template <class Layer>
    std::size_t add(const std::string& name, Layer layer, std::initializer_list<std::size_t> inputs) {
        return network_.add(name, std::make_unique<Layer>(std::move(layer)), {inputs.begin(), inputs.size()},
                            random_);
    }

private:
    Network& network_;
    RandomState& random_;
};

std::size_t size(int value) { return static_cast<std::size_t>(value); }

Conv1D<float> dense(std::size_t units, Activation activation = Activation::linear) {
    return Conv1D<float>({.filters = units, .activation = activation});
}

}  // namespace

Network build_network(const SequenceNetworkOptions& options, std::size_t n_columns, std::size_t n_classes,
                      RandomState& random) {
    Network network(n_columns);
    Builder builder(network, random);
    const std::size_t channels = size(options.channels);
    std::size_t input = 0;
    if (options.clip_normalization != ClipNormalization::none)
        input = builder.add(
            "input",
            ClipNormalizationLayer<float>(options.clip_normalization == ClipNormalization::mean_variance),
            {0});
    std::size_t x = builder.add("stem/conv",
                                Conv1D<float>({.filters = channels,
                                               .kernel_size = size(options.stem_kernel_size),
                                               .strides = size(options.stem_strides),
                                               .use_bias = false}),
                                {input});
    x = builder.add("stem/norm", SequenceBatchNormalization<float>(Activation::relu), {x});
    for (std::size_t i = 0; i < options.dilations.size(); ++i) {
        const std::string block = "block_" + std::to_string(i + 1);
        const std::size_t dilation = size(options.dilations[i]);
        std::size_t h = x;
        if (options.separable) {
            h = builder.add(block + "/depthwise", DepthwiseConv1D<float>(size(options.kernel_size), dilation),
                            {h});
            h = builder.add(block + "/pointwise", Conv1D<float>({.filters = channels, .use_bias = false}),
                            {h});
        } else {
            h = builder.add(block + "/conv",
                            Conv1D<float>({.filters = channels,
                                           .kernel_size = size(options.kernel_size),
                                           .dilation_rate = dilation,
                                           .use_bias = false}),
                            {h});
        }
        const SequenceBatchNormalization<float> norm(Activation::relu);
        if (options.squeeze == 0 && options.spatial_dropout == 0) {
            x = builder.add(block + "/norm", norm, {h, x});
            continue;
        }
        h = builder.add(block + "/norm", norm, {h});
        if (options.squeeze > 0) {
            std::size_t gate = builder.add(block + "/squeeze/mean", AveragePooling<float>(), {h});
            gate = builder.add(block + "/squeeze/in", dense(size(options.squeeze), Activation::relu), {gate});
            gate = builder.add(block + "/squeeze/out", dense(channels, Activation::sigmoid), {gate});
            h = builder.add(block + "/squeeze/gate", Gate<float>(), {h, gate});
        }
        if (options.spatial_dropout > 0)
            h = builder.add(block + "/dropout", SequenceDropout<float>(options.spatial_dropout, true), {h});
        x = builder.add(block + "/add", Add<float>(), {x, h});
    }
    std::size_t logits = builder.add("attention/in", dense(size(options.attention), Activation::tanh), {x});
    logits = builder.add("attention/out", dense(channels), {logits});
    x = builder.add("pooling", AttentiveStatisticsPooling<float>(), {x, logits});
    if (options.statistics) {
        const std::size_t statistics = builder.add("statistics", StatisticsPooling<float>(), {0});
        x = builder.add("pooling/concatenate", Concatenate<float>(), {x, statistics});
    }
    x = builder.add(std::string(kPoolingNorm), SequenceBatchNormalization<float>(), {x});
    x = builder.add("pooling/dropout", SequenceDropout<float>(options.dropout, false), {x});
    if (options.embedding > 0) {
        x = builder.add("embedding", Conv1D<float>({.filters = size(options.embedding), .use_bias = false}),
                        {x});
        x = builder.add("embedding/norm", SequenceBatchNormalization<float>(Activation::relu), {x});
        x = builder.add("embedding/dropout", SequenceDropout<float>(options.dropout, false), {x});
    }
    builder.add("output", dense(n_classes), {x});
    return network;
}

}  // namespace undertone::nn
