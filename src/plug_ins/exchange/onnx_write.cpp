#include <nlohmann/json.hpp>

#include "plug_ins/exchange/onnx.hpp"
#include "plug_ins/exchange/onnx_tensor.hpp"

namespace undertone::exchange {
namespace {

// Softmax over the last axis came with 13; every ONNX Runtime since 2021 has both.
constexpr int kOperators = 13, kFileVersion = 7;

class Writer {
public:
    explicit Writer(const Perceptron& network) : network_(network), wide_(network.dtype == Dtype::float64) {}

    std::string write() {
        model_.set_ir_version(kFileVersion);
        model_.set_producer_name("undertone");
        model_.set_producer_version(UNDERTONE_VERSION);
        model_.add_opset_import()->set_version(kOperators);
        model_.mutable_opset_import(0)->set_domain("");
        graph().set_name("undertone");
        describe(*graph().add_input(), "features", network_.n_inputs());
        std::string value = "features";
        if (network_.scaler) value = scaled(value);
        for (std::size_t i = 0; i < network_.layers.size(); ++i) value = dense(i, value);
        node("Softmax", {value}, "probabilities");
        describe(*graph().add_output(), "probabilities", network_.n_classes());
        onnx_file::Pair& labels = *model_.add_metadata_props();
        labels.set_key("labels");
        labels.set_value(
            nlohmann::json(network_.labels).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        return model_.SerializeAsString();
    }

private:
    onnx_file::Graph& graph() { return *model_.mutable_graph(); }

    void describe(onnx_file::ValueInfo& info, const char* name, std::size_t width) {
        info.set_name(name);
        onnx_file::TensorType& type = *info.mutable_type()->mutable_tensor_type();
        type.set_elem_type(wide_ ? kOnnxDouble : kOnnxFloat);
        type.mutable_shape()->add_dim()->set_dim_param("n_clips");
        type.mutable_shape()->add_dim()->set_dim_value(static_cast<std::int64_t>(width));
    }

    onnx_file::Node& node(const char* op, const std::vector<std::string>& inputs, const std::string& output) {
        onnx_file::Node& made = *graph().add_node();
        made.set_op_type(op);
        made.set_name(output + "/" + op);
        for (const std::string& input : inputs) made.add_input(input);
        made.add_output(output);
        return made;
    }

    void integer(onnx_file::Node& of, const char* name, std::int64_t value) {
        constexpr int kInteger = 2;  // AttributeProto.AttributeType.INT
        onnx_file::Attribute& attribute = *of.add_attribute();
        attribute.set_name(name);
        attribute.set_i(value);
        attribute.set_type(kInteger);
    }

    void constant(const std::string& name, const std::vector<std::size_t>& shape,
                  const std::vector<double>& values, bool wide) {
        onnx_file::Tensor& tensor = *graph().add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(wide ? kOnnxDouble : kOnnxFloat);
        for (const std::size_t size : shape) tensor.add_dims(static_cast<std::int64_t>(size));
        std::string& raw = *tensor.mutable_raw_data();
        for (const double value : values) {
            const auto single = static_cast<float>(value);
            if (wide)
                raw.append(reinterpret_cast<const char*>(&value), sizeof(value));
            else
                raw.append(reinterpret_cast<const char*>(&single), sizeof(single));
        }
    }

    /// In double, as undertone scales: a mean may be a thousand deviations away.
    std::string scaled(std::string value) {
        const auto cast = [&](const std::string& from, const std::string& to, int type) {
            integer(node("Cast", {from}, to), "to", type);
            return to;
        };
        if (!wide_) value = cast(value, "scaler/wide", kOnnxDouble);
        const std::size_t n = network_.n_inputs();
        constant("scaler/mean", {n}, network_.scaler->mean, true);
        constant("scaler/scale", {n}, network_.scaler->scale, true);
        node("Sub", {value, "scaler/mean"}, "scaler/centred");
        node("Div", {"scaler/centred", "scaler/scale"}, "scaler/scaled");
        return wide_ ? "scaler/scaled" : cast("scaler/scaled", "scaler/single", kOnnxFloat);
    }

    std::string dense(std::size_t i, const std::string& value) {
        const auto& [product, bias] = network_.layers[i];
        const std::string name = i == 0 ? "dense" : "dense_" + std::to_string(i);
        constant(name + "/kernel", {product.n_in, product.n_out}, product.kernel, wide_);
        constant(name + "/bias", {product.n_out}, bias, wide_);
        node("Gemm", {value, name + "/kernel", name + "/bias"}, name + "/sums");
        if (i + 1 == network_.layers.size() || network_.activation == Function::identity)
            return name + "/sums";
        const char* const op = network_.activation == Function::relu   ? "Relu"
                               : network_.activation == Function::tanh ? "Tanh"
                                                                       : "Sigmoid";
        node(op, {name + "/sums"}, name + "/outputs");
        return name + "/outputs";
    }

    const Perceptron& network_;
    bool wide_;
    onnx_file::Model model_;
};

}  // namespace

std::string write_onnx(Perceptron network) { return Writer(with_softmax(std::move(network))).write(); }

}  // namespace undertone::exchange
