#include "nn/keras/loss.hpp"

#include <algorithm>
#include <cmath>

namespace undertone::nn {

template <class T>
LossSums categorical_crossentropy(MatrixView<const T> logits, std::span<const int> y,
                                  std::span<const T> weights, double label_smoothing, MatrixView<T> dlogits) {
    const std::size_t n_classes = logits.cols();
    const T everywhere = static_cast<T>(label_smoothing / static_cast<double>(n_classes));
    const T at_class = static_cast<T>(1 - label_smoothing);
    LossSums sums;
    for (std::size_t sample = 0; sample < logits.rows(); ++sample) {
        const std::span<const T> z = logits.row(sample);
        const auto target = static_cast<std::size_t>(y[sample]);
        const auto greatest = std::max_element(z.begin(), z.end());
        T sum = 0, total = 0;
        for (const T value : z) {
            sum += std::exp(value - *greatest);
            total += value - *greatest;
        }
        const T weight = weights.empty() ? T{1} : weights[sample];
        // - sum over k of target_k log p_k, where log p_k = z_k - greatest - log sum and the targets sum
        // to 1.
        const T loss = std::log(sum) - at_class * (z[target] - *greatest) - everywhere * total;
        sums.loss += static_cast<double>(weight * loss);
        sums.correct += static_cast<std::size_t>(greatest - z.begin()) == target;
        if (dlogits.size() == 0) continue;
        const T factor = weight / static_cast<T>(logits.rows());
        for (std::size_t k = 0; k < n_classes; ++k) {
            const T wanted = everywhere + (k == target ? at_class : T{0});
            dlogits(sample, k) = (std::exp(z[k] - *greatest) / sum - wanted) * factor;
        }
    }
    return sums;
}

template LossSums categorical_crossentropy<float>(MatrixView<const float>, std::span<const int>,
                                                  std::span<const float>, double, MatrixView<float>);
template LossSums categorical_crossentropy<double>(MatrixView<const double>, std::span<const int>,
                                                   std::span<const double>, double, MatrixView<double>);

}  // namespace undertone::nn
