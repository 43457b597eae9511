#pragma once

#include <string>
#include <vector>

#include "plug_ins/exchange/keras_archive.hpp"

namespace undertone::exchange {

/// A functional model of Keras in the making: layers and operations of keras.ops, node by node. All values
/// are `[n_clips, n_frames, n_channels]`.
class KerasGraph {
public:
    /// What a node gives.
    struct Value {
        std::size_t node;
        std::size_t n_channels;
        std::string dtype;
    };

    Value input(const std::string& name, std::size_t n_channels);

    /// @param kind      "Conv1D"
    /// @param config    beside the name
    /// @param weights   in the order that Keras has them in
    Value layer(const std::string& kind, const std::string& name, const Value& x, Json config,
                std::size_t n_channels, std::vector<Tensor> weights = {});
    /// An operation that keras.ops has a function of.
    /// @param module   "numpy"
    /// @param kind     "Matmul"
    /// @param result   n_channels and dtype of the result; its node is not read
    /// @param more     arguments behind the inputs
    /// @param listed   the inputs are one list
    Value operation(const std::string& module, const std::string& kind, const std::string& name,
                    const std::vector<Value>& inputs, Json config, Value result,
                    const std::vector<Json>& more = {}, bool listed = false);

    /// The file: see keras_archive().
    [[nodiscard]] std::string archive(const Value& output, const std::vector<std::string>& labels,
                                      const std::vector<std::pair<std::string, std::string>>& notes) const;

private:
    struct Node {
        std::string name, kind;
        bool is_layer;
        std::vector<std::size_t> inputs;
        std::vector<Tensor> weights;
    };
    static std::string plain(std::string name);
    [[nodiscard]] Json tensor(const Value& value) const;
    [[nodiscard]] Json config(const Value& output) const;
    std::size_t add(Node node, Json json, Json arguments);
    /// Nodes in the order that Keras brings them into.
    [[nodiscard]] std::vector<std::size_t> order(std::size_t output) const;

    std::vector<Node> nodes_;
    Json layers_ = Json::list();
};

}  // namespace undertone::exchange
