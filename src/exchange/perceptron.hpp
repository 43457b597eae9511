#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "undertone/classifier.hpp"
#include "undertone/mlp_classifier.hpp"
#include "undertone/model.hpp"

namespace undertone::exchange {

/// What is done to each sum, or for softmax to all sums of a layer.
enum class Function { identity, relu, tanh, logistic, softmax };

/// `x kernel`, kernel `[n_in, n_out]`, row-major.
struct Product {
    std::size_t n_in = 0, n_out = 0;
    std::vector<double> kernel;
};

/// `x * scale + offset`, column by column.
struct Affine {
    std::vector<double> scale, offset;
};

/// One step of a network as files of other programs describe it.
using Step = std::variant<Product, Affine, Function>;

struct DenseLayer {
    Product product;
    std::vector<double> bias;  ///< `[n_out]`
};

/// `(x - mean) / scale`, column by column; scale is above 0.
struct Centring {
    std::vector<double> mean, scale;
};

/// The network that all formats can tell: a scaler where there is one, dense layers, a softmax; where the
/// last layer has one output, that is the logistic of the second of two classes.
struct Perceptron {
    std::optional<Centring> scaler;
    std::vector<Function> activations = {Function::relu};  ///< of the hidden layers: one for all, or of each
    std::vector<DenseLayer> layers;                        ///< at least one
    Dtype dtype = Dtype::float64;
    std::vector<std::string> labels;  ///< empty: the file tells none
    MlpOptions training = {};         ///< how MLPClassifier trained it; of other networks its defaults

    /// Of a hidden layer.
    [[nodiscard]] Function activation(std::size_t layer) const {
        return activations.size() == 1 ? activations.front() : activations.at(layer);
    }
    [[nodiscard]] std::size_t n_inputs() const { return layers.front().product.n_in; }
    [[nodiscard]] std::size_t n_classes() const {
        return layers.back().product.n_out == 1 ? 2 : layers.back().product.n_out;
    }
};

/// Puts steps together: what is done to columns goes into the layer beside it, or becomes the scaler before
/// the first.
/// @param dtype  of the file; where weights were put together it becomes float64, so that nothing is rounded
/// @throws Error unsupported_format  no softmax or logistic at the end
/// @throws Error corrupt_data        sizes that do not fit together, weights that are not finite
[[nodiscard]] Perceptron fold(std::vector<Step> steps, Dtype dtype);

/// `gamma (x - mean) / sqrt(variance + epsilon) + beta`; without gamma 1, without beta 0.
/// @throws Error corrupt_data  of different sizes
[[nodiscard]] Affine normalization(const std::vector<double>& gamma, const std::vector<double>& beta,
                                   const std::vector<double>& mean, const std::vector<double>& variance,
                                   double epsilon);

/// With a column for each class: the logits 0 and z of two classes are the logistic of z.
[[nodiscard]] Perceptron with_softmax(Perceptron network);
/// With one column for two classes, as scikit-learn has it.
[[nodiscard]] Perceptron with_logistic(Perceptron network);
/// With its classes in the order of their labels' bytes, as scikit-learn sorts them.
[[nodiscard]] Perceptron with_sorted_labels(Perceptron network);

/// The network of a model that reads one vector a clip, its calibration in the last layer.
/// @throws Error unsupported_format  it hears clips against their speakers
[[nodiscard]] Perceptron perceptron_of(const Model& model);

/// What makes a model of a network beside the network itself.
struct ModelParts {
    std::string_view framework;                                ///< "sklearn" or "keras"
    std::vector<std::pair<std::string, std::string>> options;  ///< further ones of the framework
    std::string features;                                      ///< empty: by the number of inputs
    Model::Record record;
};

/// The classifier of a network, without its scaler.
/// @throws Error invalid_argument, corrupt_data
[[nodiscard]] std::unique_ptr<Classifier> classifier_of(
    const Perceptron& network, std::string_view framework,
    const std::vector<std::pair<std::string, std::string>>& options);

/// @throws Error invalid_argument, shape_mismatch, corrupt_data
[[nodiscard]] Model model_of(Perceptron network, const ModelParts& parts);

[[nodiscard]] std::string_view name(Function function);

}  // namespace undertone::exchange
