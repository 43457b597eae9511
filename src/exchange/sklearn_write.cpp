#include <algorithm>
#include <limits>

#include "exchange/pickle_writer.hpp"
#include "exchange/sklearn.hpp"
#include "undertone/error.hpp"
#include "undertone/mlp_classifier.hpp"

namespace undertone::exchange {
namespace {

using Writer = PickleWriter;

void array(Writer& out, const std::vector<std::size_t>& shape, const std::vector<double>& values,
           Dtype dtype) {
    if (dtype == Dtype::float64) return out.array(shape, values);
    std::vector<float> single(values.size());
    std::transform(values.begin(), values.end(), single.begin(),
                   [](double v) { return static_cast<float>(v); });
    out.array(single, shape);
}

/// An object of scikit-learn without its members: open until close().
void open(Writer& out, const char* module, const char* name) {
    out.global(module, name);
    out.begin();
    out.tuple();
    out.make();
    out.begin();
}

void close(Writer& out, bool estimator = true) {
    if (estimator) {
        // The version of the scikit-learn that reads it: the members below are those of all of them, so it
        // has nothing to warn of.
        out.text("_sklearn_version");
        out.global("sklearn", "__version__");
    }
    out.dict();
    out.members();
}

void write_scaler(Writer& out, const Centring& scaler) {
    std::vector<double> variance;
    for (const double scale : scaler.scale) variance.push_back(scale * scale);
    const std::size_t n = scaler.mean.size();
    open(out, "sklearn.preprocessing._data", "StandardScaler");
    for (const char* flag : {"with_mean", "with_std", "copy"}) {
        out.text(flag);
        out.boolean(true);
    }
    out.text("n_features_in_");
    out.integer(static_cast<std::int64_t>(n));
    out.text("n_samples_seen_");
    out.integer(1);  // how many there were is not known any more
    out.text("mean_");
    out.array({n}, scaler.mean);
    out.text("var_");
    out.array({n}, variance);
    out.text("scale_");
    out.array({n}, scaler.scale);
    close(out);
}

// Every parameter that MLPClassifier has: clone() and repr() ask for them.
void write_parameters(Writer& out, const Perceptron& network) {
    const MlpOptions& training = network.training;
    const auto real = [&](const char* name, double value) {
        out.text(name);
        out.real(value);
    };
    const auto integer = [&](const char* name, std::int64_t value) {
        out.text(name);
        out.integer(value);
    };
    const auto flag = [&](const char* name, bool value) {
        out.text(name);
        out.boolean(value);
    };
    const auto text = [&](const char* name, std::string_view value) {
        out.text(name);
        out.text(value);
    };
    out.text("hidden_layer_sizes");
    out.begin();
    for (std::size_t i = 0; i + 1 < network.layers.size(); ++i)
        out.integer(static_cast<std::int64_t>(network.layers[i].product.n_out));
    out.tuple();
    const Function activation = network.activations.front();
    text("activation", activation == Function::identity   ? "identity"
                       : activation == Function::logistic ? "logistic"
                                                          : name(activation));
    text("solver", detail::Text<Solver>::write(training.solver, MlpOptions::kSolvers));
    text("loss", "log_loss");
    if (training.batch_size)
        integer("batch_size", *training.batch_size);
    else
        text("batch_size", "auto");
    text("learning_rate",
         detail::Text<LearningRate>::write(training.learning_rate, MlpOptions::kLearningRates));
    real("alpha", training.alpha);
    real("learning_rate_init", training.learning_rate_init);
    real("power_t", training.power_t);
    integer("max_iter", training.max_iter);
    flag("shuffle", training.shuffle);
    if (training.random_state) {
        integer("random_state", *training.random_state);
    } else {
        out.text("random_state");
        out.none();
    }
    real("tol", training.tol);
    flag("verbose", false);
    flag("warm_start", training.warm_start);
    real("momentum", training.momentum);
    flag("nesterovs_momentum", training.nesterovs_momentum);
    flag("early_stopping", training.early_stopping);
    real("validation_fraction", training.validation_fraction);
    real("beta_1", training.beta_1);
    real("beta_2", training.beta_2);
    real("epsilon", training.epsilon);
    if (training.n_iter_no_change)
        integer("n_iter_no_change", *training.n_iter_no_change);
    else
        real("n_iter_no_change", std::numeric_limits<double>::infinity());
    integer("max_fun", training.max_fun);
}

void write_binarizer(Writer& out, const Perceptron& network) {
    out.text("_label_binarizer");
    open(out, "sklearn.preprocessing._label", "LabelBinarizer");
    out.text("neg_label");
    out.integer(0);
    out.text("pos_label");
    out.integer(1);
    for (const char* flag : {"sparse_output", "sparse_input_"}) {
        out.text(flag);
        out.boolean(false);
    }
    out.text("y_type_");
    out.text(network.n_classes() == 2 ? "binary" : "multiclass");
    out.text("classes_");
    out.array(network.labels);
    close(out);
}

void write_classifier(Writer& out, const Perceptron& network) {
    open(out, "sklearn.neural_network._multilayer_perceptron", "MLPClassifier");
    write_parameters(out, network);
    const auto count = [&](const char* name, std::size_t value) {
        out.text(name);
        out.integer(static_cast<std::int64_t>(value));
    };
    count("n_features_in_", network.n_inputs());
    count("n_layers_", network.layers.size() + 1);
    count("n_outputs_", network.layers.back().product.n_out);
    count("n_iter_", 0);  // none by scikit-learn
    count("t_", 0);
    count("_no_improvement_count", 0);
    out.text("out_activation_");
    out.text(network.n_classes() == 2 ? "logistic" : "softmax");
    out.text("loss_curve_");
    out.begin();
    out.list();
    for (const char* name : {"loss_", "best_loss_"}) {
        out.text(name);
        out.real(0);
    }
    for (const char* name : {"validation_scores_", "best_validation_score_"}) {
        out.text(name);
        out.none();
    }
    out.text("classes_");
    out.array(network.labels);
    write_binarizer(out, network);
    out.text("coefs_");
    out.begin();
    for (const auto& [product, bias] : network.layers)
        array(out, {product.n_in, product.n_out}, product.kernel, network.dtype);
    out.list();
    out.text("intercepts_");
    out.begin();
    for (const auto& [product, bias] : network.layers) array(out, {product.n_out}, bias, network.dtype);
    out.list();
    close(out);
}

}  // namespace

std::string write_sklearn(Perceptron network) {
    if (network.activations.size() != 1) {
        std::string names;
        for (const Function function : network.activations)
            names.append(names.empty() ? "" : ", ").append(name(function));
        throw Error(Errc::unsupported_format, "has hidden layers of " + names +
                                                  ", and an MLPClassifier has one activation for all: export "
                                                  "it to keras or onnx");
    }
    network = with_logistic(with_sorted_labels(std::move(network)));
    Writer out;
    if (!network.scaler) {
        write_classifier(out, network);
        return std::move(out).finished();
    }
    open(out, "sklearn.pipeline", "Pipeline");
    out.text("steps");
    out.begin();
    const auto step = [&](const char* name, const auto& write) {
        out.begin();
        out.text(name);
        write();
        out.tuple();
    };
    step("standardscaler", [&] { write_scaler(out, *network.scaler); });
    step("mlpclassifier", [&] { write_classifier(out, network); });
    out.list();
    for (const char* name : {"memory", "transform_input"}) {
        out.text(name);
        out.none();
    }
    out.text("verbose");
    out.boolean(false);
    close(out);
    return std::move(out).finished();
}

}  // namespace undertone::exchange
