#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/perceptron.hpp"

namespace undertone::exchange {

/// A constant of a graph.
struct GraphTensor {
    std::vector<std::size_t> shape;
    std::vector<double> numbers;
    std::vector<std::string> texts;  ///< of texts, in place of numbers
    bool wide = false;               ///< of float64

    [[nodiscard]] std::size_t rows() const { return shape.size() == 2 ? shape[0] : 0; }
    [[nodiscard]] std::size_t cols() const { return shape.size() == 2 ? shape[1] : 0; }
};

/// What a name in a graph stands for: a constant, what became of the input so far, or something that is not
/// read, which matters only when the result depends on it.
class GraphValue {
public:
    static GraphValue constant(std::shared_ptr<const GraphTensor> tensor);
    static GraphValue unread(std::string reason);

    [[nodiscard]] const GraphTensor* tensor() const noexcept { return tensor_.get(); }
    [[nodiscard]] bool is_chain() const noexcept { return chain_.has_value(); }
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

private:
    friend class GraphBuilder;
    std::shared_ptr<const GraphTensor> tensor_;
    std::optional<std::size_t> chain_;  // its last link; 0 is the input itself
    std::string reason_;
};

/// Follows a graph from its input: what ONNX's and TensorFlow's operators do to it becomes steps. Operators
/// are called as they are met, and refuse by giving an unread value.
class GraphBuilder {
public:
    /// @param budget  numbers that may be computed or put together: no more than the file holds
    explicit GraphBuilder(std::size_t budget) : budget_(budget) { links_.emplace_back(); }

    [[nodiscard]] GraphValue input() const;

    /// @param op  "add", "sub", "mul", "div", "max"
    [[nodiscard]] GraphValue elementwise(std::string_view op, const GraphValue& a, const GraphValue& b);
    /// @param op  "sqrt", "rsqrt", "neg"
    [[nodiscard]] GraphValue unary(std::string_view op, const GraphValue& a);
    /// `alpha a b`, b transposed where it is asked.
    [[nodiscard]] GraphValue product(const GraphValue& a, const GraphValue& b, bool transposed,
                                     double alpha = 1);
    [[nodiscard]] GraphValue function(Function function, const GraphValue& a);
    /// `x scale + offset` of constants.
    [[nodiscard]] GraphValue affine(const GraphValue& a, Affine affine);
    /// `[1 - p, p]` of the logistic p: what two classes have. Other joins are not read.
    [[nodiscard]] GraphValue joined(const std::vector<GraphValue>& parts) const;

    /// Whether a value has a softmax or a logistic at its end.
    [[nodiscard]] bool is_probability(const GraphValue& value) const;

    /// The network that leads to a value.
    /// @throws Error unsupported_format, corrupt_data
    [[nodiscard]] Perceptron network(const GraphValue& value);

private:
    struct Link {
        std::size_t before = 0;
        std::shared_ptr<const GraphTensor> kernel;
        bool transposed = false;
        double alpha = 1;
        std::optional<Affine> affine;
        std::optional<Function> function;
    };
    GraphValue add(const GraphValue& before, Link link);
    void spend(std::size_t n);

    std::vector<Link> links_;
    std::size_t budget_;
};

}  // namespace undertone::exchange
