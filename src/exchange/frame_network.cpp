#include <map>
#include <optional>

#include "exchange/frame_model.hpp"
#include "nn/frames/layers.hpp"
#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

using Layer = nn::SequenceLayer<float>;

/// What a node of a network gives: frames of clips, or one frame a clip.
struct Told {
    FrameValue value;
    /// Of frames of clips, both of float32: 1 where there is one, 0 behind the end of the clip; how many.
    std::optional<FrameValue> inside, n;
};

[[noreturn]] void unsupported(const std::string& what) {
    throw Error(Errc::unsupported_format, what + " has no counterpart in other programs' files");
}

FrameOp activation(nn::Activation activation) {
    return activation == nn::Activation::relu   ? FrameOp::relu
           : activation == nn::Activation::tanh ? FrameOp::tanh
                                                : FrameOp::sigmoid;
}

FrameValue activated(const FrameValue& x, nn::Activation function) {
    return function == nn::Activation::linear ? x : x.then(activation(function));
}

/// The root of a mean square, which counts as so much at least.
FrameValue deviation(const FrameValue& variance, double floor) { return variance.at_least(floor).root(); }

class Walk {
public:
    Walk(const nn::SequenceNetwork<float>& network, const HeardFrames& frames, std::string name)
        : network_(network), name_(std::move(name)) {
        told_.push_back({frames.frames, frames.inside.single(), frames.n.single()});
    }

    FrameValue outputs() {
        for (const auto& node : network_.nodes().subspan(1)) {
            name_of_layer_ = name_ + node.name;
            told_.push_back(tell(*node.layer, node.inputs));
        }
        return told_.back().value;
    }

private:
    Told tell(const Layer& layer, const std::vector<std::size_t>& inputs) {
        const Told& x = told_[inputs[0]];
        const Told& last = told_[inputs.back()];
        const auto like_x = [&](const FrameValue& value) { return Told{value, x.inside, x.n}; };
        if (const auto* of = dynamic_cast<const nn::Conv1D<float>*>(&layer)) return conv(*of, x);
        if (const auto* of = dynamic_cast<const nn::DepthwiseConv1D<float>*>(&layer)) {
            const std::size_t span = (kernel(layer).shape[0] - 1) * of->dilation_rate();
            return like_x((x.value * *x.inside)
                              .padded(span / 2, span - span / 2)
                              .layer(FrameOp::depthwise_conv1d, name_of_layer_, weights(layer),
                                     {1, of->dilation_rate()}));
        }
        if (const auto* of = dynamic_cast<const nn::SequenceBatchNormalization<float>*>(&layer)) {
            const FrameValue value = activated(x.value.layer(FrameOp::batch_normalization, name_of_layer_,
                                                             weights(layer), {}, of->epsilon()),
                                               of->activation());
            return like_x(inputs.size() > 1 ? value + last.value : value);
        }
        if (const auto* of = dynamic_cast<const nn::ClipNormalizationLayer<float>*>(&layer))
            return like_x(normalized(x, of->variance()));
        if (dynamic_cast<const nn::AveragePooling<float>*>(&layer) != nullptr) return {mean(x), {}, {}};
        if (dynamic_cast<const nn::StatisticsPooling<float>*>(&layer) != nullptr)
            return {statistics(x), {}, {}};
        if (dynamic_cast<const nn::AttentiveStatisticsPooling<float>*>(&layer) != nullptr)
            return {attentive(x, last.value), {}, {}};
        if (dynamic_cast<const nn::SequenceDropout<float>*>(&layer) != nullptr) return x;
        if (dynamic_cast<const nn::Gate<float>*>(&layer) != nullptr) return like_x(x.value * last.value);
        if (dynamic_cast<const nn::Add<float>*>(&layer) != nullptr) return like_x(x.value + last.value);
        if (dynamic_cast<const nn::Concatenate<float>*>(&layer) != nullptr)
            return like_x(FrameValue::joined({x.value, last.value}));
        unsupported("the layer " + name_of_layer_ + " (" + std::string(layer.kind()) + ")");
    }

    static const Parameter<float>& kernel(const Layer& layer) { return layer.parameters().front(); }

    static std::vector<Tensor> weights(const Layer& layer) {
        std::vector<Tensor> all;
        for (const Parameter<float>& parameter : layer.parameters())
            all.push_back(
                {parameter.name.substr(parameter.name.rfind('/') + 1), parameter.shape, parameter.values});
        return all;
    }

    Told conv(const nn::Conv1D<float>& layer, const Told& x) {
        const nn::Conv1DOptions& options = layer.options();
        if (options.padding != nn::Padding::same) unsupported("the padding of the layer " + name_of_layer_);
        const auto finish = [&](const FrameValue& value) { return activated(value, options.activation); };
        std::vector<Tensor> own = weights(layer);
        if (options.kernel_size == 1 && options.strides == 1) {
            own[0].shape.erase(own[0].shape.begin());
            return {finish(x.value.layer(FrameOp::dense, name_of_layer_, std::move(own))), x.inside, x.n};
        }
        const std::size_t span = (options.kernel_size - 1) * options.dilation_rate;
        const FrameValue inside = x.inside ? x.value * *x.inside : x.value;
        if (options.strides == 1)
            return {finish(inside.padded(span / 2, span - span / 2)
                               .layer(FrameOp::conv1d, name_of_layer_, std::move(own),
                                      {1, options.dilation_rate})),
                    x.inside, x.n};
        return strided(options, inside, *x.n, std::move(own));
    }

    /// How many zeros lie before a clip follows from its own length: frames are moved by so many first.
    Told strided(const nn::Conv1DOptions& options, const FrameValue& x, const FrameValue& n_in,
                 std::vector<Tensor> own) {
        const auto stride = static_cast<double>(options.strides);
        const std::size_t most = (options.kernel_size - 1) / 2;  // zeros before
        const FrameValue n = n_in.wide();
        const FrameValue n_out = ((n + (stride - 1)) / stride).then(FrameOp::whole);
        const FrameValue zeros =
            ((n_out - 1) * stride - n + static_cast<double>(options.kernel_size)).at_least(0);
        const FrameValue before = (zeros / 2).then(FrameOp::whole);
        const FrameValue places = x.padded(0, options.kernel_size - 1).times() - before;
        const FrameValue moved = x.padded(most, options.kernel_size - 1)
                                     .then(FrameOp::take_time, places + static_cast<double>(most));
        const FrameValue value =
            moved.layer(FrameOp::conv1d, name_of_layer_, std::move(own), {options.strides, 1});
        return {activated(value, options.activation), (value.times() < n_out).single(), n_out.single()};
    }

    static FrameValue mean(const Told& x) { return (x.value * *x.inside).sum() / *x.n; }

    static FrameValue normalized(const Told& x, bool variance) {
        const FrameValue off = (x.value - mean(x)) * *x.inside;
        if (!variance) return off;
        const FrameValue spread = ((off * off).sum() / *x.n).root();
        return off / spread.at_least(nn::ClipNormalizationLayer<float>::kLeastDeviation);
    }

    static FrameValue statistics(const Told& x) {
        constexpr double kFloor = nn::StatisticsPooling<float>::kVarianceFloor;
        const FrameValue mean_of = mean(x), off = (x.value - mean_of) * *x.inside;
        const FrameValue within = x.inside->later(1);  // of frames that have a next one
        const FrameValue step = (x.value.later(1) - x.value) * within;
        return FrameValue::joined({mean_of, deviation((off * off).sum() / *x.n, kFloor),
                                   deviation((step * step).sum() / (*x.n - 1).at_least(1), kFloor)});
    }

    static FrameValue attentive(const Told& x, const FrameValue& logits) {
        constexpr double kFar = 1e9;  // below all logits: e to the minus that is 0
        const FrameValue weight = (logits + (*x.inside - 1) * kFar).then(FrameOp::softmax_time);
        const FrameValue mean_of = (weight * x.value).sum(), off = x.value - mean_of;
        return FrameValue::joined(
            {mean_of,
             deviation((weight * off * off).sum(), nn::AttentiveStatisticsPooling<float>::kVarianceFloor)});
    }

    const nn::SequenceNetwork<float>& network_;
    std::string name_, name_of_layer_;
    std::vector<Told> told_;  // of each node
};

}  // namespace

FrameValue network_of(const nn::SequenceNetwork<float>& network, const HeardFrames& frames,
                      const std::string& name) {
    return Walk(network, frames, name).outputs().then(FrameOp::softmax);
}

}  // namespace undertone::exchange
