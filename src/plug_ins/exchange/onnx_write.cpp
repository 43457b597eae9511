#include "plug_ins/exchange/onnx.hpp"
#include "plug_ins/exchange/onnx_graph.hpp"
#include "plug_ins/exchange/onnx_tensor.hpp"

namespace undertone::exchange {
namespace {

class Writer {
public:
    explicit Writer(const Perceptron& network) : network_(network), wide_(network.dtype == Dtype::float64) {}

    std::string write() {
        const int type = wide_ ? kOnnxDouble : kOnnxFloat;
        graph_.input("features", type, {std::to_string(network_.n_inputs())});
        std::string value = "features";
        if (network_.scaler) value = scaled(value);
        for (std::size_t i = 0; i < network_.layers.size(); ++i) value = dense(i, value);
        graph_.node("Softmax", {value}, "probabilities");
        graph_.output("probabilities", type, {std::to_string(network_.n_classes())});
        graph_.labels(network_.labels);
        return graph_.bytes();
    }

private:
    /// In double, as undertone scales: a mean may be a thousand deviations away.
    std::string scaled(std::string value) {
        const auto cast = [&](const std::string& from, const std::string& to, int type) {
            OnnxGraph::integer(graph_.node("Cast", {from}, to), "to", type);
            return to;
        };
        if (!wide_) value = cast(value, "scaler/wide", kOnnxDouble);
        const std::size_t n = network_.n_inputs();
        graph_.constant("scaler/mean", {n}, network_.scaler->mean, true);
        graph_.constant("scaler/scale", {n}, network_.scaler->scale, true);
        graph_.node("Sub", {value, "scaler/mean"}, "scaler/centred");
        graph_.node("Div", {"scaler/centred", "scaler/scale"}, "scaler/scaled");
        return wide_ ? "scaler/scaled" : cast("scaler/scaled", "scaler/single", kOnnxFloat);
    }

    std::string dense(std::size_t i, const std::string& value) {
        const auto& [product, bias] = network_.layers[i];
        const std::string name = i == 0 ? "dense" : "dense_" + std::to_string(i);
        graph_.constant(name + "/kernel", {product.n_in, product.n_out}, product.kernel, wide_);
        graph_.constant(name + "/bias", {product.n_out}, bias, wide_);
        graph_.node("Gemm", {value, name + "/kernel", name + "/bias"}, name + "/sums");
        if (i + 1 == network_.layers.size() || network_.activation(i) == Function::identity)
            return name + "/sums";
        const char* const op = network_.activation(i) == Function::relu   ? "Relu"
                               : network_.activation(i) == Function::tanh ? "Tanh"
                                                                          : "Sigmoid";
        graph_.node(op, {name + "/sums"}, name + "/outputs");
        return name + "/outputs";
    }

    const Perceptron& network_;
    bool wide_;
    OnnxGraph graph_;
};

}  // namespace

std::string write_onnx(Perceptron network) { return Writer(with_softmax(std::move(network))).write(); }

}  // namespace undertone::exchange
