#include "plug_ins/exchange/keras_graph.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace undertone::exchange {

/// A name as Keras allows it.
std::string KerasGraph::plain(std::string name) {
    std::replace(name.begin(), name.end(), '/', '_');
    return name;
}

Json KerasGraph::tensor(const Value& value) const {
    return {{"class_name", "__keras_tensor__"},
            {"config",
             {{"shape", {nullptr, nullptr, value.n_channels}},
              {"dtype", value.dtype},
              {"keras_history", {nodes_[value.node].name, 0, 0}}}}};
}

std::size_t KerasGraph::add(Node node, Json json, Json arguments) {
    node.name = plain(node.name);
    json["name"] = node.name;
    json["inbound_nodes"] = Json::list();
    if (!arguments.empty())
        json["inbound_nodes"].push_back({{"args", std::move(arguments)}, {"kwargs", Json::object()}});
    layers_.push_back(std::move(json));
    nodes_.push_back(std::move(node));
    return nodes_.size() - 1;
}

KerasGraph::Value KerasGraph::input(const std::string& name, std::size_t n_channels) {
    Json config{{"batch_shape", {nullptr, nullptr, n_channels}},
                {"dtype", "float32"},
                {"sparse", false},
                {"name", name}};
    return {add({name, "InputLayer", true, {}, {}}, keras_layer("InputLayer", std::move(config)), {}),
            n_channels, "float32"};
}

KerasGraph::Value KerasGraph::layer(const std::string& kind, const std::string& name, const Value& x,
                                    Json config, std::size_t n_channels, std::vector<Tensor> weights) {
    config["name"] = plain(name);
    config["trainable"] = true;
    config["dtype"] = x.dtype;
    Json arguments = Json::list({tensor(x)});
    return {add({name, kind, true, {x.node}, std::move(weights)}, keras_layer(kind, std::move(config)),
                std::move(arguments)),
            n_channels, x.dtype};
}

KerasGraph::Value KerasGraph::operation(const std::string& module, const std::string& kind,
                                        const std::string& name, const std::vector<Value>& inputs,
                                        Json config, Value result, const std::vector<Json>& more,
                                        bool listed) {
    Node node{name, kind, false, {}, {}};
    Json arguments = Json::list();
    for (const Value& input : inputs) {
        node.inputs.push_back(input.node);
        arguments.push_back(tensor(input));
    }
    if (listed) arguments = Json::list({std::move(arguments)});
    for (const Json& argument : more) arguments.push_back(argument);
    Json json{{"module", "keras.src.ops." + module},
              {"class_name", kind},
              {"config", std::move(config)},
              {"registered_name", kind}};
    result.node = add(std::move(node), std::move(json), std::move(arguments));
    return result;
}

Json KerasGraph::config(const Value& output) const {
    const auto end = [&](std::size_t node) { return Json::list({Json::list({nodes_[node].name, 0, 0})}); };
    return {{"module", "keras.src.models.functional"},
            {"class_name", "Functional"},
            {"config",
             {{"name", "undertone"},
              {"trainable", true},
              {"layers", layers_},
              {"input_layers", end(0)},
              {"output_layers", end(output.node)}}},
            {"registered_name", "Functional"},
            {"build_config", {{"input_shape", nullptr}}}};
}

/// Source: map_graph() of keras/src/ops/function.py, Keras 3.0 to 3.15: the nodes furthest from the output
/// first; of those equally far away the one that a walk from the output, depth first, meets first.
std::vector<std::size_t> KerasGraph::order(std::size_t output) const {
    std::vector<std::size_t> far(nodes_.size()), met(nodes_.size(), nodes_.size()), all(nodes_.size());
    for (std::size_t i = nodes_.size(); i-- > 0;)  // inputs stand before what reads them
        for (const std::size_t input : nodes_[i].inputs) far[input] = std::max(far[input], far[i] + 1);
    std::vector<std::size_t> to_visit{output};
    std::size_t n_met = 0;
    while (!to_visit.empty()) {
        const std::size_t node = to_visit.back();
        to_visit.pop_back();
        if (met[node] != nodes_.size()) continue;
        met[node] = n_met++;
        to_visit.insert(to_visit.end(), nodes_[node].inputs.rbegin(), nodes_[node].inputs.rend());
    }
    std::iota(all.begin(), all.end(), std::size_t{0});
    std::stable_sort(all.begin(), all.end(), [&](std::size_t a, std::size_t b) {
        return far[a] != far[b] ? far[a] > far[b] : met[a] < met[b];
    });
    return all;
}

std::string KerasGraph::archive(const Value& output, const std::vector<std::string>& labels,
                                const std::vector<std::pair<std::string, std::string>>& notes) const {
    std::vector<Tensor> all;
    std::vector<std::string> groups;
    std::map<std::string, std::size_t> seen;
    for (const std::size_t i : order(output.node)) {
        if (!nodes_[i].is_layer) continue;
        // Layers are numbered within their kind: "conv1d", "conv1d_1", ...
        const std::string kind = keras_group(nodes_[i].kind);
        const std::size_t number = seen[kind]++;
        groups.push_back("layers/" + kind + (number == 0 ? "" : "_" + std::to_string(number)) + "/vars");
        for (std::size_t w = 0; w < nodes_[i].weights.size(); ++w) {
            all.push_back(nodes_[i].weights[w]);
            all.back().name = groups.back() + "/" + std::to_string(w);
        }
    }
    return keras_archive(config(output), labels, notes, all, std::move(groups));
}

}  // namespace undertone::exchange
