#include <algorithm>
#include <cmath>
#include <numeric>

#include "learn/class_weights.hpp"
#include "learn/training_part.hpp"
#include "nn/keras/callbacks.hpp"
#include "undertone/sequential.hpp"

namespace undertone {
namespace {

/// The weight of each class, or nothing where all are 1.
std::vector<double> class_weights(const FitOptions& options, std::span<const int> y, std::size_t n_classes) {
    if (!options.class_weights.empty() && options.class_weights.size() != n_classes)
        throw Error(Errc::invalid_argument, "class_weights: " + std::to_string(options.class_weights.size()) +
                                                " weights for " + std::to_string(n_classes) + " classes");
    if (options.class_weight == ClassWeight::none) return options.class_weights;
    return nn::balanced_class_weights(y, n_classes);
}

template <class T>
LabelledSamples<T> part(const LabelledSamples<T>& all, std::size_t first, std::size_t n) {
    return {{all.x.data() + first * all.x.cols(), n, all.x.cols()},
            all.y.subspan(first, n),
            all.weights.empty() ? all.weights : all.weights.subspan(first, n)};
}

/// The samples `order[0 ... n - 1]`, gathered in the workspace.
template <class T>
LabelledSamples<T> gathered(const LabelledSamples<T>& all, std::span<const std::size_t> order,
                            typename Sequential<T>::Workspace& workspace) {
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::span<const T> row = all.x.row(order[i]);
        std::copy(row.begin(), row.end(), workspace.x.row(i).begin());
        workspace.y[i] = all.y[order[i]];
        if (!all.weights.empty()) workspace.weights[i] = all.weights[order[i]];
    }
    const std::span<const T> weights(workspace.weights.data(), all.weights.empty() ? 0 : order.size());
    return {{workspace.x.data(), order.size(), all.x.cols()}, {workspace.y.data(), order.size()}, weights};
}

}  // namespace

void check(const FitOptions& options) {
    const FitOptions defaults;
    for_each_field<FitOptions>([&](const auto& field) {
        for (const auto& [prefix, on] :
             {std::pair{"early_stopping_", options.early_stopping_patience.has_value()},
              std::pair{"reduce_lr_", options.reduce_lr_patience.has_value()}})
            if (field.name.starts_with(prefix) && !on && options.*field.member != defaults.*field.member)
                throw Error(Errc::invalid_argument, std::string(field.name) + " = " +
                                                        field_text(options, field) + ": needs " + prefix +
                                                        "patience to be set");
    });
    if (options.class_weight != ClassWeight::none && !options.class_weights.empty())
        throw Error(Errc::invalid_argument, "class_weight = balanced: class_weights are given too");
    const auto needs_validation = [&](const char* name, Monitor monitor) {
        if (options.validation_split == 0 &&
            (monitor == Monitor::val_loss || monitor == Monitor::val_accuracy))
            throw Error(Errc::invalid_argument, std::string(name) + " = " +
                                                    detail::Text<Monitor>::write(monitor, kMonitors) +
                                                    ": needs a validation_split above 0");
    };
    if (options.early_stopping_patience)
        needs_validation("early_stopping_monitor", options.early_stopping_monitor);
    if (options.reduce_lr_patience) needs_validation("reduce_lr_monitor", options.reduce_lr_monitor);
}

template <class T>
void Sequential<T>::check_finite(int epoch, double loss) const {
    const std::string when = "epoch " + std::to_string(epoch + 1) + ": ";
    for (const Parameter<T>* parameter : parameters())
        for (const T value : parameter->values)
            if (!std::isfinite(value))
                throw Error(Errc::numerical, when + parameter->name + " holds " + detail::number_text(value) +
                                                 ": the training diverged; try a smaller learning_rate");
    if (!std::isfinite(loss))
        throw Error(Errc::numerical, when + "the loss is " + detail::number_text(loss) +
                                         ": the training diverged; try a smaller learning_rate");
}

template <class T>
History Sequential<T>::fit(const LabelledSamples<T>& samples, Optimizer<T>& optimizer,
                           const FitOptions& options, RandomState& random, const OnProgress& on_progress) {
    validate(options);
    undertone::check(options);
    check(samples);
    (void)n_logit_layers();
    const std::vector<double> by_class = class_weights(options, samples.y, n_outputs());
    if (!by_class.empty() && !samples.weights.empty())
        throw Error(Errc::invalid_argument, "class_weight: weights of the samples are given too");

    const std::size_t n_samples = samples.x.rows();
    const std::size_t n_training = nn::training_part(n_samples, options.validation_split);
    LabelledSamples<T> training = part(samples, 0, n_training);
    const LabelledSamples<T> validation = part(samples, n_training, n_samples - n_training);
    std::vector<T> weights;
    for (std::size_t i = 0; !by_class.empty() && i < n_training; ++i)
        weights.push_back(static_cast<T>(by_class[static_cast<std::size_t>(training.y[i])]));
    if (!weights.empty()) training.weights = weights;

    const std::size_t batch_size = std::min(static_cast<std::size_t>(options.batch_size), n_training);
    Workspace workspace = this->workspace(batch_size);
    Workspace validation_workspace = this->workspace(std::min<std::size_t>(validation.x.rows(), 256));
    std::vector<std::size_t> order(n_training);
    std::iota(order.begin(), order.end(), std::size_t{0});

    std::optional<nn::EarlyStopping<T>> early_stopping;
    std::optional<nn::ReduceLrOnPlateau<T>> reduce_lr;
    if (options.early_stopping_patience) early_stopping.emplace(options);
    if (options.reduce_lr_patience) reduce_lr.emplace(options);

    History history;
    // In the network's type, as Keras reports them.
    const auto record = [&](const std::string& prefix, const Sums& sums, std::size_t n) {
        const Evaluation mean = sums.mean(n);
        history[prefix + "loss"].push_back(static_cast<double>(static_cast<T>(mean.loss)));
        history[prefix + "accuracy"].push_back(static_cast<double>(static_cast<T>(mean.accuracy)));
    };
    for (int epoch = 0; epoch < options.epochs; ++epoch) {
        if (options.shuffle) random.shuffle(std::span(order));
        Sums sums;
        for (std::size_t first = 0; first < n_training; first += batch_size) {
            const std::size_t n = std::min(batch_size, n_training - first);
            const LabelledSamples<T> batch =
                options.shuffle ? gathered<T>(training, std::span(order).subspan(first, n), workspace)
                                : part(training, first, n);
            const Sums one = step(batch, optimizer, options.label_smoothing, random, workspace);
            sums.loss += one.loss;
            sums.correct += one.correct;
        }
        check_finite(epoch, sums.loss);
        record("", sums, n_training);
        if (validation.x.rows() > 0) {
            const Sums validated = evaluate(validation, options.label_smoothing, validation_workspace);
            check_finite(epoch, validated.loss);
            record("val_", validated, validation.x.rows());
        }
        bool stop = false;
        if (early_stopping) stop = early_stopping->epoch_ended(epoch, history, *this);
        if (reduce_lr) {
            history["learning_rate"].push_back(static_cast<double>(optimizer.learning_rate()));
            reduce_lr->epoch_ended(history, optimizer);
        }
        if (on_progress && !on_progress({static_cast<std::size_t>(epoch) + 1,
                                         static_cast<std::size_t>(options.epochs), history["loss"].back()}))
            throw Error(Errc::cancelled, "training was stopped after epoch " + std::to_string(epoch + 1));
        if (stop) break;
    }
    if (early_stopping) early_stopping->training_ended(*this);
    return history;
}

template void Sequential<float>::check_finite(int, double) const;
template void Sequential<double>::check_finite(int, double) const;
template History Sequential<float>::fit(const LabelledSamples<float>&, Optimizer<float>&, const FitOptions&,
                                        RandomState&, const OnProgress&);
template History Sequential<double>::fit(const LabelledSamples<double>&, Optimizer<double>&,
                                         const FitOptions&, RandomState&, const OnProgress&);

}  // namespace undertone
