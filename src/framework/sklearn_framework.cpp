#include "framework/sklearn_framework.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <type_traits>
#include <utility>

#include "framework/stored_values.hpp"
#include "learn/class_checks.hpp"
#include "undertone/error.hpp"
#include "undertone/mlp_classifier.hpp"

namespace undertone::nn {
namespace {

MlpOptions mlp_options(OptionTexts texts) {
    const auto batch_size = texts.find("batch_size");
    if (batch_size != texts.end() && batch_size->second == "auto") batch_size->second = "none";
    return options_from<MlpOptions>(texts);
}

/// The classifier behind undertone::Classifier: classes are 0 ... n_classes - 1, features come as doubles.
template <class T>
class Sklearn final : public Classifier {
public:
    explicit Sklearn(MlpClassifier<T> mlp) : mlp_(std::move(mlp)) {}

    std::string_view framework() const override { return "sklearn"; }
    Dtype dtype() const override { return std::is_same_v<T, double> ? Dtype::float64 : Dtype::float32; }
    std::vector<std::pair<std::string, std::string>> options() const override {
        return option_texts(mlp_.options());
    }

    void fit(MatrixView<const double> x, std::span<const int> y, int n_classes,
             const OnProgress& on_progress) override {
        check_classes(y, x.rows(), n_classes);
        std::vector<double> losses;
        mlp_.fit(Narrowed(x).view, y, [&](const Progress& progress) {
            losses.push_back(progress.loss);
            return !on_progress || on_progress(progress);
        });
        history_.clear();
        // lbfgs has no loss_curve in scikit-learn; a warm start has that of the fits before as well.
        history_["loss"] = mlp_.loss_curve().empty() ? losses : mlp_.loss_curve();
        if (!mlp_.validation_scores().empty()) history_["validation_score"] = mlp_.validation_scores();
    }

    Matrix<double> predict_proba(MatrixView<const double> x) const override {
        const Matrix<T> proba = mlp_.predict_proba(Narrowed(x).view);
        Matrix<double> wide(proba.rows(), proba.cols());
        std::copy(proba.values().begin(), proba.values().end(), wide.values().begin());
        return wide;
    }

    int n_features() const override { return static_cast<int>(mlp_.n_features()); }
    int n_classes() const override { return static_cast<int>(mlp_.classes().size()); }
    const History& history() const override { return history_; }

    std::vector<Tensor> tensors() const override {
        std::vector<Tensor> tensors;
        const auto coefs = mlp_.coefs();
        const auto intercepts = mlp_.intercepts();
        for (std::size_t i = 0; i < coefs.size(); ++i) {
            tensors.push_back({"coefs." + std::to_string(i),
                               {coefs[i].rows(), coefs[i].cols()},
                               std::vector<T>(coefs[i].values().begin(), coefs[i].values().end())});
            tensors.push_back({"intercepts." + std::to_string(i),
                               {intercepts[i].size()},
                               std::vector<T>(intercepts[i].begin(), intercepts[i].end())});
        }
        return tensors;
    }

private:
    /// Features in the type of the weights; no copy where they are in it already.
    struct Narrowed {
        explicit Narrowed(MatrixView<const double> x) {
            if constexpr (std::is_same_v<T, double>) {
                view = x;
            } else {
                copy = Matrix<T>(x.rows(), x.cols());
                std::transform(x.values().begin(), x.values().end(), copy.values().begin(),
                               [](double value) { return static_cast<T>(value); });
                view = copy;
            }
        }
        Narrowed(const Narrowed&) = delete;
        Narrowed& operator=(const Narrowed&) = delete;
        Matrix<T> copy;
        MatrixView<const T> view;
    };

    MlpClassifier<T> mlp_;
    History history_;
};

template <class T>
const std::vector<T>& values_of(const std::vector<Tensor>& tensors, const std::string& name,
                                std::size_t dimensions, std::vector<std::size_t>& shape) {
    const Tensor& tensor = stored_tensor(tensors, name);
    const auto* values = std::get_if<std::vector<T>>(&tensor.values);
    if (values == nullptr)
        throw Error(Errc::corrupt_data,
                    name + " must be " + (std::is_same_v<T, double> ? "float64" : "float32"));
    if (tensor.shape.size() != dimensions || tensor.element_count() != values->size())
        throw Error(Errc::corrupt_data, name + " must have " + std::to_string(dimensions) + " dimensions");
    shape = tensor.shape;
    return *values;
}

template <class T>
std::unique_ptr<Classifier> load_as(const MlpOptions& options, const std::vector<Tensor>& tensors) {
    std::vector<Matrix<T>> coefs;
    std::vector<std::vector<T>> intercepts;
    std::vector<std::size_t> shape;
    for (std::size_t i = 0; i <= options.hidden_layer_sizes.size(); ++i) {
        const auto& values = values_of<T>(tensors, "coefs." + std::to_string(i), 2, shape);
        coefs.emplace_back(shape[0], shape[1]);
        std::copy(values.begin(), values.end(), coefs.back().values().begin());
        intercepts.push_back(values_of<T>(tensors, "intercepts." + std::to_string(i), 1, shape));
    }
    if (coefs.back().cols() == 2)
        throw Error(Errc::corrupt_data, "the last layer has 2 outputs, must have 1 for two classes");
    std::vector<int> classes(std::max<std::size_t>(2, coefs.back().cols()));
    std::iota(classes.begin(), classes.end(), 0);
    try {
        return std::make_unique<Sklearn<T>>(
            MlpClassifier<T>::from_weights(options, classes, coefs, intercepts));
    } catch (const Error& error) {
        throw Error(Errc::corrupt_data, error.what());
    }
}

std::unique_ptr<Classifier> make(Dtype dtype, const OptionTexts& texts) {
    const MlpOptions options = mlp_options(texts);
    if (dtype == Dtype::float64) return std::make_unique<Sklearn<double>>(MlpClassifier<double>(options));
    return std::make_unique<Sklearn<float>>(MlpClassifier<float>(options));
}

std::unique_ptr<Classifier> load(Dtype dtype, const OptionTexts& texts, const std::vector<Tensor>& tensors) {
    const MlpOptions options = mlp_options(texts);
    return dtype == Dtype::float64 ? load_as<double>(options, tensors) : load_as<float>(options, tensors);
}

}  // namespace

Framework sklearn_framework() { return {"sklearn", make, load, option_help<MlpOptions>}; }

}  // namespace undertone::nn
