#include "nn/frames/network.hpp"

#include <algorithm>

#include "core/split_mix.hpp"
#include "undertone/error.hpp"

namespace undertone::nn {

template <class T>
SequenceNetwork<T>::SequenceNetwork(std::size_t n_columns) : nodes_(1) {
    nodes_[0].n_channels = n_columns;
}

template <class T>
std::size_t SequenceNetwork<T>::add(std::string name, std::unique_ptr<SequenceLayer<T>> layer,
                                    std::span<const std::size_t> inputs, RandomState& random) {
    std::vector<std::size_t> n_channels;
    for (const std::size_t input : inputs) n_channels.push_back(nodes_.at(input).n_channels);
    Node node;
    node.n_channels = layer->build(n_channels, random);
    node.margin = layer->margin();
    for (const std::size_t input : inputs) nodes_[input].margin = std::max(nodes_[input].margin, node.margin);
    for (Parameter<T>& parameter : layer->parameters()) parameter.name = name + "/" + parameter.name;
    node.name = std::move(name);
    node.layer = std::move(layer);
    node.inputs.assign(inputs.begin(), inputs.end());
    nodes_.push_back(std::move(node));
    return nodes_.size() - 1;
}

template <class T>
std::size_t SequenceNetwork<T>::node(std::string_view name) const {
    const auto found = std::find_if(nodes_.begin() + 1, nodes_.end(),
                                    [name](const Node& node) { return node.name == name; });
    if (found == nodes_.end())
        throw Error(Errc::invalid_argument, "the network has no layer " + std::string(name));
    return static_cast<std::size_t>(found - nodes_.begin());
}

template <class T>
std::vector<Parameter<T>*> SequenceNetwork<T>::parameters() {
    std::vector<Parameter<T>*> all;
    for (std::size_t i = 1; i < nodes_.size(); ++i)
        for (Parameter<T>& parameter : nodes_[i].layer->parameters()) all.push_back(&parameter);
    return all;
}

template <class T>
std::vector<const Parameter<T>*> SequenceNetwork<T>::parameters() const {
    std::vector<const Parameter<T>*> all;
    for (std::size_t i = 1; i < nodes_.size(); ++i)
        for (const Parameter<T>& parameter : std::as_const(*nodes_[i].layer).parameters())
            all.push_back(&parameter);
    return all;
}

template <class T>
typename SequenceNetwork<T>::Workspace SequenceNetwork<T>::workspace(ThreadPool& pool) const {
    Workspace workspace;
    workspace.outputs.resize(nodes_.size());
    workspace.gradients.resize(nodes_.size());
    for (std::size_t i = 0; i < nodes_.size(); ++i) workspace.passes.push_back(Pass<T>{pool});
    return workspace;
}

template <class T>
Sequences<T>& SequenceNetwork<T>::begin(std::span<const std::size_t> n_frames, Workspace& workspace) const {
    workspace.outputs[0].resize(n_frames, nodes_[0].n_channels, nodes_[0].margin);
    return workspace.outputs[0];
}

template <class T>
const Sequences<T>& SequenceNetwork<T>::forward(Workspace& workspace, bool training, std::uint64_t draw,
                                                std::size_t first, std::size_t end) const {
    std::vector<std::size_t> n_frames;
    std::vector<const Sequences<T>*> inputs;
    for (std::size_t i = first; i < end; ++i) {
        const Node& node = nodes_[i];
        inputs.clear();
        for (const std::size_t input : node.inputs) inputs.push_back(&workspace.outputs[input]);
        n_frames.clear();
        for (const std::size_t frames : inputs[0]->n_frames())
            n_frames.push_back(node.layer->n_frames(frames));
        workspace.outputs[i].resize(n_frames, node.n_channels, node.margin);
        workspace.passes[i].training = training;
        workspace.passes[i].draw = drawn_at(draw + i);
        node.layer->forward(inputs, workspace.outputs[i], workspace.passes[i]);
    }
    return workspace.outputs[end - 1];
}

template <class T>
Sequences<T>& SequenceNetwork<T>::output_gradient(Workspace& workspace) const {
    Sequences<T>& gradient = workspace.gradients.back();
    gradient.resize(workspace.outputs.back().n_frames(), nodes_.back().n_channels, nodes_.back().margin);
    return gradient;
}

template <class T>
void SequenceNetwork<T>::backward(Workspace& workspace, bool input_gradient) const {
    std::vector<bool> begun(nodes_.size());
    std::vector<const Sequences<T>*> inputs;
    std::vector<typename SequenceLayer<T>::InputGradient> wanted;
    for (std::size_t i = nodes_.size(); i-- > 1;) {
        const Node& node = nodes_[i];
        inputs.clear();
        wanted.clear();
        for (const std::size_t input : node.inputs) {
            inputs.push_back(&workspace.outputs[input]);
            if (input == 0 && !input_gradient) {
                wanted.push_back({});
                continue;
            }
            if (!begun[input])
                workspace.gradients[input].resize(workspace.outputs[input].n_frames(),
                                                  nodes_[input].n_channels, nodes_[input].margin);
            wanted.push_back({&workspace.gradients[input], begun[input]});
            begun[input] = true;
        }
        Pass<T>& pass = workspace.passes[i];
        const auto parameters = std::as_const(*node.layer).parameters();
        pass.gradients.resize(parameters.size());
        for (std::size_t p = 0; p < parameters.size(); ++p)
            pass.gradients[p].resize(parameters[p].trainable ? parameters[p].values.size() : 0);
        node.layer->backward(inputs, workspace.outputs[i], workspace.gradients[i], wanted, pass);
    }
}

template <class T>
std::vector<std::span<T>> SequenceNetwork<T>::gradients(Workspace& workspace) const {
    std::vector<std::span<T>> all;
    for (std::size_t i = 1; i < nodes_.size(); ++i)
        for (std::vector<T>& gradient : workspace.passes[i].gradients) all.emplace_back(gradient);
    return all;
}

template <class T>
void SequenceNetwork<T>::update_moving(const Workspace& workspace) {
    for (std::size_t i = 1; i < nodes_.size(); ++i) nodes_[i].layer->update_moving(workspace.passes[i]);
}

template class SequenceNetwork<float>;
template class SequenceNetwork<double>;

}  // namespace undertone::nn
