// Gradients of every layer over sequences against central differences, and the convolution against its
// obvious twin.

#include <cmath>
#include <functional>
#include <memory>

#include "nn/frames/layers.hpp"
#include "nn/frames/network.hpp"
#include "undertone/error.hpp"

namespace undertone::nn {
namespace {

using Layer = SequenceLayer<double>;

/// A network of one layer, whose inputs all come from convolutions over the one input, so that gradients of
/// layers with several inputs go through the adding up as well.
struct Case {
    std::string name;
    std::function<std::unique_ptr<Layer>()> make;
    std::vector<std::size_t> channels;  // of each input
    std::vector<bool> pooled;           // inputs with one frame a clip
    bool training = true;
};

void PrintTo(const Case& value, std::ostream* out) { *out << value.name; }

void fill(Sequences<double>& batch, RandomState& random) {
    for (std::size_t i = 0; i < batch.n_clips(); ++i)
        for (double& value : batch.clip(i).values()) value = random.uniform(-1, 1);
}

class SequenceGradient : public testing::TestWithParam<Case> {};

TEST_P(SequenceGradient, AgreesWithCentralDifferences) {
    const Case& tested = GetParam();
    RandomState random(3);
    ThreadPool pool(2);
    SequenceNetwork<double> network(3);
    std::vector<std::size_t> inputs;
    for (std::size_t i = 0; i < tested.channels.size(); ++i) {
        std::size_t node = 0;
        if (tested.pooled[i]) {
            node = network.add("pool" + std::to_string(i), std::make_unique<AveragePooling<double>>(),
                               std::vector<std::size_t>{0}, random);
        }
        inputs.push_back(network.add("in" + std::to_string(i),
                                     std::make_unique<Conv1D<double>>(Conv1DOptions{
                                         .filters = tested.channels[i], .activation = Activation::tanh}),
                                     std::vector<std::size_t>{node}, random));
    }
    network.add("tested", tested.make(), inputs, random);
    // Not what they start with: ones and zeros hide mistakes.
    for (Parameter<double>* parameter : network.parameters())
        for (double& value : parameter->values) value += random.uniform(0.1, 0.4);

    auto workspace = network.workspace(pool);
    const std::vector<std::size_t> n_frames{7, 4, 9};
    fill(network.begin(n_frames, workspace), random);
    const Sequences<double> input = workspace.outputs[0];
    const Sequences<double>& output = network.forward(workspace, tested.training, 5);
    // The loss: a weighted sum of the outputs and of their squares.
    Sequences<double> weights = output;
    fill(weights, random);
    const auto loss = [&] {
        workspace.outputs[0] = input;
        network.forward(workspace, tested.training, 5);
        double sum = 0;
        for (std::size_t i = 0; i < output.n_clips(); ++i)
            for (std::size_t j = 0; j < output.clip(i).size(); ++j) {
                const double y = output.clip(i).data()[j];
                sum += weights.clip(i).data()[j] * (y + y * y);
            }
        return sum;
    };
    loss();
    Sequences<double>& gradient = network.output_gradient(workspace);
    for (std::size_t i = 0; i < output.n_clips(); ++i)
        for (std::size_t j = 0; j < output.clip(i).size(); ++j)
            gradient.clip(i).data()[j] = weights.clip(i).data()[j] * (1 + 2 * output.clip(i).data()[j]);
    network.backward(workspace, true);
    const auto parameters = network.parameters();
    std::vector<std::vector<double>> gradients;
    for (const std::span<double> values : network.gradients(workspace))
        gradients.emplace_back(values.begin(), values.end());
    const Sequences<double> input_gradient = workspace.gradients[0];

    const double step = 1e-5;
    for (std::size_t p = 0; p < parameters.size(); ++p) {
        if (!parameters[p]->trainable) continue;
        ASSERT_EQ(gradients[p].size(), parameters[p]->values.size()) << parameters[p]->name;
        for (std::size_t j = 0; j < gradients[p].size(); ++j) {
            double& value = parameters[p]->values[j];
            const double kept = value;
            value = kept + step;
            const double above = loss();
            value = kept - step;
            const double below = loss();
            value = kept;
            EXPECT_NEAR(gradients[p][j], (above - below) / (2 * step), 1e-6)
                << parameters[p]->name << "[" << j << "]";
        }
    }
    auto& moved = const_cast<Sequences<double>&>(input);
    for (std::size_t i = 0; i < input.n_clips(); ++i)
        for (std::size_t j = 0; j < input.clip(i).size(); ++j) {
            double& value = moved.clip(i).data()[j];
            const double kept = value;
            value = kept + step;
            const double above = loss();
            value = kept - step;
            const double below = loss();
            value = kept;
            EXPECT_NEAR(input_gradient.clip(i).data()[j], (above - below) / (2 * step), 1e-6)
                << "input, clip " << i << " [" << j << "]";
        }
}

template <class L, class... Arguments>
std::function<std::unique_ptr<Layer>()> make(Arguments... arguments) {
    return [=] { return std::make_unique<L>(arguments...); };
}

INSTANTIATE_TEST_SUITE_P(
    EveryLayer, SequenceGradient,
    testing::Values(
        Case{"conv", make<Conv1D<double>>(Conv1DOptions{.filters = 5, .kernel_size = 3}), {4}, {false}},
        Case{"conv_trained",
             make<Conv1D<double>>(Conv1DOptions{.filters = 5, .kernel_size = 3, .dilation_rate = 2}),
             {4},
             {false},
             false},
        Case{"conv_whole_panels",
             make<Conv1D<double>>(Conv1DOptions{.filters = 32, .kernel_size = 3, .use_bias = false}),
             {4},
             {false}},
        Case{"conv_dilated_relu",
             make<Conv1D<double>>(Conv1DOptions{
                 .filters = 33, .kernel_size = 3, .dilation_rate = 2, .activation = Activation::relu}),
             {4},
             {false}},
        Case{"conv_even_sigmoid",
             make<Conv1D<double>>(Conv1DOptions{
                 .filters = 2, .kernel_size = 4, .activation = Activation::sigmoid}),
             {3},
             {false}},
        Case{"conv_strided",
             make<Conv1D<double>>(Conv1DOptions{.filters = 16, .kernel_size = 5, .strides = 2}),
             {4},
             {false}},
        Case{"conv_strided_3",
             make<Conv1D<double>>(Conv1DOptions{
                 .filters = 3, .kernel_size = 2, .strides = 3, .use_bias = false}),
             {4},
             {false}},
        Case{"conv_causal",
             make<Conv1D<double>>(Conv1DOptions{
                 .filters = 3, .kernel_size = 3, .dilation_rate = 3, .padding = Padding::causal}),
             {4},
             {false}},
        Case{"conv_longer_than_clips",
             make<Conv1D<double>>(Conv1DOptions{.filters = 2, .kernel_size = 13}),
             {2},
             {false}},
        Case{"dense",
             make<Conv1D<double>>(Conv1DOptions{.filters = 6, .activation = Activation::tanh}),
             {5},
             {true}},
        Case{"depthwise", make<DepthwiseConv1D<double>>(3U, 2U), {4}, {false}},
        Case{"depthwise_even", make<DepthwiseConv1D<double>>(4U, 1U), {2}, {false}},
        Case{"batch_normalization", make<SequenceBatchNormalization<double>>(), {4}, {false}},
        Case{"batch_normalization_relu",
             make<SequenceBatchNormalization<double>>(Activation::relu),
             {4},
             {false}},
        Case{"batch_normalization_residual",
             make<SequenceBatchNormalization<double>>(Activation::relu),
             {70, 70},
             {false, false}},
        Case{"batch_normalization_trained", make<SequenceBatchNormalization<double>>(), {4}, {false}, false},
        Case{"layer_normalization", make<LayerNormalization<double>>(), {6}, {false}},
        Case{"dropout", make<SequenceDropout<double>>(0.4, false), {4}, {false}},
        Case{"spatial_dropout", make<SequenceDropout<double>>(0.4, true), {4}, {false}},
        Case{"add", make<Add<double>>(), {3, 3}, {false, false}},
        Case{"gate", make<Gate<double>>(), {3, 3}, {false, true}},
        Case{"concatenate", make<Concatenate<double>>(), {3, 2}, {false, false}},
        Case{"average", make<AveragePooling<double>>(), {4}, {false}},
        Case{"clip_mean", make<ClipNormalizationLayer<double>>(false), {4}, {false}},
        Case{"clip_mean_variance", make<ClipNormalizationLayer<double>>(true), {4}, {false}},
        Case{"statistics", make<StatisticsPooling<double>>(), {4}, {false}},
        Case{"attentive_statistics", make<AttentiveStatisticsPooling<double>>(), {4, 4}, {false, false}},
        Case{"attentive_statistics_one_head",
             make<AttentiveStatisticsPooling<double>>(),
             {4, 1},
             {false, false}}),
    [](const auto& instance) { return instance.param.name; });

/// Keras's Conv1D in ten lines.
Matrix<float> obvious_conv(MatrixView<const float> x, const Parameter<float>& kernel, std::size_t strides,
                           std::size_t dilation, bool causal) {
    const std::size_t k = kernel.shape[0], n_in = kernel.shape[1], n_out = kernel.shape[2];
    const auto n = static_cast<long>(x.rows()), s = static_cast<long>(strides);
    const long reach = static_cast<long>((k - 1) * dilation), frames = (n + s - 1) / s;
    const long left = causal ? reach : std::max(0L, (frames - 1) * s + reach + 1 - n) / 2;
    Matrix<float> y(static_cast<std::size_t>(frames), n_out);
    for (long t = 0; t < frames; ++t)
        for (std::size_t j = 0; j < k; ++j)
            for (std::size_t i = 0; i < n_in; ++i)
                for (std::size_t c = 0; c < n_out; ++c) {
                    const long at = t * s + static_cast<long>(j * dilation) - left;
                    if (at < 0 || at >= n) continue;
                    y(static_cast<std::size_t>(t), c) +=
                        x(static_cast<std::size_t>(at), i) * kernel.values[(j * n_in + i) * n_out + c];
                }
    return y;
}

TEST(Conv1D, IsItsObviousTwin) {
    ThreadPool pool(2);
    RandomState random(1);
    for (const auto& [kernel, strides, dilation, n_out, causal] :
         std::vector<std::tuple<std::size_t, std::size_t, std::size_t, std::size_t, bool>>{
             {1, 1, 1, 7, false},
             {3, 1, 1, 32, false},
             {3, 1, 4, 48, false},
             {5, 2, 1, 40, false},
             {4, 3, 1, 17, false},
             {3, 1, 8, 16, true},
             {5, 2, 1, 3, true},
             {3, 1, 1, 65, true},
             {9, 1, 1, 64, false}}) {
        Conv1D<float> layer({.filters = n_out,
                             .kernel_size = kernel,
                             .strides = strides,
                             .dilation_rate = dilation,
                             .padding = causal ? Padding::causal : Padding::same});
        const std::size_t n_in = 5;
        layer.build({&n_in, 1}, random);
        const std::vector<std::size_t> n_frames{1, 2, 31, 12, 50};
        Sequences<float> x, y;
        x.resize(n_frames, n_in, layer.margin());
        std::vector<std::size_t> n_out_frames;
        for (const std::size_t n : n_frames) n_out_frames.push_back(layer.n_frames(n));
        y.resize(n_out_frames, n_out, 2);
        for (std::size_t i = 0; i < x.n_clips(); ++i)
            for (float& value : x.clip(i).values()) value = static_cast<float>(random.uniform(-1, 1));
        for (const bool training :
             {false, true}) {  // which goes through points where the kernel has three frames
            Pass<float> pass{pool, training};
            const Sequences<float>* input = &x;
            layer.forward({&input, 1}, y, pass);
            for (std::size_t i = 0; i < x.n_clips(); ++i) {
                const Matrix<float> expected =
                    obvious_conv(std::as_const(x).clip(i), layer.parameters()[0], strides, dilation, causal);
                ASSERT_EQ(y.clip(i).rows(), expected.rows());
                for (std::size_t j = 0; j < expected.size(); ++j)
                    ASSERT_NEAR(y.clip(i).data()[j], expected.data()[j], 1e-5)
                        << "kernel " << kernel << ", strides " << strides << ", dilation " << dilation
                        << ", training " << training << ", clip " << i << ", " << j;
            }
        }
    }
}

TEST(Conv1D, RefusesWhatItCannotDo) {
    EXPECT_THROW(Conv1D<float>({.filters = 0}), Error);
    EXPECT_THROW(Conv1D<float>({.filters = 1, .kernel_size = 0}), Error);
    EXPECT_THROW(Conv1D<float>({.filters = 1, .kernel_size = 3, .strides = 2, .dilation_rate = 2}), Error);
}

}  // namespace
}  // namespace undertone::nn
