#include <limits>
#include <map>

#include "exchange/tensors.hpp"
#include "plug_ins/exchange/onnx.hpp"
#include "plug_ins/exchange/onnx_graph.hpp"
#include "plug_ins/exchange/onnx_tensor.hpp"

namespace undertone::exchange {
namespace {

using Integers = std::vector<std::int64_t>;

constexpr std::int64_t kTime = 1, kChannels = 2;

/// Operators of the steps that are one operator each.
const std::map<FrameOp, const char*>& operators() {
    static const std::map<FrameOp, const char*> names{
        {FrameOp::add, "Add"},          {FrameOp::subtract, "Sub"},  {FrameOp::multiply, "Mul"},
        {FrameOp::divide, "Div"},       {FrameOp::minimum, "Min"},   {FrameOp::maximum, "Max"},
        {FrameOp::square_root, "Sqrt"}, {FrameOp::logarithm, "Log"}, {FrameOp::magnitude, "Abs"},
        {FrameOp::relu, "Relu"},        {FrameOp::tanh, "Tanh"},     {FrameOp::sigmoid, "Sigmoid"},
    };
    return names;
}

class Writer {
public:
    explicit Writer(const FrameModel& model) : model_(model) {}

    std::string write() {
        const std::vector<FrameStep>& steps = model_.graph.steps;
        graph_.input("frames", kOnnxFloat, {"n_frames", std::to_string(steps.front().n_channels)});
        names_.emplace_back("frames");
        graph_.constant("time_axis", Integers{kTime});
        graph_.constant("time_axis_alone", Integers{kTime}, /*scalar=*/true);
        for (std::size_t i = 1; i < steps.size(); ++i) {
            const FrameStep& step = steps[i];
            name_ = step.name.empty() ? "step_" + std::to_string(i) : step.name;
            tell(step);
            names_.push_back(name_);
        }
        const std::string n_labels = std::to_string(model_.labels.size());
        graph_.constant("probabilities/shape", Integers{0, std::stoll(n_labels)});
        graph_.node("Reshape", {names_.back(), "probabilities/shape"}, "probabilities");
        graph_.output("probabilities", kOnnxFloat, {n_labels});
        graph_.labels(model_.labels);
        for (const auto& [key, value] : model_.notes) graph_.metadata(key, value);
        return graph_.bytes();
    }

private:
    const std::string& input(const FrameStep& step, std::size_t i) const { return names_[step.inputs[i]]; }

    /// A step on the way, with a name of its own.
    std::string part(const std::string& name) const { return name_ + "/" + name; }

    void tell(const FrameStep& step) {
        const std::string& x = input(step, 0);
        if (const auto found = operators().find(step.op); found != operators().end())
            return void(graph_.node(found->second, operands(step), name_));
        switch (step.op) {
            case FrameOp::less:
                graph_.node("Less", operands(step), part("true"));
                return cast(part("true"), step.wide ? kOnnxDouble : kOnnxFloat, name_);
            case FrameOp::ones:
                graph_.constant(part("one"), {1}, {1.0}, step.wide);
                graph_.node("Shape", {x}, part("shape"));
                return void(graph_.node("Expand", {part("one"), part("shape")}, name_));
            case FrameOp::whole:
                cast(x, kOnnxInt64, part("cut"));
                return cast(part("cut"), step.wide ? kOnnxDouble : kOnnxFloat, name_);
            case FrameOp::widen:
                return cast(x, kOnnxDouble, name_);
            case FrameOp::narrow:
                return cast(x, kOnnxFloat, name_);
            case FrameOp::sum_time:
                return void(graph_.node("ReduceSum", {x, "time_axis"}, name_));
            case FrameOp::most_time:
                return reduce("ReduceMax", x, kTime);
            case FrameOp::mean_channels:
                return reduce("ReduceMean", x, kChannels);
            case FrameOp::most_channels:
                return reduce("ReduceMax", x, kChannels);
            case FrameOp::running_sum:
                return void(graph_.node("CumSum", {x, "time_axis_alone"}, name_));
            case FrameOp::softmax_time:
                return along("Softmax", x, kTime);
            case FrameOp::softmax:
                return along("Softmax", x, kChannels);
            case FrameOp::pad_time: {
                const auto before = static_cast<std::int64_t>(step.sizes[0]),
                           behind = static_cast<std::int64_t>(step.sizes[1]);
                return void(graph_.node(
                    "Pad", {x, graph_.constant(part("pads"), Integers{0, before, 0, 0, behind, 0})}, name_));
            }
            case FrameOp::crop_time:
                return crop(step, x);
            case FrameOp::take_time: {
                cast(input(step, 1), kOnnxInt64, part("places"));
                return OnnxGraph::integer(graph_.node("GatherND", {x, part("places")}, name_), "batch_dims",
                                          1);
            }
            case FrameOp::products:
                return products(step);
            case FrameOp::take_channels:
                graph_.constant(part("which"), Integers(step.sizes.begin(), step.sizes.end()));
                return OnnxGraph::integer(graph_.node("Gather", {x, part("which")}, name_), "axis",
                                          kChannels);
            case FrameOp::concatenate: {
                std::vector<std::string> all;
                for (std::size_t i = 0; i < step.inputs.size(); ++i) all.push_back(input(step, i));
                return OnnxGraph::integer(graph_.node("Concat", all, name_), "axis", kChannels);
            }
            case FrameOp::standardize:
                graph_.node("Sub", {x, weight(step, 0)}, part("centred"));
                return void(graph_.node("Div", {part("centred"), weight(step, 1)}, name_));
            case FrameOp::dense:
                if (step.weights.size() == 1) return void(graph_.node("MatMul", {x, weight(step, 0)}, name_));
                graph_.node("MatMul", {x, weight(step, 0)}, part("sums"));
                return void(graph_.node("Add", {part("sums"), weight(step, 1)}, name_));
            case FrameOp::conv1d:
            case FrameOp::depthwise_conv1d:
                return convolution(step, x);
            case FrameOp::batch_normalization:
                return normalization(step, x);
            default:
                break;
        }
    }

    /// Two values, or a value and the step's number.
    std::vector<std::string> operands(const FrameStep& step) {
        std::vector<std::string> all{input(step, 0)};
        if (step.inputs.size() > 1)
            all.push_back(input(step, 1));
        else if (step.op <= FrameOp::less)
            all.push_back(graph_.constant(part("number"), {}, {step.number}, step.wide));
        return all;
    }

    void cast(const std::string& from, int type, const std::string& to) {
        OnnxGraph::integer(graph_.node("Cast", {from}, to), "to", type);
    }

    void along(const char* op, const std::string& x, std::int64_t axis) {
        OnnxGraph::integer(graph_.node(op, {x}, name_), "axis", axis);
    }

    void reduce(const char* op, const std::string& x, std::int64_t axis) {
        OnnxGraph::integers(graph_.node(op, {x}, name_), "axes", {axis});
    }

    void transposed(const std::string& from, const std::string& to) {
        OnnxGraph::integers(graph_.node("Transpose", {from}, to), "perm", {0, kChannels, kTime});
    }

    std::string weight(const FrameStep& step, std::size_t i) {
        const Tensor& tensor = step.weights[i];
        return weight(tensor.name, tensor.shape, numbers(tensor), step.wide);
    }
    std::string weight(const std::string& name, const std::vector<std::size_t>& shape,
                       const std::vector<double>& values, bool wide) {
        return graph_.constant(part(name), shape, values, wide);
    }

    void crop(const FrameStep& step, const std::string& x) {
        // Behind the last frame everything ends: the greatest number says so.
        const std::int64_t end = step.sizes[1] == 0 ? std::numeric_limits<std::int64_t>::max()
                                                    : -static_cast<std::int64_t>(step.sizes[1]);
        graph_.constant(part("begin"), Integers{static_cast<std::int64_t>(step.sizes[0])});
        graph_.constant(part("end"), Integers{end});
        graph_.node("Slice", {x, part("begin"), part("end"), "time_axis"}, name_);
    }

    void products(const FrameStep& step) {
        // Not a Transpose and a MatMul: ONNX Runtime 1.10 joins them to an operator that it has of float
        // only.
        OnnxGraph::text(graph_.node("Einsum", {input(step, 0), input(step, 1)}, part("sums")), "equation",
                        "bta,btc->bac");
        graph_.constant(part("shape"), Integers{0, 1, static_cast<std::int64_t>(step.n_channels)});
        graph_.node("Reshape", {part("sums"), part("shape")}, name_);
    }

    /// Keras's `[size, n_in, n_out]` becomes `[n_out, n_in, size]`; ONNX's channels lie before the frames.
    void convolution(const FrameStep& step, const std::string& x) {
        const Tensor& kernel = step.weights[0];
        const bool depthwise = step.op == FrameOp::depthwise_conv1d;
        const std::size_t size = kernel.shape[0], n_in = kernel.shape[1], n_out = kernel.shape[2];
        const std::vector<double> from = numbers(kernel);
        std::vector<double> to(from.size());
        const std::size_t rows = depthwise ? n_in : n_out, cols = depthwise ? 1 : n_in;
        for (std::size_t k = 0; k < size; ++k)
            for (std::size_t i = 0; i < n_in; ++i)
                for (std::size_t o = 0; o < n_out; ++o)
                    to[((depthwise ? i : o) * cols + (depthwise ? 0 : i)) * size + k] =
                        from[(k * n_in + i) * n_out + o];
        transposed(x, part("channels_first"));
        std::vector<std::string> inputs{part("channels_first"),
                                        weight("kernel", {rows, cols, size}, to, false)};
        if (step.weights.size() > 1) inputs.push_back(weight(step, 1));
        onnx_file::Node& made = graph_.node("Conv", inputs, part("sums"));
        OnnxGraph::integers(made, "strides", {static_cast<std::int64_t>(step.sizes[0])});
        OnnxGraph::integers(made, "dilations", {static_cast<std::int64_t>(step.sizes[1])});
        if (depthwise) OnnxGraph::integer(made, "group", static_cast<std::int64_t>(n_in));
        transposed(part("sums"), name_);
    }

    void normalization(const FrameStep& step, const std::string& x) {
        transposed(x, part("channels_first"));
        std::vector<std::string> inputs{part("channels_first")};
        for (std::size_t i = 0; i < step.weights.size(); ++i) inputs.push_back(weight(step, i));
        OnnxGraph::number(graph_.node("BatchNormalization", inputs, part("normal")), "epsilon",
                          static_cast<float>(step.number));
        transposed(part("normal"), name_);
    }

    const FrameModel& model_;
    OnnxGraph graph_;
    std::vector<std::string> names_;  // of the results of steps
    std::string name_;                // of the present one
};

}  // namespace

std::string write_onnx_frames(const FrameModel& model) { return Writer(model).write(); }

}  // namespace undertone::exchange
