#include "plug_ins/exchange/saved_model.hpp"

#include <google/protobuf/stubs/logging.h>

#include <cstring>
#include <map>
#include <set>

#include "core/text.hpp"
#include "plug_ins/exchange/graph.hpp"
#include "plug_ins/exchange/tensor_bundle.hpp"
#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

namespace tf = tensorflow_file;

constexpr std::size_t kMostVariables = std::size_t{1} << 28;
constexpr int kMostDepth = 400;  // nodes within nodes, through calls of functions
constexpr std::size_t kMostNodes = 100000;
constexpr int kFloat = 1, kDouble = 2;  // of DataType

[[noreturn]] void corrupt(const std::string& reason) { throw Error(Errc::corrupt_data, reason); }

/// "dense/MatMul:product:0" and "dense/MatMul" are outputs of the node before the colon.
std::string node_name(const std::string& input) { return input.substr(0, input.find(':')); }

/// A number, or one repeated value, as a Const has it.
std::shared_ptr<const GraphTensor> constant(const tf::Tensor& tensor) {
    auto made = std::make_shared<GraphTensor>();
    if (tensor.dtype() != kFloat && tensor.dtype() != kDouble) return made;
    made->wide = tensor.dtype() == kDouble;
    const std::string& raw = tensor.tensor_content();
    for (std::size_t at = 0; made->wide && at + sizeof(double) <= raw.size(); at += sizeof(double)) {
        double value;
        std::memcpy(&value, raw.data() + at, sizeof(value));
        made->numbers.push_back(value);
    }
    for (std::size_t at = 0; !made->wide && at + sizeof(float) <= raw.size(); at += sizeof(float)) {
        float value;
        std::memcpy(&value, raw.data() + at, sizeof(value));
        made->numbers.push_back(static_cast<double>(value));
    }
    for (const float value : tensor.float_val()) made->numbers.push_back(static_cast<double>(value));
    for (const double value : tensor.double_val()) made->numbers.push_back(value);
    std::size_t count = 1;
    for (const auto& dimension : tensor.tensor_shape().dim()) {
        const auto size = static_cast<std::size_t>(std::max<std::int64_t>(0, dimension.size()));
        if (size != 0 && count > kMostVariables / size) corrupt("a constant of its graph is too large");
        count *= size;
        made->shape.push_back(size);
    }
    // One number for all is kept as one: it is widened where it is used.
    if (made->numbers.size() != count && made->numbers.size() != 1)
        corrupt("a constant of its graph has another number of values than its shape");
    if (made->numbers.size() != count) made->shape.clear();
    return made;
}

class Reader {
public:
    Reader(const tf::MetaGraph& graph, const TensorBundle& variables, std::size_t n_bytes)
        : graph_(graph), variables_(variables), builder_(2 * n_bytes + 1024) {
        for (const tf::Function& function : graph.graph_def().library().function())
            functions_[function.signature().name()] = &function;
        for (const tf::Node& node : graph.graph_def().node()) main_[node.name()] = &node;
        pair_objects();
    }

    Perceptron network() {
        const auto& signatures = graph_.signature_def();
        const auto signature = signatures.count("serving_default") != 0 ? signatures.find("serving_default")
                                                                        : signatures.find("serve");
        if (signature == signatures.end())
            throw Error(Errc::unsupported_format, "has no signature serving_default: save it with Keras");
        if (signature->second.inputs_size() != 1 || signature->second.outputs_size() != 1)
            throw Error(Errc::unsupported_format,
                        "has several inputs or outputs: one vector of features is read");
        const std::string output = node_name(signature->second.outputs().begin()->second.name());
        const auto node = main_.find(output);
        if (node == main_.end() || node->second->attr().count("f") == 0)
            corrupt("its signature leads nowhere");
        const std::string function = node->second->attr().at("f").func().name();
        return builder_.network(called(function, bound_arguments(function), 0));
    }

private:
    using Arguments = std::vector<GraphValue>;
    struct Frame {
        std::map<std::string, const tf::Node*> nodes;
        std::map<std::string, GraphValue> values;
    };

    /// Objects of the graph and of the checkpoint are the same where the same names lead to them.
    void pair_objects() {
        tf::TrackableGraph checkpoint;
        const std::string_view text = variables_.text("_CHECKPOINTABLE_OBJECT_GRAPH");
        constexpr std::size_t kMostObjects = std::size_t{1} << 21;
        if (text.size() > kMostObjects) corrupt("its variables have a graph of objects without end");
        if (!checkpoint.ParseFromArray(text.data(), static_cast<int>(text.size())) ||
            checkpoint.nodes_size() == 0)
            corrupt("its variables have no graph of objects");
        const tf::ObjectGraph& objects = graph_.object_graph_def();
        std::set<int> seen{0};
        std::vector<std::pair<int, int>> open{{0, 0}};
        while (!open.empty()) {
            const auto [object, saved] = open.back();
            open.pop_back();
            if (object < 0 || object >= objects.nodes_size() || saved < 0 || saved >= checkpoint.nodes_size())
                continue;
            for (const tf::SerializedTensor& tensor : checkpoint.nodes(saved).attributes())
                if (tensor.name() == "VARIABLE_VALUE") keys_[object] = tensor.checkpoint_key();
            std::map<std::string, int> children;
            for (const tf::Reference& child : checkpoint.nodes(saved).children())
                children[child.local_name()] = child.node_id();
            for (const tf::Reference& child : objects.nodes(object).children()) {
                const auto same = children.find(child.local_name());
                if (same != children.end() && seen.insert(child.node_id()).second)
                    open.emplace_back(child.node_id(), same->second);
            }
        }
    }

    /// The input first, then what the function was bound to: variables and constants.
    Arguments bound_arguments(const std::string& function) {
        const auto concrete = graph_.object_graph_def().concrete_functions().find(function);
        if (concrete == graph_.object_graph_def().concrete_functions().end())
            corrupt("its signature is a function that it does not have");
        Arguments arguments{builder_.input()};
        for (const int object : concrete->second.bound_inputs()) arguments.push_back(bound(object));
        return arguments;
    }

    GraphValue bound(int object) {
        const tf::ObjectGraph& objects = graph_.object_graph_def();
        if (object < 0 || object >= objects.nodes_size()) corrupt("its signature is bound to no object");
        if (const auto key = keys_.find(object); key != keys_.end()) {
            auto tensor = variables_.tensor(key->second);
            return tensor ? GraphValue::constant(std::move(tensor))
                          : GraphValue::unread("a variable that is not of float32 or float64");
        }
        const auto node = main_.find(objects.nodes(object).constant().operation());
        if (node != main_.end() && node->second->attr().count("value") != 0)
            return GraphValue::constant(constant(node->second->attr().at("value").tensor()));
        return GraphValue::unread("a resource that is no variable");
    }

    GraphValue called(const std::string& name, const Arguments& arguments, int depth) {
        const auto found = functions_.find(name);
        if (found == functions_.end()) corrupt("its graph calls a function that it does not have");
        const tf::Function& function = *found->second;
        Frame frame;
        for (const tf::Node& node : function.node_def()) frame.nodes[node.name()] = &node;
        for (int i = 0; i < function.signature().input_arg_size(); ++i)
            frame.values[function.signature().input_arg(i).name()] =
                static_cast<std::size_t>(i) < arguments.size()
                    ? arguments[static_cast<std::size_t>(i)]
                    : GraphValue::unread("an argument that is not given");
        if (function.ret_size() != 1) return GraphValue::unread("a function of several results");
        return value_of(frame, function.ret().begin()->second, depth + 1);
    }

    GraphValue value_of(Frame& frame, const std::string& input, int depth) {
        const std::string name = node_name(input);
        if (const auto known = frame.values.find(name); known != frame.values.end()) return known->second;
        const auto node = frame.nodes.find(name);
        if (node == frame.nodes.end()) corrupt("its graph names a node that it does not have");
        if (depth > kMostDepth || ++n_nodes_ > kMostNodes) corrupt("its graph goes on without end");
        GraphValue value = evaluated(frame, *node->second, depth + 1);
        frame.values[name] = value;
        return value;
    }

    GraphValue evaluated(Frame& frame, const tf::Node& node, int depth) {
        const auto input = [&](int i) {
            if (i >= node.input_size()) corrupt("its operator " + shown(node.op()) + " lacks an input");
            return value_of(frame, node.input(i), depth);
        };
        const auto flag = [&](const char* name) {
            const auto found = node.attr().find(name);
            return found != node.attr().end() && found->second.b();
        };
        const std::string& op = node.op();
        if (op == "PartitionedCall" || op == "StatefulPartitionedCall") {
            const auto function = node.attr().find("f");
            if (function == node.attr().end()) corrupt("its graph calls no function");
            Arguments arguments;
            for (int i = 0; i < node.input_size(); ++i)
                if (!node.input(i).starts_with('^')) arguments.push_back(input(i));
            return called(function->second.func().name(), arguments, depth);
        }
        if (op == "Const") {
            const auto value = node.attr().find("value");
            if (value == node.attr().end()) corrupt("a constant of its graph has no value");
            return GraphValue::constant(constant(value->second.tensor()));
        }
        // A variable is its value here: none is assigned while a network predicts.
        if (op == "ReadVariableOp" || op == "Identity" || op == "StopGradient" || op == "Cast")
            return input(0);
        if (op == "MatMul")
            return flag("transpose_a") ? GraphValue::unread("a MatMul of the transposed input")
                                       : builder_.product(input(0), input(1), flag("transpose_b"));
        static const std::map<std::string, std::string_view> elementwise{
            {"BiasAdd", "add"}, {"Add", "add"},     {"AddV2", "add"},  {"Sub", "sub"},
            {"Mul", "mul"},     {"RealDiv", "div"}, {"Maximum", "max"}};
        if (const auto found = elementwise.find(op); found != elementwise.end())
            return builder_.elementwise(found->second, input(0), input(1));
        static const std::map<std::string, Function> functions{{"Relu", Function::relu},
                                                               {"Tanh", Function::tanh},
                                                               {"Sigmoid", Function::logistic},
                                                               {"Softmax", Function::softmax}};
        if (const auto found = functions.find(op); found != functions.end())
            return builder_.function(found->second, input(0));
        static const std::map<std::string, std::string_view> unary{
            {"Sqrt", "sqrt"}, {"Rsqrt", "rsqrt"}, {"Neg", "neg"}};
        if (const auto found = unary.find(op); found != unary.end())
            return builder_.unary(found->second, input(0));
        // Numbers of one row: Keras 2 gives its means the shape [1, n].
        if ((op == "Reshape" || op == "ExpandDims" || op == "Squeeze") && input(0).tensor() != nullptr)
            return input(0);
        return GraphValue::unread("the operator " + shown(op));
    }

    const tf::MetaGraph& graph_;
    const TensorBundle& variables_;
    GraphBuilder builder_;
    std::map<std::string, const tf::Function*> functions_;
    std::map<std::string, const tf::Node*> main_;
    std::map<int, std::string> keys_;  // of objects that are variables, in the checkpoint
    std::size_t n_nodes_ = 0;
};

}  // namespace

Imported read_saved_model(const std::string& graph, std::string_view index, std::string_view data) {
    // Messages of two bytes take a hundred in memory; the weights are not in here.
    constexpr std::size_t kMostGraph = std::size_t{1} << 22, kMostIndex = std::size_t{1} << 21;
    if (graph.size() > kMostGraph || index.size() > kMostIndex)
        throw Error(Errc::unsupported_format, "has a graph larger than that of any network of dense layers");
    const google::protobuf::LogSilencer silence;  // it would print what is broken
    tf::SavedModel model;
    if (!model.ParseFromString(graph) || model.meta_graphs_size() == 0)
        corrupt("its saved_model.pb is broken; copy the folder again");
    const TensorBundle variables(index, data);
    const tf::MetaGraph& meta = model.meta_graphs(0);
    Imported imported{
        Reader(meta, variables, graph.size() + data.size()).network(), "keras", {}, "TensorFlow"};
    if (!meta.meta_info_def().tensorflow_version().empty())
        imported.written_by += " " + shown(meta.meta_info_def().tensorflow_version());
    return imported;
}

}  // namespace undertone::exchange
