#include "framework/undertone_state.hpp"

#include <algorithm>
#include <string>

#include "framework/pooled_voice.hpp"
#include "framework/stored_values.hpp"
#include "nn/frames/training.hpp"
#include "undertone/error.hpp"

namespace undertone::nn {
namespace {

constexpr std::string_view kMoods = "pooling/moods";

std::string member_prefix(std::size_t member) { return "member_" + std::to_string(member + 1) + "/"; }

const std::vector<float>& values_of(const std::vector<Tensor>& tensors, const std::string& name,
                                    const std::vector<std::size_t>& shape) {
    const Tensor& tensor = stored_tensor(tensors, name);
    const std::vector<float>& values = float_values(tensor);
    if (tensor.shape != shape)
        throw Error(Errc::corrupt_data, name + " has a shape that does not fit the options");
    return values;
}

/// The fewest weights that a member of so many columns can have.
std::size_t least_weights(const SequenceNetworkOptions& options, std::size_t n_columns) {
    const auto of = [](int value) { return static_cast<std::size_t>(value); };
    const std::size_t channels = of(options.channels);
    const std::size_t block =
        options.separable ? of(options.kernel_size) + channels : of(options.kernel_size) * channels;
    return channels * (of(options.stem_kernel_size) * n_columns + options.dilations.size() * block +
                       2 * of(options.attention) + options.dilations.size() * 2 * of(options.squeeze) +
                       2 * of(options.embedding));
}

}  // namespace

std::vector<Tensor> tensors_of(const SequenceState& state) {
    std::vector<Tensor> tensors;
    for (std::size_t m = 0; m < state.members.size(); ++m)
        for (const Parameter<float>* parameter : state.members[m].parameters())
            tensors.push_back({member_prefix(m) + parameter->name, parameter->shape, parameter->values});
    for (std::size_t m = 0; m < state.moods.size(); ++m) {
        const Matrix<float>& moods = state.moods[m];
        tensors.push_back({member_prefix(m) + std::string(kMoods),
                           {moods.rows(), moods.cols()},
                           std::vector<float>(moods.values().begin(), moods.values().end())});
    }
    for (const ClipRegression* regression : {&state.of_clips, &state.by_voice})
        for (Tensor& tensor : regression->tensors()) tensors.push_back(std::move(tensor));
    return tensors;
}

SequenceState state_of(const SequenceNetworkOptions& options, const std::vector<Tensor>& tensors) {
    // Columns and classes are what the first and the last kernel say; all others must agree with the options.
    const Tensor& first = stored_tensor(tensors, member_prefix(0) + "stem/conv/kernel");
    const Tensor& last = stored_tensor(tensors, member_prefix(0) + "output/bias");
    if (first.shape.size() != 3 || last.shape.size() != 1 || first.shape[1] == 0 || last.shape[0] < 2)
        throw Error(Errc::corrupt_data, "the shapes of the first kernel and the last bias fit no network");
    const std::size_t n_columns = first.shape[1], n_classes = last.shape[0];
    const auto n_members = static_cast<std::size_t>(options.members);
    std::size_t n_values = 0;
    for (const Tensor& tensor : tensors) n_values += tensor.element_count();
    if (n_columns > n_values || n_classes > n_values ||
        least_weights(options, n_columns) > n_values / n_members)
        throw Error(Errc::corrupt_data, "the options ask for more weights than there are");

    SequenceState state;
    std::size_t n_used = 0;
    for (std::size_t m = 0; m < n_members; ++m) {
        RandomState random(0);
        SequenceNetwork<float>& member =
            state.members.emplace_back(build_network(options, n_columns, n_classes, random));
        for (Parameter<float>* parameter : member.parameters()) {
            parameter->values = values_of(tensors, member_prefix(m) + parameter->name, parameter->shape);
            ++n_used;
        }
    }
    for (ClipRegression* regression : {&state.of_clips, &state.by_voice})
        if (options.functionals > 0 && (regression == &state.of_clips || regression->among(tensors)))
            n_used += regression->take(tensors, n_classes);
    for (std::size_t m = 0; m < n_members && state.by_voice.fitted(); ++m) {
        const std::size_t n_pooled = pooled_mean(state.members[m]).size();
        const auto& values =
            values_of(tensors, member_prefix(m) + std::string(kMoods), {n_classes, n_pooled});
        Matrix<float>& moods = state.moods.emplace_back(n_classes, n_pooled);
        std::copy(values.begin(), values.end(), moods.data());
        ++n_used;
    }
    if (n_used != tensors.size()) throw Error(Errc::corrupt_data, "there are tensors that no layer has");
    return state;
}

}  // namespace undertone::nn
