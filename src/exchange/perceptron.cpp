#include "exchange/perceptron.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

[[noreturn]] void corrupt(const std::string& reason) { throw Error(Errc::corrupt_data, reason); }
[[noreturn]] void unsupported(const std::string& reason) { throw Error(Errc::unsupported_format, reason); }

void check_finite(const std::vector<double>& values, const std::string& what) {
    for (const double value : values)
        if (!std::isfinite(value)) corrupt(what + " holds a number that is not finite");
}

/// Numbers of one column each: a single one stands for all columns.
void widen(std::vector<double>& values, std::size_t width, const std::string& what) {
    if (values.size() == 1) values.assign(width, values.front());
    if (values.size() != width)
        corrupt(what + " has " + std::to_string(values.size()) + " numbers, must have " +
                std::to_string(width));
}

class Folding {
public:
    explicit Folding(Dtype dtype) { network_.dtype = dtype; }

    void add(Product product) {
        check_open();
        if (product.n_in == 0 || product.n_out == 0 ||
            product.kernel.size() / product.n_in != product.n_out ||
            product.kernel.size() % product.n_in != 0)
            corrupt("a layer of " + std::to_string(product.n_in) + " inputs and " +
                    std::to_string(product.n_out) + " outputs has " + std::to_string(product.kernel.size()) +
                    " weights");
        check_finite(product.kernel, "a kernel");
        if (!network_.layers.empty()) {
            if (product.n_in != width())
                corrupt("a layer has " + std::to_string(product.n_in) + " inputs, the one before it " +
                        std::to_string(width()) + " outputs");
            if (last_is_product_) hidden_.push_back(Function::identity);
        }
        std::vector<double> bias(product.n_out, 0.0);
        if (network_.layers.empty()) take_scaler(product.n_in);
        if (pending_) put_before(*pending_, product, bias);
        pending_.reset();
        network_.layers.push_back({std::move(product), std::move(bias)});
        last_is_product_ = true;
    }

    void add(Affine affine) {
        check_open();
        if (!network_.layers.empty()) {
            widen(affine.scale, width(), "a scale");
            widen(affine.offset, width(), "an offset");
        } else {
            const std::size_t before = pending_ ? pending_->scale.size() : 1;
            const std::size_t n = std::max({affine.scale.size(), affine.offset.size(), before});
            widen(affine.scale, n, "a scale");
            widen(affine.offset, n, "an offset");
            if (pending_) {
                widen(pending_->scale, n, "a scale");
                widen(pending_->offset, n, "an offset");
            }
        }
        check_finite(affine.scale, "a scale");
        check_finite(affine.offset, "an offset");
        if (last_is_product_) {
            put_after(affine);
        } else if (pending_) {
            for (std::size_t i = 0; i < affine.scale.size(); ++i) {
                pending_->scale[i] *= affine.scale[i];
                pending_->offset[i] = pending_->offset[i] * affine.scale[i] + affine.offset[i];
            }
        } else {
            pending_ = std::move(affine);
        }
    }

    void add(Function function) {
        if (function == Function::identity) return;
        check_open();
        if (network_.layers.empty())
            unsupported("begins with " + std::string(name(function)) + ", must begin with a dense layer");
        if (!last_is_product_) {
            if (function == Function::relu && !pending_ && hidden_.back() == Function::relu) return;
            unsupported("has " + std::string(name(function)) + " where no dense layer stands before it");
        }
        const bool last = function == Function::softmax || (function == Function::logistic && width() == 1);
        if (last)
            end_ = function;
        else
            hidden_.push_back(function);
        last_is_product_ = last;
    }

    Perceptron finished() {
        if (network_.layers.empty()) unsupported("has no dense layer");
        if (!end_) {
            const bool activated = hidden_.size() == network_.layers.size();
            unsupported("ends in " + std::string(activated ? name(hidden_.back()) : "linear") + " with " +
                        std::to_string(width()) +
                        " outputs: a classifier of one class a clip ends in softmax, or in sigmoid with one "
                        "output");
        }
        if (*end_ == Function::softmax && width() < 2) unsupported("has a softmax over one class");
        if (pending_) unsupported("has a normalization at its end");
        if (!hidden_.empty()) {
            const bool alike = std::all_of(hidden_.begin(), hidden_.end(),
                                           [&](Function function) { return function == hidden_.front(); });
            if (alike) hidden_.resize(1);
            network_.activations = std::move(hidden_);
        }
        for (const DenseLayer& layer : network_.layers) {
            check_finite(layer.product.kernel, "a kernel");
            check_finite(layer.bias, "a bias");
        }
        return std::move(network_);
    }

private:
    void check_open() const {
        if (end_) unsupported("has something after its " + std::string(name(*end_)));
    }

    [[nodiscard]] std::size_t width() const { return network_.layers.back().product.n_out; }

    /// What was done to the inputs becomes the scaler, where it can be one.
    void take_scaler(std::size_t n_inputs) {
        if (!pending_) return;
        widen(pending_->scale, n_inputs, "a scale");
        widen(pending_->offset, n_inputs, "an offset");
        Centring scaler;
        for (std::size_t i = 0; i < n_inputs; ++i) {
            scaler.scale.push_back(1 / pending_->scale[i]);
            scaler.mean.push_back(-pending_->offset[i] / pending_->scale[i]);
            if (!(scaler.scale.back() > 0) || !std::isfinite(scaler.scale.back()) ||
                !std::isfinite(scaler.mean.back()))
                return;
        }
        network_.scaler = std::move(scaler);
        pending_.reset();
    }

    void put_before(const Affine& affine, Product& product, std::vector<double>& bias) {
        network_.dtype = Dtype::float64;
        for (std::size_t i = 0; i < product.n_in; ++i)
            for (std::size_t j = 0; j < product.n_out; ++j) {
                double& weight = product.kernel[i * product.n_out + j];
                bias[j] += affine.offset[i] * weight;
                weight *= affine.scale[i];
            }
    }

    void put_after(const Affine& affine) {
        DenseLayer& layer = network_.layers.back();
        const bool scales =
            std::any_of(affine.scale.begin(), affine.scale.end(), [](double scale) { return scale != 1; });
        // A first bias alone is as the file has it.
        const bool sums = std::any_of(layer.bias.begin(), layer.bias.end(), [](double b) { return b != 0; });
        if (scales || sums) network_.dtype = Dtype::float64;
        const std::size_t n = layer.product.n_out;
        for (std::size_t i = 0; scales && i < layer.product.kernel.size(); ++i)
            layer.product.kernel[i] *= affine.scale[i % n];
        for (std::size_t j = 0; j < n; ++j)
            layer.bias[j] = layer.bias[j] * affine.scale[j] + affine.offset[j];
    }

    Perceptron network_;
    std::vector<Function> hidden_;
    std::optional<Affine> pending_;  // done before the next product
    std::optional<Function> end_;
    bool last_is_product_ = false;
};

}  // namespace

Affine normalization(const std::vector<double>& gamma, const std::vector<double>& beta,
                     const std::vector<double>& mean, const std::vector<double>& variance, double epsilon) {
    const std::size_t n = mean.size();
    if (variance.size() != n || (!gamma.empty() && gamma.size() != n) || (!beta.empty() && beta.size() != n))
        throw Error(Errc::corrupt_data, "a normalization has means and variances of different sizes");
    Affine affine;
    for (std::size_t i = 0; i < n; ++i) {
        const double scale = (gamma.empty() ? 1.0 : gamma[i]) / std::sqrt(variance[i] + epsilon);
        affine.scale.push_back(scale);
        affine.offset.push_back((beta.empty() ? 0.0 : beta[i]) - mean[i] * scale);
    }
    return affine;
}

Perceptron fold(std::vector<Step> steps, Dtype dtype) {
    Folding folding(dtype);
    for (Step& step : steps) std::visit([&](auto& part) { folding.add(std::move(part)); }, step);
    return folding.finished();
}

Perceptron with_softmax(Perceptron network) {
    DenseLayer& last = network.layers.back();
    if (last.product.n_out != 1) return network;
    Product wide{last.product.n_in, 2, std::vector<double>(2 * last.product.n_in, 0.0)};
    for (std::size_t i = 0; i < wide.n_in; ++i) wide.kernel[2 * i + 1] = last.product.kernel[i];
    last = {std::move(wide), {0.0, last.bias.front()}};
    return network;
}

Perceptron with_logistic(Perceptron network) {
    DenseLayer& last = network.layers.back();
    if (last.product.n_out != 2) return network;
    Product narrow{last.product.n_in, 1, {}};
    for (std::size_t i = 0; i < narrow.n_in; ++i)
        narrow.kernel.push_back(last.product.kernel[2 * i + 1] - last.product.kernel[2 * i]);
    last = {std::move(narrow), {last.bias[1] - last.bias[0]}};
    return network;
}

Perceptron with_sorted_labels(Perceptron network) {
    if (std::is_sorted(network.labels.begin(), network.labels.end())) return network;
    network = with_softmax(std::move(network));
    const DenseLayer before = network.layers.back();
    const std::vector<std::string> labels = network.labels;
    std::vector<std::size_t> order(labels.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return labels[a] < labels[b]; });
    DenseLayer& after = network.layers.back();
    for (std::size_t j = 0; j < order.size(); ++j) {
        network.labels[j] = labels[order[j]];
        after.bias[j] = before.bias[order[j]];
        for (std::size_t i = 0; i < before.product.n_in; ++i)
            after.product.kernel[i * order.size() + j] = before.product.kernel[i * order.size() + order[j]];
    }
    return network;
}

std::string_view name(Function function) {
    constexpr std::array<std::string_view, 5> kNames{"linear", "relu", "tanh", "sigmoid", "softmax"};
    return kNames[static_cast<std::size_t>(function)];
}

}  // namespace undertone::exchange
