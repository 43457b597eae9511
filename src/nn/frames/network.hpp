#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nn/frames/layer.hpp"
#include "undertone/parameter.hpp"
#include "undertone/random.hpp"

namespace undertone::nn {

/// Layers over sequences, each reading what earlier ones wrote. T is float; double to check gradients.
///
/// Node 0 is the input; the last node added is the output. A const network may be used by several threads,
/// each with its own Workspace.
template <class T>
class SequenceNetwork {
public:
    /// @param n_columns   channels of the input
    explicit SequenceNetwork(std::size_t n_columns);

    /// Puts a layer behind others and makes its parameters.
    /// @param name     of the layer in the names of its parameters: "block_1/conv"
    /// @param inputs   nodes that it reads
    /// @return         the new node
    /// @throws Error shape_mismatch, invalid_argument
    std::size_t add(std::string name, std::unique_ptr<SequenceLayer<T>> layer,
                    std::span<const std::size_t> inputs, RandomState& random);

    [[nodiscard]] std::size_t n_columns() const noexcept { return nodes_[0].n_channels; }
    [[nodiscard]] std::size_t n_outputs() const noexcept { return nodes_.back().n_channels; }

    struct Node {
        std::string name;
        std::unique_ptr<SequenceLayer<T>> layer;  ///< none for the input
        std::vector<std::size_t> inputs;
        std::size_t n_channels = 0, margin = 0;
    };
    [[nodiscard]] std::span<const Node> nodes() const noexcept { return nodes_; }
    /// @throws Error invalid_argument  no layer has that name
    [[nodiscard]] std::size_t node(std::string_view name) const;

    /// All parameters, layer by layer, under whole names: "block_1/conv/kernel".
    [[nodiscard]] std::vector<Parameter<T>*> parameters();
    [[nodiscard]] std::vector<const Parameter<T>*> parameters() const;

    /// What changes while batches go through.
    struct Workspace {
        std::vector<Sequences<T>> outputs, gradients;  // of each node
        std::vector<Pass<T>> passes;                   // of each node
    };
    [[nodiscard]] Workspace workspace(ThreadPool& pool) const;

    /// Makes room for a batch.
    /// @return   the input, to be filled
    Sequences<T>& begin(std::span<const std::size_t> n_frames, Workspace& workspace) const;

    /// @param training   batch statistics are taken, values are dropped; else as a trained network does it
    /// @param draw       of a training pass: what is dropped follows from it
    /// @return           the output: one frame a clip where the network pools
    const Sequences<T>& forward(Workspace& workspace, bool training, std::uint64_t draw = 0) const {
        return forward(workspace, training, draw, 1, nodes_.size());
    }
    /// Through the nodes [first, end) only; the outputs that they read are in the workspace.
    /// @return   the output of the last of them
    const Sequences<T>& forward(Workspace& workspace, bool training, std::uint64_t draw, std::size_t first,
                                std::size_t end) const;

    /// Back through the last forward().
    /// @param input_gradient   wanted too: it is then in gradients[0]
    /// @return   nothing; gradients of the parameters are in the passes
    /// The caller has put the gradient with respect to the output into output_gradient().
    void backward(Workspace& workspace, bool input_gradient = false) const;
    [[nodiscard]] Sequences<T>& output_gradient(Workspace& workspace) const;

    /// Gradients of the parameters, in the order of parameters(); none for those that are not trained.
    [[nodiscard]] std::vector<std::span<T>> gradients(Workspace& workspace) const;

    /// Moving averages, after a training step's forward().
    void update_moving(const Workspace& workspace);

private:
    std::vector<Node> nodes_;
};

}  // namespace undertone::nn
