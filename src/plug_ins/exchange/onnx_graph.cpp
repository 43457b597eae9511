#include "plug_ins/exchange/onnx_graph.hpp"

#include "formats/json.hpp"
#include "plug_ins/exchange/onnx_tensor.hpp"

namespace undertone::exchange {
namespace {

// Softmax over the last axis came with 13; every ONNX Runtime since 2021 has both.
constexpr int kOperators = 13, kFileVersion = 7;

// AttributeProto.AttributeType
constexpr int kFloatAttribute = 1, kIntAttribute = 2, kTextAttribute = 3, kIntsAttribute = 7;

void describe(onnx_file::ValueInfo& info, const std::string& name, int element,
              const std::vector<std::string>& sizes) {
    info.set_name(name);
    onnx_file::TensorType& type = *info.mutable_type()->mutable_tensor_type();
    type.set_elem_type(element);
    type.mutable_shape()->add_dim()->set_dim_param("n_clips");
    for (const std::string& size : sizes) {
        onnx_file::Dimension& dimension = *type.mutable_shape()->add_dim();
        if (size.find_first_not_of("0123456789") == std::string::npos)
            dimension.set_dim_value(std::stoll(size));
        else
            dimension.set_dim_param(size);
    }
}

template <class T>
void append(std::string& bytes, T value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

onnx_file::Attribute& attribute(onnx_file::Node& of, const char* name, int type) {
    onnx_file::Attribute& made = *of.add_attribute();
    made.set_name(name);
    made.set_type(type);
    return made;
}

}  // namespace

OnnxGraph::OnnxGraph() {
    model_.set_ir_version(kFileVersion);
    model_.set_producer_name("undertone");
    model_.set_producer_version(UNDERTONE_VERSION);
    model_.add_opset_import()->set_version(kOperators);
    model_.mutable_opset_import(0)->set_domain("");
    graph().set_name("undertone");
}

void OnnxGraph::input(const std::string& name, int type, const std::vector<std::string>& sizes) {
    describe(*graph().add_input(), name, type, sizes);
}

void OnnxGraph::output(const std::string& name, int type, const std::vector<std::string>& sizes) {
    describe(*graph().add_output(), name, type, sizes);
}

onnx_file::Node& OnnxGraph::node(const std::string& op, const std::vector<std::string>& inputs,
                                 const std::string& output) {
    onnx_file::Node& made = *graph().add_node();
    made.set_op_type(op);
    made.set_name(output + "/" + op);
    for (const std::string& input : inputs) made.add_input(input);
    made.add_output(output);
    return made;
}

void OnnxGraph::integer(onnx_file::Node& of, const char* name, std::int64_t value) {
    attribute(of, name, kIntAttribute).set_i(value);
}

void OnnxGraph::integers(onnx_file::Node& of, const char* name, const std::vector<std::int64_t>& values) {
    onnx_file::Attribute& made = attribute(of, name, kIntsAttribute);
    for (const std::int64_t value : values) made.add_ints(value);
}

void OnnxGraph::number(onnx_file::Node& of, const char* name, float value) {
    attribute(of, name, kFloatAttribute).set_f(value);
}

void OnnxGraph::text(onnx_file::Node& of, const char* name, const std::string& value) {
    attribute(of, name, kTextAttribute).set_s(value);
}

const std::string& OnnxGraph::constant(const std::string& name, const std::vector<std::size_t>& shape,
                                       const std::vector<double>& values, bool wide) {
    onnx_file::Tensor& tensor = *graph().add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(wide ? kOnnxDouble : kOnnxFloat);
    for (const std::size_t size : shape) tensor.add_dims(static_cast<std::int64_t>(size));
    std::string& raw = *tensor.mutable_raw_data();
    for (const double value : values) {
        if (wide)
            append(raw, value);
        else
            append(raw, static_cast<float>(value));
    }
    return tensor.name();
}

const std::string& OnnxGraph::constant(const std::string& name, const std::vector<std::int64_t>& values,
                                       bool scalar) {
    onnx_file::Tensor& tensor = *graph().add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(kOnnxInt64);
    if (!scalar) tensor.add_dims(static_cast<std::int64_t>(values.size()));
    for (const std::int64_t value : values) append(*tensor.mutable_raw_data(), value);
    return tensor.name();
}

void OnnxGraph::metadata(const std::string& key, const std::string& value) {
    onnx_file::Pair& pair = *model_.add_metadata_props();
    pair.set_key(key);
    pair.set_value(value);
}

void OnnxGraph::labels(const std::vector<std::string>& labels) { metadata("labels", Json(labels).dump()); }

}  // namespace undertone::exchange
