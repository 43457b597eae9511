#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "undertone/classifier.hpp"
#include "undertone/fields.hpp"

namespace undertone::nn {

using OptionTexts = std::map<std::string, std::string>;

/// One row of the table of frameworks, behind the functions of undertone/classifier.hpp.
struct Framework {
    std::string_view name;
    std::unique_ptr<Classifier> (*make)(Dtype dtype, const OptionTexts& options);
    std::unique_ptr<Classifier> (*load)(Dtype dtype, const OptionTexts& options,
                                        const std::vector<Tensor>& tensors);
    std::vector<OptionHelp> (*options)();
    bool takes_frames = false;
    std::string_view default_features = "librosa193";
};

/// Options from their texts; what is missing keeps its default.
/// @throws Error invalid_argument  an unknown name or a bad value
template <class Options>
[[nodiscard]] Options options_from(const OptionTexts& texts) {
    Options options;
    for (const auto& [name, text] : texts) set_field(options, name, text);
    return options;
}

/// Options as texts, in the order of their table.
template <class Options>
[[nodiscard]] std::vector<std::pair<std::string, std::string>> option_texts(const Options& options) {
    std::vector<std::pair<std::string, std::string>> texts;
    for_each_field<Options>(
        [&](const auto& field) { texts.emplace_back(field.name, field_text(options, field)); });
    return texts;
}

/// The table of an options struct as help.
template <class Options>
[[nodiscard]] std::vector<OptionHelp> option_help() {
    std::vector<OptionHelp> help;
    for_each_field<Options>([&](const auto& field) {
        help.push_back({std::string(field.name), field_text(Options{}, field), std::string(field.unit),
                        field_rule(field), std::string(field.help)});
    });
    return help;
}

}  // namespace undertone::nn
