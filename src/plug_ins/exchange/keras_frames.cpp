#include <map>

#include "plug_ins/exchange/keras.hpp"
#include "plug_ins/exchange/keras_graph.hpp"

namespace undertone::exchange {
namespace {

using Value = KerasGraph::Value;

/// Classes of keras.src.ops.numpy for steps that are one of them each.
const std::map<FrameOp, const char*>& operations() {
    static const std::map<FrameOp, const char*> names{
        {FrameOp::add, "Add"},          {FrameOp::subtract, "Subtract"}, {FrameOp::multiply, "Multiply"},
        {FrameOp::divide, "Divide"},    {FrameOp::minimum, "Minimum"},   {FrameOp::maximum, "Maximum"},
        {FrameOp::square_root, "Sqrt"}, {FrameOp::logarithm, "Log"},     {FrameOp::magnitude, "Absolute"},
        {FrameOp::ones, "OnesLike"},
    };
    return names;
}

class Writer {
public:
    explicit Writer(const FrameModel& model) : model_(model) {}

    std::string write() {
        const std::vector<FrameStep>& steps = model_.graph.steps;
        values_.push_back(graph_.input("frames", steps.front().n_channels));
        for (std::size_t i = 1; i < steps.size(); ++i) {
            name_ = steps[i].name.empty() ? "step_" + std::to_string(i) : steps[i].name;
            values_.push_back(tell(steps[i]));
        }
        const std::size_t n_labels = model_.labels.size();
        const Value output = graph_.layer("Reshape", "probabilities", values_.back(),
                                          {{"target_shape", {n_labels}}}, n_labels);
        return graph_.archive(output, model_.labels, model_.notes);
    }

private:
    Value tell(const FrameStep& step) {
        const Value& x = values_[step.inputs[0]];
        if (const auto found = operations().find(step.op); found != operations().end())
            return numpy(found->second, step);
        switch (step.op) {
            case FrameOp::less:
                return cast(numpy("Less", step, name_ + "_true", "bool"), name_, step.wide);
            case FrameOp::whole:
                return cast(cast_to(x, name_ + "_cut", "int32"), name_, step.wide);
            case FrameOp::widen:
            case FrameOp::narrow:
                return cast(x, name_, step.wide);
            case FrameOp::relu:
                return activation(x, "relu");
            case FrameOp::tanh:
                return activation(x, "tanh");
            case FrameOp::sigmoid:
                return activation(x, "sigmoid");
            case FrameOp::sum_time:
                return numpy("Sum", x, x.n_channels, {{"axis", 1}, {"keepdims", true}});
            case FrameOp::most_time:
                return numpy("Max", x, x.n_channels, {{"axis", 1}, {"keepdims", true}});
            case FrameOp::mean_channels:
                return numpy("Mean", x, 1, {{"axis", -1}, {"keepdims", true}});
            case FrameOp::most_channels:
                return numpy("Max", x, 1, {{"axis", -1}, {"keepdims", true}});
            case FrameOp::running_sum:
                return numpy("Cumsum", x, x.n_channels, {{"axis", 1}});
            case FrameOp::softmax_time:
                return softmax(x, 1);
            case FrameOp::softmax:
                return softmax(x, -1);
            case FrameOp::pad_time:
                return layer("ZeroPadding1D", step, {{"padding", step.sizes}});
            case FrameOp::crop_time:
                return layer("Cropping1D", step, {{"cropping", step.sizes}});
            case FrameOp::take_time: {
                const Value places = cast_to(values_[step.inputs[1]], name_ + "_places", "int32");
                return graph_.operation("numpy", "TakeAlongAxis", name_, {x, places}, {{"axis", 1}}, x);
            }
            case FrameOp::products:
                return products(step);
            case FrameOp::take_channels:
                return graph_.operation("numpy", "Take", name_, {x}, {{"axis", -1}},
                                        {0, step.n_channels, x.dtype}, {Json(step.sizes)});
            case FrameOp::concatenate: {
                std::vector<Value> all;
                for (const std::size_t input : step.inputs) all.push_back(values_[input]);
                return graph_.operation("numpy", "Concatenate", name_, all, {{"axis", -1}},
                                        {0, step.n_channels, x.dtype}, {}, true);
            }
            case FrameOp::standardize:
                return standardized(step);
            case FrameOp::dense:
                return layer("Dense", step,
                             {{"units", step.n_channels}, {"use_bias", step.weights.size() > 1}});
            case FrameOp::conv1d: {
                Json config = convolution(step);
                config["filters"] = step.n_channels;
                return layer("Conv1D", step, std::move(config));
            }
            case FrameOp::depthwise_conv1d:
                return layer("DepthwiseConv1D", step, convolution(step));
            case FrameOp::batch_normalization:
                return layer("BatchNormalization", step, {{"axis", -1}, {"epsilon", step.number}});
            default:
                break;
        }
        return x;
    }

    Value layer(const char* kind, const FrameStep& step, Json config) {
        return graph_.layer(kind, name_, values_[step.inputs[0]], std::move(config), step.n_channels,
                            step.weights);
    }

    Value activation(const Value& x, const char* function) {
        return graph_.layer("Activation", name_, x, {{"activation", function}}, x.n_channels);
    }

    /// An operation of keras.ops that stands for a whole step: two values, or a value and a number.
    Value numpy(const char* kind, const FrameStep& step) {
        return numpy(kind, step, name_, dtype(step.wide));
    }

    Value numpy(const char* kind, const FrameStep& step, const std::string& name, const char* type) {
        std::vector<Value> inputs;
        for (const std::size_t input : step.inputs) inputs.push_back(values_[input]);
        std::vector<Json> more;
        if (step.op <= FrameOp::less && inputs.size() == 1) more.emplace_back(step.number);
        return graph_.operation("numpy", kind, name, inputs, Json::object(), {0, step.n_channels, type},
                                more);
    }

    Value numpy(const char* kind, const Value& x, std::size_t n_channels, Json config) {
        return graph_.operation("numpy", kind, name_, {x}, std::move(config), {0, n_channels, x.dtype});
    }

    Value softmax(const Value& x, int axis) {
        return graph_.operation("nn", "Softmax", name_, {x}, {{"axis", axis}}, x);
    }

    Value cast_to(const Value& x, const std::string& name, const char* type) {
        return graph_.operation("core", "Cast", name, {x}, {{"dtype", type}}, {0, x.n_channels, type});
    }
    Value cast(const Value& x, const std::string& name, bool wide) { return cast_to(x, name, dtype(wide)); }

    static const char* dtype(bool wide) { return wide ? "float64" : "float32"; }

    Value products(const FrameStep& step) {
        const Value &a = values_[step.inputs[0]], &b = values_[step.inputs[1]];
        const Value transposed =
            graph_.operation("numpy", "Transpose", name_ + "_transposed", {a}, {{"axes", {0, 2, 1}}}, a);
        const Value sums =
            graph_.operation("numpy", "Matmul", name_ + "_sums", {transposed, b}, Json::object(), b);
        return graph_.layer("Reshape", name_, sums, {{"target_shape", {1, step.n_channels}}},
                            step.n_channels);
    }

    /// As a Normalization, whose variances are squares of the scales.
    Value standardized(const FrameStep& step) {
        const auto& mean = std::get<std::vector<double>>(step.weights[0].values);
        std::vector<double> variance;
        for (const double scale : std::get<std::vector<double>>(step.weights[1].values))
            variance.push_back(scale * scale);
        const Value& x = values_[step.inputs[0]];
        return graph_.layer("Normalization", name_, x,
                            {{"axis", {-1}}, {"invert", false}, {"mean", mean}, {"variance", variance}},
                            step.n_channels);
    }

    static Json convolution(const FrameStep& step) {
        return {{"kernel_size", {step.weights[0].shape[0]}},
                {"strides", {step.sizes[0]}},
                {"dilation_rate", {step.sizes[1]}},
                {"padding", "valid"},
                {"use_bias", step.weights.size() > 1}};
    }

    const FrameModel& model_;
    KerasGraph graph_;
    std::vector<Value> values_;  // of steps
    std::string name_;           // of the present one
};

}  // namespace

std::string write_keras_frames(const FrameModel& model) { return Writer(model).write(); }

}  // namespace undertone::exchange
