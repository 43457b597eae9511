#include "exchange/frame_graph.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace undertone::exchange {
namespace {

std::size_t channels_of(const FrameStep& step, const std::vector<FrameStep>& before) {
    const auto of = [&](std::size_t input) { return before[step.inputs[input]].n_channels; };
    switch (step.op) {
        case FrameOp::mean_channels:
        case FrameOp::most_channels:
            return 1;
        case FrameOp::take_channels:
            return step.sizes.size();
        case FrameOp::products:
            return of(0) * of(1);
        case FrameOp::take_time:
            return of(0);
        case FrameOp::concatenate: {
            std::size_t sum = 0;
            for (std::size_t i = 0; i < step.inputs.size(); ++i) sum += of(i);
            return sum;
        }
        case FrameOp::dense:
        case FrameOp::conv1d:
            return step.weights.front().shape.back();
        default:
            break;
    }
    std::size_t most = 0;
    for (std::size_t i = 0; i < step.inputs.size(); ++i) most = std::max(most, of(i));
    return most;
}

}  // namespace

std::size_t FrameGraph::add(FrameStep step) {
    if (step.op != FrameOp::input) {
        step.n_channels = channels_of(step, steps);
        step.wide =
            step.op == FrameOp::widen || (step.op != FrameOp::narrow && steps[step.inputs.front()].wide);
    }
    if (step.name.empty())
        for (std::size_t i = 0; i < steps.size(); ++i)
            if (steps[i].name.empty() && steps[i].op == step.op && steps[i].inputs == step.inputs &&
                std::equal_to<>()(steps[i].number, step.number) && steps[i].sizes == step.sizes)
                return i;
    steps.push_back(std::move(step));
    return steps.size() - 1;
}

void FrameGraph::end_with(std::size_t result) {
    std::vector<bool> used(steps.size());
    used[0] = used[result] = true;
    for (std::size_t i = result; i > 0; --i)
        for (const std::size_t input : steps[i].inputs)
            if (used[i]) used[input] = true;
    std::vector<std::size_t> place(steps.size());
    std::vector<FrameStep> kept;
    for (std::size_t i = 0; i <= result; ++i) {
        if (!used[i]) continue;
        for (std::size_t& input : steps[i].inputs) input = place[input];
        place[i] = kept.size();
        kept.push_back(std::move(steps[i]));
    }
    steps = std::move(kept);
}

FrameValue FrameValue::then(FrameOp op, double number) const {
    return {*graph_, graph_->add({.op = op, .inputs = {step_}, .number = number})};
}

FrameValue FrameValue::then(FrameOp op, const FrameValue& other) const {
    return {*graph_, graph_->add({.op = op, .inputs = {step_, other.step_}})};
}

FrameValue FrameValue::layer(FrameOp op, std::string name, std::vector<Tensor> weights,
                             std::vector<std::size_t> sizes, double number) const {
    return {*graph_, graph_->add({.op = op,
                                  .inputs = {step_},
                                  .number = number,
                                  .sizes = std::move(sizes),
                                  .weights = std::move(weights),
                                  .name = std::move(name)})};
}

FrameValue FrameValue::joined(const std::vector<FrameValue>& values) {
    FrameStep step{.op = FrameOp::concatenate};
    for (const FrameValue& value : values) step.inputs.push_back(value.step_);
    FrameGraph& graph = *values.front().graph_;
    return {graph, graph.add(std::move(step))};
}

FrameValue FrameValue::padded(std::size_t before, std::size_t behind) const {
    if (before + behind == 0) return *this;
    return layer(FrameOp::pad_time, {}, {}, {before, behind});
}

FrameValue FrameValue::channels(std::vector<std::size_t> which) const {
    if (which == counted(0, n_channels())) return *this;
    return layer(FrameOp::take_channels, {}, {}, std::move(which));
}

FrameValue FrameValue::wide() const { return graph_->steps[step_].wide ? *this : then(FrameOp::widen); }

FrameValue FrameValue::single() const { return graph_->steps[step_].wide ? then(FrameOp::narrow) : *this; }

FrameValue FrameValue::later(std::size_t n_frames) const {
    return padded(0, n_frames).layer(FrameOp::crop_time, {}, {}, {n_frames, 0});
}

FrameValue FrameValue::times() const {
    return channels({0}).wide().then(FrameOp::ones).then(FrameOp::running_sum) - 1;
}

std::vector<std::size_t> counted(std::size_t from, std::size_t end) {
    std::vector<std::size_t> all(end - from);
    std::iota(all.begin(), all.end(), from);
    return all;
}

}  // namespace undertone::exchange
