#include <google/protobuf/stubs/logging.h>

#include <map>

#include "core/text.hpp"
#include "formats/json.hpp"
#include "plug_ins/exchange/onnx.hpp"
#include "plug_ins/exchange/onnx_structure.hpp"
#include "plug_ins/exchange/onnx_tensor.hpp"
#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

[[noreturn]] void corrupt(const std::string& reason) { throw Error(Errc::corrupt_data, reason); }

const onnx_file::Attribute* find(const onnx_file::Node& node, std::string_view name) {
    for (const onnx_file::Attribute& attribute : node.attribute())
        if (attribute.name() == name) return &attribute;
    return nullptr;
}

std::int64_t integer(const onnx_file::Node& node, std::string_view name, std::int64_t otherwise) {
    const onnx_file::Attribute* attribute = find(node, name);
    return attribute != nullptr && attribute->has_i() ? attribute->i() : otherwise;
}

double real(const onnx_file::Node& node, std::string_view name, double otherwise) {
    const onnx_file::Attribute* attribute = find(node, name);
    return attribute != nullptr && attribute->has_f() ? static_cast<double>(attribute->f()) : otherwise;
}

std::vector<double> reals(const onnx_file::Node& node, std::string_view name) {
    const onnx_file::Attribute* attribute = find(node, name);
    if (attribute == nullptr) return {};
    return {attribute->floats().begin(), attribute->floats().end()};
}

class Reader {
public:
    Reader(const onnx_file::Model& model, std::size_t n_bytes)
        : graph_(model.graph()), builder_(2 * n_bytes + 1024) {
        for (const onnx_file::Tensor& tensor : graph_.initializer())
            values_[tensor.name()] = GraphValue::constant(onnx_tensor(tensor));
        std::size_t n_inputs = 0;
        for (const onnx_file::ValueInfo& input : graph_.input()) {
            if (values_.count(input.name()) != 0) continue;  // its default
            if (input.type().tensor_type().shape().dim_size() > 2)
                throw Error(Errc::unsupported_format, "its input " + shown(input.name()) +
                                                          " takes more than one vector of features a clip");
            ++n_inputs;
            values_[input.name()] = builder_.input();
        }
        if (n_inputs != 1)
            throw Error(Errc::unsupported_format, "its graph has " + std::to_string(n_inputs) +
                                                      " inputs: one vector of features is read");
        for (const onnx_file::Node& node : graph_.node()) follow(node);
        for (const onnx_file::Pair& pair : model.metadata_props())
            if (pair.key() == "labels") read_labels(pair.value());
    }

    Perceptron network() {
        const GraphValue* result = nullptr;
        for (const onnx_file::ValueInfo& output : graph_.output()) {
            const auto found = values_.find(output.name());
            if (found == values_.end()) continue;
            if (builder_.is_probability(found->second)) {
                result = &found->second;
                break;
            }
            if (result == nullptr || !result->is_chain()) result = &found->second;
        }
        if (result == nullptr) corrupt("its graph has no output that it computes");
        Perceptron network = builder_.network(*result);
        if (labels_.size() == network.n_classes()) network.labels = labels_;
        return network;
    }

private:
    GraphValue input(const onnx_file::Node& node, int i) {
        if (i >= node.input_size()) corrupt("its operator " + shown(node.op_type()) + " lacks an input");
        const auto found = values_.find(node.input(i));
        if (found == values_.end())
            return GraphValue::unread("a name that is not defined before it, " + shown(node.input(i)));
        return found->second;
    }

    void follow(const onnx_file::Node& node) {
        GraphValue value = evaluated(node);
        if (node.output_size() > 0) values_[node.output(0)] = std::move(value);
        for (int i = 1; i < node.output_size(); ++i)
            values_[node.output(i)] = GraphValue::unread("a further output of " + shown(node.op_type()));
    }

    GraphValue evaluated(const onnx_file::Node& node) {
        const std::string& op = node.op_type();
        if (op == "MatMul") return builder_.product(input(node, 0), input(node, 1), false);
        if (op == "Gemm") return gemm(node);
        static const std::map<std::string, std::string_view> elementwise{
            {"Add", "add"}, {"Sub", "sub"}, {"Mul", "mul"}, {"Div", "div"}};
        if (const auto found = elementwise.find(op); found != elementwise.end())
            return builder_.elementwise(found->second, input(node, 0), input(node, 1));
        static const std::map<std::string, Function> functions{
            {"Relu", Function::relu},         {"Tanh", Function::tanh},
            {"Sigmoid", Function::logistic},  {"Softmax", Function::softmax},
            {"Identity", Function::identity}, {"Dropout", Function::identity}};
        if (const auto found = functions.find(op); found != functions.end()) {
            const std::int64_t axis = op == "Softmax" ? integer(node, "axis", -1) : -1;
            if (axis != -1 && axis != 1) return GraphValue::unread("a Softmax over the clips");
            const GraphValue value = input(node, 0);
            return value.tensor() != nullptr && found->second == Function::identity
                       ? value
                       : builder_.function(found->second, value);
        }
        if (op == "Cast") return cast(node);
        if (op == "Flatten" && integer(node, "axis", 1) == 1) return input(node, 0);
        if (op == "Scaler") return scaler(node);
        if (op == "BatchNormalization") return batch_normalization(node);
        if (op == "Concat") return concat(node);
        if (op == "ZipMap") return zip_map(node);
        if (op == "ArrayFeatureExtractor") note_labels(input(node, 0));
        if (op == "Constant")
            if (const onnx_file::Attribute* value = find(node, "value"))
                return GraphValue::constant(onnx_tensor(value->t()));
        return GraphValue::unread("the operator " + shown(op));
    }

    GraphValue gemm(const onnx_file::Node& node) {
        if (integer(node, "transA", 0) != 0) return GraphValue::unread("a Gemm of the transposed input");
        GraphValue value = builder_.product(input(node, 0), input(node, 1), integer(node, "transB", 0) != 0,
                                            real(node, "alpha", 1));
        if (node.input_size() < 3 || node.input(2).empty()) return value;
        GraphValue bias = input(node, 2);
        const double beta = real(node, "beta", 1);
        if (beta != 1) {
            auto factor = std::make_shared<GraphTensor>();
            factor->numbers = {beta};
            bias = builder_.elementwise("mul", bias, GraphValue::constant(factor));
        }
        return builder_.elementwise("add", value, bias);
    }

    GraphValue cast(const onnx_file::Node& node) {
        const std::int64_t to = integer(node, "to", 0);
        GraphValue value = input(node, 0);
        if (!value.is_chain() || to == kOnnxFloat || to == kOnnxDouble) return value;
        return GraphValue::unread("a Cast to whole numbers");
    }

    GraphValue scaler(const onnx_file::Node& node) {
        const std::vector<double> offset = reals(node, "offset");
        Affine step{reals(node, "scale"), {}};
        if (step.scale.empty() ||
            (offset.size() != step.scale.size() && offset.size() != 1 && step.scale.size() != 1))
            corrupt("its Scaler has offsets and scales of different sizes");
        const std::size_t n = std::max(offset.size(), step.scale.size());
        for (std::size_t i = 0; i < n; ++i)
            step.offset.push_back(-offset[offset.size() == 1 ? 0 : i] *
                                  step.scale[step.scale.size() == 1 ? 0 : i]);
        return builder_.affine(input(node, 0), std::move(step));
    }

    GraphValue batch_normalization(const onnx_file::Node& node) {
        const GraphValue scale = input(node, 1), bias = input(node, 2), mean = input(node, 3),
                         variance = input(node, 4);
        for (const GraphValue* part : {&scale, &bias, &mean, &variance})
            if (part->tensor() == nullptr)
                return GraphValue::unread("a BatchNormalization that is not constant");
        constexpr double kEpsilon = 1e-5;  // ONNX's default
        return builder_.affine(
            input(node, 0),
            normalization(scale.tensor()->numbers, bias.tensor()->numbers, mean.tensor()->numbers,
                          variance.tensor()->numbers, real(node, "epsilon", kEpsilon)));
    }

    GraphValue concat(const onnx_file::Node& node) {
        std::vector<GraphValue> parts;
        constexpr int kMostParts = 8;
        for (int i = 0; i < std::min(node.input_size(), kMostParts); ++i) parts.push_back(input(node, i));
        return builder_.joined(parts);
    }

    GraphValue zip_map(const onnx_file::Node& node) {
        if (const onnx_file::Attribute* texts = find(node, "classlabels_strings"))
            labels_.assign(texts->strings().begin(), texts->strings().end());
        if (const onnx_file::Attribute* numbers = find(node, "classlabels_int64s")) {
            labels_.clear();
            for (const std::int64_t number : numbers->ints()) labels_.push_back(std::to_string(number));
        }
        return input(node, 0);
    }

    /// What skl2onnx picks the answer from are the classes.
    void note_labels(const GraphValue& classes) {
        if (classes.tensor() == nullptr || !labels_.empty()) return;
        labels_ = classes.tensor()->texts;
        if (labels_.empty())
            for (const double number : classes.tensor()->numbers)
                labels_.push_back(std::to_string(static_cast<std::int64_t>(std::clamp(number, -1e15, 1e15))));
    }

    void read_labels(const std::string& text) {
        const Json json = parse_json(text, "its list of labels");
        if (!json.is_list()) return;
        labels_.clear();
        for (const Json& label : json)
            if (label.is_text()) labels_.push_back(label.get<std::string>());
    }

    const onnx_file::Graph& graph_;
    GraphBuilder builder_;
    std::map<std::string, GraphValue> values_;
    std::vector<std::string> labels_;
};

}  // namespace

Imported read_onnx(const std::string& bytes) {
    // In memory it takes a hundred times as much.
    constexpr std::size_t kMostStructure = std::size_t{1} << 22;
    if (onnx_structure_bytes(bytes) > kMostStructure)
        throw Error(Errc::unsupported_format, "has a graph larger than that of any network of dense layers");
    const google::protobuf::LogSilencer silence;  // it would print what is broken
    onnx_file::Model model;
    if (!model.ParseFromString(bytes) || !model.has_graph() || model.graph().node_size() == 0)
        corrupt("is no ONNX file, or a broken one; copy it again");
    Imported imported{Reader(model, bytes.size()).network(), "keras", {}, "ONNX"};
    // One column for two classes is how scikit-learn has them, with one activation for all layers.
    if (imported.network.layers.back().product.n_out == 1 && imported.network.activations.size() == 1)
        imported.framework = "sklearn";
    if (!model.producer_name().empty())
        imported.written_by = shown(model.producer_name() + " " + model.producer_version());
    return imported;
}

}  // namespace undertone::exchange
