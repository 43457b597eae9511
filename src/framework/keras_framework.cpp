#include "framework/keras_framework.hpp"

#include <cmath>
#include <optional>

#include "learn/class_checks.hpp"
#include "undertone/keras.hpp"

namespace undertone {

void check(const KerasOptions& options) {
    check(static_cast<const OptimizerOptions&>(options));
    check(static_cast<const FitOptions&>(options));
    const std::size_t n_layers = options.hidden_layer_sizes.size(), n = options.activation.size();
    if (n != 1 && (n == 0 || n != n_layers)) {
        std::string names;
        for_each_field<KerasOptions>([&](const auto& field) {
            if (field.name == "activation") names = field_text(options, field);
        });
        throw Error(Errc::invalid_argument, "activation = " + names + ": names " + std::to_string(n) +
                                                ", there are " + std::to_string(n_layers) +
                                                " hidden layers; name one for all, or one for each");
    }
}

namespace nn {
namespace {

template <class T>
Sequential<T> make_network(const KerasOptions& options, std::size_t n_features, std::size_t n_classes,
                           RandomState& random) {
    Sequential<T> network(Shape{n_features});
    for (std::size_t i = 0; i < options.hidden_layer_sizes.size(); ++i) {
        const auto units = static_cast<std::size_t>(options.hidden_layer_sizes[i]);
        network.add(std::make_unique<Dense<T>>(units, options.activation_of(i)), random);
        if (options.batch_normalization) network.add(std::make_unique<BatchNormalization<T>>(), random);
        if (options.dropout > 0) network.add(std::make_unique<Dropout<T>>(options.dropout), random);
    }
    network.add(std::make_unique<Dense<T>>(n_classes), random);
    network.add(std::make_unique<Softmax<T>>(), random);
    return network;
}

/// @throws Error numerical  a value that is not finite, or not in T
template <class T>
void convert(std::span<const double> from, std::span<T> to, std::size_t row) {
    for (std::size_t column = 0; column < from.size(); ++column) {
        to[column] = static_cast<T>(from[column]);
        if (!std::isfinite(to[column]))
            throw Error(Errc::numerical, "x[" + std::to_string(row) + ", " + std::to_string(column) + "] = " +
                                             detail::number_text(from[column]) + ": must be a finite " +
                                             (std::is_same_v<T, float> ? "float32" : "float64"));
    }
}

template <class T>
class KerasClassifier final : public Classifier {
public:
    explicit KerasClassifier(KerasOptions options) : options_(std::move(options)) {}
    KerasClassifier(KerasOptions options, const std::vector<Tensor>& tensors);

    std::string_view framework() const override { return "keras"; }
    Dtype dtype() const override { return std::is_same_v<T, float> ? Dtype::float32 : Dtype::float64; }
    std::vector<std::pair<std::string, std::string>> options() const override {
        return option_texts(options_);
    }
    int n_features() const override { return network_ ? static_cast<int>(network_->n_inputs()) : 0; }
    int n_classes() const override { return network_ ? static_cast<int>(network_->n_outputs()) : 0; }
    const History& history() const override { return history_; }

    void fit(MatrixView<const double> x, std::span<const int> y, int n_classes,
             const OnProgress& on_progress) override;
    Matrix<double> predict_proba(MatrixView<const double> x) const override;
    std::vector<Tensor> tensors() const override;

private:
    KerasOptions options_;
    std::optional<Sequential<T>> network_;
    History history_;
};

template <class T>
void KerasClassifier<T>::fit(MatrixView<const double> x, std::span<const int> y, int n_classes,
                             const OnProgress& on_progress) {
    check_classes(y, x.rows(), n_classes);
    if (x.cols() == 0) throw Error(Errc::shape_mismatch, "x: must have at least one column");
    Matrix<T> samples(x.rows(), x.cols());
    for (std::size_t row = 0; row < x.rows(); ++row) convert<T>(x.row(row), samples.row(row), row);

    RandomState random(options_.random_state);
    Sequential<T> network = make_network<T>(options_, x.cols(), static_cast<std::size_t>(n_classes), random);
    const auto optimizer = make_optimizer<T>(options_);
    optimizer->build(network.trainable_parameters());
    History history = network.fit({samples, y, {}}, *optimizer, options_, random, on_progress);
    network_ = std::move(network);
    history_ = std::move(history);
}

template <class T>
Matrix<double> KerasClassifier<T>::predict_proba(MatrixView<const double> x) const {
    if (!network_) throw Error(Errc::not_fitted, "keras: fit or load the classifier before it predicts");
    if (x.cols() != network_->n_inputs())
        throw Error(Errc::shape_mismatch, "x is [" + std::to_string(x.rows()) + ", " +
                                              std::to_string(x.cols()) + "]: the classifier was fitted on " +
                                              std::to_string(network_->n_inputs()) + " features");
    Matrix<T> samples(x.rows(), x.cols());
    for (std::size_t row = 0; row < x.rows(); ++row) convert<T>(x.row(row), samples.row(row), row);
    const Matrix<T> outputs = network_->predict(samples);
    Matrix<double> probabilities(outputs.rows(), outputs.cols());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const T value = outputs.data()[i];
        if (!std::isfinite(value))
            throw Error(Errc::numerical, "x[" + std::to_string(i / outputs.cols()) +
                                             "]: its probabilities are not finite; the values are too large");
        probabilities.data()[i] = static_cast<double>(value);
    }
    return probabilities;
}

template <class T>
std::vector<Tensor> KerasClassifier<T>::tensors() const {
    std::vector<Tensor> all;
    if (!network_) return all;
    for (const Parameter<T>* parameter : network_->parameters())
        all.push_back({parameter->name, parameter->shape, parameter->values});
    return all;
}

[[noreturn]] void corrupt(const std::string& message) {
    throw Error(Errc::corrupt_data, "keras: " + message);
}

const Tensor& tensor_named(const std::vector<Tensor>& tensors, const std::string& name) {
    for (const Tensor& tensor : tensors)
        if (tensor.name == name) return tensor;
    corrupt("the tensor " + name + " is missing");
}

/// The shape of a kernel, `[n_in, n_out]`.
std::pair<std::size_t, std::size_t> kernel_shape(const std::vector<Tensor>& tensors,
                                                 const std::string& layer) {
    const Tensor& tensor = tensor_named(tensors, layer + "/kernel");
    if (tensor.shape.size() != 2 || tensor.shape[0] == 0 || tensor.shape[1] == 0)
        corrupt(tensor.name + ": must have two axes, not empty");
    const std::size_t n = std::visit([](const auto& values) { return values.size(); }, tensor.values);
    if (n % tensor.shape[0] != 0 || n / tensor.shape[0] != tensor.shape[1])
        corrupt(tensor.name + ": holds " + std::to_string(n) + " values, not what its shape asks for");
    return {tensor.shape[0], tensor.shape[1]};
}

// The sizes that the options name are compared with those of the tensors before memory is taken for them.
template <class T>
KerasClassifier<T>::KerasClassifier(KerasOptions options, const std::vector<Tensor>& tensors)
    : options_(std::move(options)) {
    const auto layer = [](std::size_t i) {
        return i == 0 ? std::string("dense") : "dense_" + std::to_string(i);
    };
    const std::size_t n_features = kernel_shape(tensors, layer(0)).first;
    std::size_t n_in = n_features;
    for (std::size_t i = 0; i < options_.hidden_layer_sizes.size(); ++i) {
        const auto units = static_cast<std::size_t>(options_.hidden_layer_sizes[i]);
        if (kernel_shape(tensors, layer(i)) != std::pair(n_in, units))
            corrupt(layer(i) + "/kernel: must be [" + std::to_string(n_in) + ", " + std::to_string(units) +
                    "], as hidden_layer_sizes asks");
        n_in = units;
    }
    const auto [n_last, n_classes] = kernel_shape(tensors, layer(options_.hidden_layer_sizes.size()));
    if (n_last != n_in || n_classes < 2)
        corrupt(layer(options_.hidden_layer_sizes.size()) + "/kernel: must be [" + std::to_string(n_in) +
                ", at least 2]");

    RandomState random(options_.random_state);
    Sequential<T> network = make_network<T>(options_, n_features, n_classes, random);
    const std::vector<Parameter<T>*> parameters = network.parameters();
    if (parameters.size() != tensors.size())
        corrupt(std::to_string(tensors.size()) + " tensors: the options ask for " +
                std::to_string(parameters.size()));
    for (Parameter<T>* parameter : parameters) {
        const Tensor& tensor = tensor_named(tensors, parameter->name);
        const auto* values = std::get_if<std::vector<T>>(&tensor.values);
        if (values == nullptr) corrupt(tensor.name + ": is not of the classifier's dtype");
        if (tensor.shape != parameter->shape || values->size() != parameter->values.size())
            corrupt(tensor.name + ": has another shape than the options ask for");
        for (const T value : *values)
            if (!std::isfinite(value)) corrupt(tensor.name + ": holds " + detail::number_text(value));
        parameter->values = *values;
    }
    network_ = std::move(network);
}

KerasOptions keras_options(const OptionTexts& texts) {
    KerasOptions options = options_from<KerasOptions>(texts);
    check(options);
    return options;
}

std::unique_ptr<Classifier> make(Dtype dtype, const OptionTexts& options) {
    if (dtype == Dtype::float32) return std::make_unique<KerasClassifier<float>>(keras_options(options));
    return std::make_unique<KerasClassifier<double>>(keras_options(options));
}

std::unique_ptr<Classifier> load(Dtype dtype, const OptionTexts& options,
                                 const std::vector<Tensor>& tensors) {
    if (dtype == Dtype::float32)
        return std::make_unique<KerasClassifier<float>>(keras_options(options), tensors);
    return std::make_unique<KerasClassifier<double>>(keras_options(options), tensors);
}

}  // namespace

Framework keras_framework() { return {"keras", make, load, option_help<KerasOptions>}; }

}  // namespace nn
}  // namespace undertone
