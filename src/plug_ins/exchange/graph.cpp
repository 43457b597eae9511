#include "plug_ins/exchange/graph.hpp"

#include <algorithm>
#include <cmath>

#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

constexpr std::size_t kMostLinks = 10000;

double computed(std::string_view op, double a, double b) {
    if (op == "add") return a + b;
    if (op == "sub") return a - b;
    if (op == "mul") return a * b;
    if (op == "div") return a / b;
    return std::max(a, b);
}

const GraphValue* first_unread(const GraphValue& a, const GraphValue& b) {
    for (const GraphValue* value : {&a, &b})
        if (value->tensor() == nullptr && !value->is_chain()) return value;
    return nullptr;
}

}  // namespace

GraphValue GraphValue::constant(std::shared_ptr<const GraphTensor> tensor) {
    GraphValue value;
    value.tensor_ = std::move(tensor);
    return value;
}

GraphValue GraphValue::unread(std::string reason) {
    GraphValue value;
    value.reason_ = std::move(reason);
    return value;
}

void GraphBuilder::spend(std::size_t n) {
    if (n > budget_) throw Error(Errc::corrupt_data, "its graph makes more numbers than the file holds");
    budget_ -= n;
}

GraphValue GraphBuilder::input() const {
    GraphValue value;
    value.chain_ = 0;
    return value;
}

GraphValue GraphBuilder::add(const GraphValue& before, Link link) {
    if (links_.size() >= kMostLinks)
        throw Error(Errc::corrupt_data, "its graph has more steps than a network");
    link.before = *before.chain_;
    links_.push_back(std::move(link));
    GraphValue value;
    value.chain_ = links_.size() - 1;
    return value;
}

GraphValue GraphBuilder::affine(const GraphValue& a, Affine affine) {
    if (!a.is_chain()) return GraphValue::unread("a scaling of a constant");
    spend(affine.scale.size() + affine.offset.size());
    Link link;
    link.affine = std::move(affine);
    return add(a, std::move(link));
}

GraphValue GraphBuilder::elementwise(std::string_view op, const GraphValue& a, const GraphValue& b) {
    if (const GraphValue* unread = first_unread(a, b)) return *unread;
    if (a.is_chain() && b.is_chain()) return GraphValue::unread("a join of two branches");
    if (a.tensor_ && b.tensor_) {
        const GraphTensor& left = *a.tensor_;
        const GraphTensor& right = *b.tensor_;
        const std::size_t n = std::max(left.numbers.size(), right.numbers.size());
        if ((left.numbers.size() != n && left.numbers.size() != 1) ||
            (right.numbers.size() != n && right.numbers.size() != 1) || n == 0)
            return GraphValue::unread("constants of different shapes");
        spend(n);
        auto result = std::make_shared<GraphTensor>();
        result->shape = left.numbers.size() == n ? left.shape : right.shape;
        result->wide = left.wide || right.wide;
        for (std::size_t i = 0; i < n; ++i)
            result->numbers.push_back(computed(op, left.numbers[left.numbers.size() == 1 ? 0 : i],
                                               right.numbers[right.numbers.size() == 1 ? 0 : i]));
        return GraphValue::constant(std::move(result));
    }
    const GraphValue& chain = a.is_chain() ? a : b;
    const GraphTensor& tensor = a.is_chain() ? *b.tensor_ : *a.tensor_;
    if (tensor.numbers.empty() || op == "max" || (op == "div" && !a.is_chain()))
        return GraphValue::unread("an operation " + std::string(op) + " on the input");
    Affine step{{1.0}, {0.0}};
    if (op == "add" || op == "sub") {
        step.offset = tensor.numbers;
        if (op == "sub" && a.is_chain())
            for (double& value : step.offset) value = -value;
        if (op == "sub" && !a.is_chain()) step.scale = {-1.0};
    } else {
        step.scale = tensor.numbers;
        if (op == "div")
            for (double& value : step.scale) value = 1 / value;
    }
    return affine(chain, std::move(step));
}

GraphValue GraphBuilder::unary(std::string_view op, const GraphValue& a) {
    if (!a.tensor_) {
        if (a.is_chain() && op == "neg") return affine(a, {{-1.0}, {0.0}});
        return a.is_chain() ? GraphValue::unread("an operation " + std::string(op) + " on the input") : a;
    }
    spend(a.tensor_->numbers.size());
    auto result = std::make_shared<GraphTensor>(*a.tensor_);
    for (double& value : result->numbers)
        value = op == "neg" ? -value : op == "sqrt" ? std::sqrt(value) : 1 / std::sqrt(value);
    return GraphValue::constant(std::move(result));
}

GraphValue GraphBuilder::product(const GraphValue& a, const GraphValue& b, bool transposed, double alpha) {
    if (const GraphValue* unread = first_unread(a, b)) return *unread;
    if (!a.is_chain() || !b.tensor_)
        return GraphValue::unread("a product of two branches or of a constant first");
    if (b.tensor_->shape.size() != 2) return GraphValue::unread("a product with what is no matrix");
    Link link;
    link.kernel = b.tensor_;
    link.transposed = transposed;
    link.alpha = alpha;
    return add(a, std::move(link));
}

GraphValue GraphBuilder::function(Function function, const GraphValue& a) {
    if (!a.is_chain()) return a.tensor_ ? GraphValue::unread("an activation of a constant") : a;
    if (function == Function::identity) return a;
    Link link;
    link.function = function;
    return add(a, std::move(link));
}

GraphValue GraphBuilder::joined(const std::vector<GraphValue>& parts) const {
    if (parts.size() == 2 && parts[0].is_chain() && parts[1].is_chain()) {
        const Link& first = links_[*parts[0].chain_];
        if (first.affine && first.before == *parts[1].chain_ && first.affine->scale == std::vector{-1.0} &&
            first.affine->offset == std::vector{1.0} && links_[first.before].function == Function::logistic)
            return parts[1];
    }
    for (const GraphValue& part : parts)
        if (!part.is_chain() && !part.tensor_) return part;
    return GraphValue::unread("a join of branches");
}

bool GraphBuilder::is_probability(const GraphValue& value) const {
    if (!value.is_chain()) return false;
    const auto function = links_[*value.chain_].function;
    return function == Function::softmax || function == Function::logistic;
}

Perceptron GraphBuilder::network(const GraphValue& value) {
    if (!value.is_chain())
        throw Error(Errc::unsupported_format, value.tensor_ ? "gives a constant, whatever the input is"
                                                            : "depends on " + value.reason() +
                                                                  ", which undertone has no counterpart of");
    std::vector<std::size_t> order;
    for (std::size_t link = *value.chain_; link != 0; link = links_[link].before) order.push_back(link);
    std::reverse(order.begin(), order.end());
    std::vector<Step> steps;
    bool wide = false;
    for (const std::size_t at : order) {
        const Link& link = links_[at];
        if (link.affine) steps.emplace_back(*link.affine);
        if (link.function) steps.emplace_back(*link.function);
        if (!link.kernel) continue;
        const GraphTensor& tensor = *link.kernel;
        spend(tensor.numbers.size());
        wide = wide || tensor.wide || link.alpha != 1;
        Product product{tensor.rows(), tensor.cols(), tensor.numbers};
        if (link.transposed) {
            std::swap(product.n_in, product.n_out);
            for (std::size_t i = 0; i < product.n_in; ++i)
                for (std::size_t j = 0; j < product.n_out; ++j)
                    product.kernel[i * product.n_out + j] = tensor.numbers[j * product.n_in + i];
        }
        for (double& weight : product.kernel) weight *= link.alpha;
        steps.emplace_back(std::move(product));
    }
    return fold(std::move(steps), wide ? Dtype::float64 : Dtype::float32);
}

}  // namespace undertone::exchange
