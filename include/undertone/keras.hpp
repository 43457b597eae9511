#pragma once

#include <cstdint>
#include <limits>
#include <tuple>
#include <vector>

#include "undertone/fields.hpp"
#include "undertone/layers.hpp"
#include "undertone/optimizers.hpp"
#include "undertone/sequential.hpp"

namespace undertone {

/// The options of the "keras" framework: for each hidden layer Dense with its activation, then
/// BatchNormalization and Dropout where they are asked for; at the end Dense with a unit a class, and
/// Softmax.
struct KerasOptions : OptimizerOptions, FitOptions {
    std::vector<int> hidden_layer_sizes = {100};
    std::vector<DenseActivation> activation = {DenseActivation::relu};
    bool batch_normalization = false;
    double dropout = 0;
    std::uint32_t random_state = 0;

    /// Of a hidden layer, counted from the input on.
    [[nodiscard]] DenseActivation activation_of(std::size_t layer) const {
        return activation.size() == 1 ? activation.front() : activation.at(layer);
    }

    /// The one table: of the network, of OptimizerOptions and of FitOptions.
    static constexpr auto fields() {
        using O = KerasOptions;
        return std::tuple_cat(std::tuple{Field{"hidden_layer_sizes",
                                               &O::hidden_layer_sizes,
                                               "units",
                                               {1, 1 << 16},
                                               "units of each hidden layer, from the input on"},
                                         Field{"activation", &O::activation, "", kDenseActivations,
                                               "of the hidden layers: one for all, or one for each"},
                                         Field{"batch_normalization",
                                               &O::batch_normalization,
                                               "",
                                               {},
                                               "normalise after each hidden layer"},
                                         Field{"dropout",
                                               &O::dropout,
                                               "",
                                               {0.0, 1.0, false, true},
                                               "part of the units that is dropped after each hidden layer"},
                                         Field{"random_state",
                                               &O::random_state,
                                               "",
                                               {0U, std::numeric_limits<std::uint32_t>::max()},
                                               "seed of weights, shuffling and dropout"}},
                              detail::fields_of_base<O>(OptimizerOptions::fields()),
                              detail::fields_of_base<O>(FitOptions::fields()));
    }
};

/// Checks what no single field says: more or fewer activations than hidden layers, options of another
/// optimizer, options of a callback that is off, more than one kind of clipping or of class weights.
/// @throws Error invalid_argument
void check(const KerasOptions& options);

}  // namespace undertone
