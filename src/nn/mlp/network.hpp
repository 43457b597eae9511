#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "undertone/matrix.hpp"
#include "undertone/mlp_classifier.hpp"

namespace undertone::nn {

/// All weights of a network in one run of numbers, from a border of 64 bytes on, as vectors like it.
template <class T>
class Parameters {
public:
    Parameters() = default;
    explicit Parameters(std::size_t size) : storage_(size + kPadding), size_(size) { align(); }
    Parameters(const Parameters& other) : Parameters(other.size_) {
        std::copy(other.values().begin(), other.values().end(), values().begin());
    }
    Parameters(Parameters&&) noexcept = default;
    Parameters& operator=(Parameters other) noexcept {
        storage_ = std::move(other.storage_);
        first_ = other.first_;
        size_ = other.size_;
        return *this;
    }
    ~Parameters() = default;

    [[nodiscard]] T* data() noexcept { return storage_.data() + first_; }
    [[nodiscard]] const T* data() const noexcept { return storage_.data() + first_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::span<T> values() noexcept { return {data(), size_}; }
    [[nodiscard]] std::span<const T> values() const noexcept { return {data(), size_}; }

private:
    static constexpr std::size_t kPadding = 64 / sizeof(T);
    void align() noexcept {
        const auto beyond = reinterpret_cast<std::uintptr_t>(storage_.data()) % 64;
        first_ = beyond == 0 ? 0 : (64 - beyond) / sizeof(T);
    }
    std::vector<T> storage_;
    std::size_t first_ = 0, size_ = 0;
};

/// Takes gradients block by block, in any order, while the network walks backwards; each weight comes once.
template <class T>
class GradientSink {
public:
    virtual ~GradientSink() = default;
    /// @param offset     of the block in the parameters
    /// @param gradient   of the summed loss of the samples, without penalty and not yet divided by their
    /// number
    /// @param alpha      the penalty's strength for this block
    virtual void take(std::size_t offset, std::span<const T> gradient, T alpha) = 0;
};

/// The shape of a perceptron and its passes. Holds no weights.
template <class T>
class MlpNetwork {
public:
    struct Layer {
        std::size_t n_in, n_out;
        std::size_t coefs, intercepts;  ///< offsets into the parameters
    };

    /// What passes leave behind: of each layer the values and the errors of at most `max_rows` samples.
    struct Workspace {
        std::size_t max_rows = 0;
        std::vector<std::vector<T>> values, errors;
        std::vector<T> gradient_rows, gradient_sums, class_sums;
    };

    MlpNetwork() = default;
    /// @param units   of the input, the hidden layers, the output
    MlpNetwork(const std::vector<std::size_t>& units, Activation hidden);

    [[nodiscard]] const std::vector<Layer>& layers() const noexcept { return layers_; }
    [[nodiscard]] std::size_t n_features() const noexcept { return layers_.front().n_in; }
    [[nodiscard]] std::size_t n_outputs() const noexcept { return layers_.back().n_out; }
    /// With what stands between the blocks to bring each to a border of 64 bytes; it is zero and stays so.
    [[nodiscard]] std::size_t n_parameters() const noexcept { return n_parameters_; }
    [[nodiscard]] MatrixView<const T> coefs(const Parameters<T>& parameters, std::size_t layer) const;
    [[nodiscard]] std::span<const T> intercepts(const Parameters<T>& parameters, std::size_t layer) const;

    [[nodiscard]] Workspace workspace(std::size_t max_rows) const;

    /// @param x   `[rows, n_features]`, rows <= max_rows
    /// @return    `[rows, n_outputs]` probabilities: softmax, or logistic for one output; lies in the
    /// workspace
    MatrixView<const T> forward(const Parameters<T>& parameters, MatrixView<const T> x,
                                Workspace& work) const;

    /// The mean log loss of the samples that went forward last, without penalty.
    /// @param y   `[rows]`, the index of each sample's class
    [[nodiscard]] double log_loss(std::span<const int> y, Workspace& work) const;

    /// Walks back from the samples that went forward last and hands all gradients to `sink`, which may change
    /// the weights of a block that it has been given.
    void backward(const Parameters<T>& parameters, MatrixView<const T> x, std::span<const int> y, T alpha,
                  Workspace& work, GradientSink<T>& sink) const;

private:
    [[nodiscard]] MatrixView<T> values(std::size_t layer, std::size_t rows, Workspace& work) const {
        return {work.values[layer].data(), rows, layers_[layer].n_out};
    }

    std::vector<Layer> layers_;
    Activation hidden_ = Activation::relu;
    std::size_t n_parameters_ = 0;
};

extern template class MlpNetwork<float>;
extern template class MlpNetwork<double>;

}  // namespace undertone::nn
