#include <memory>
#include <string>

#include "inputs.hpp"
#include "output.hpp"
#include "undertone/model.hpp"
#include "verb.hpp"

namespace undertone::app {

namespace {

struct InfoSettings {
    std::string model, format = "text";
};

template <class Pairs>
std::string option_lines(const Pairs& pairs) {
    std::string text;
    for (const auto& pair : pairs) text += "  " + padded(pair.first, 36) + " " + pair.second + "\n";
    return text;
}

template <class Pairs>
std::string json_pairs(const Pairs& pairs) {
    std::string text;
    for (const auto& pair : pairs)
        text += (text.empty() ? "" : ", ") + json_string(pair.first) + ": " + json_string(pair.second);
    return "{" + text + "}";
}

std::string dtype_text(Dtype dtype) { return dtype == Dtype::float32 ? "float32" : "float64"; }

std::string as_text(const Model& model, const std::string& path) {
    std::string text = path + "\nlabels:";
    for (const std::string& label : model.labels()) text += " " + label;
    text += "\nfeatures: " + model.features().name() + ", " +
            std::to_string(model.features().columns().size()) + " columns\n" +
            option_lines(model.features().options());
    text += std::string("scaler: ") + (model.scaler() ? "standard" : "none") + "\n";
    text += "framework: " + std::string(model.classifier().framework()) + ", " +
            dtype_text(model.classifier().dtype()) + "\n" + option_lines(model.classifier().options());
    if (model.calibration())
        text += "calibration: temperature " + shortest(model.calibration()->temperature) + "\n";
    return text + "record:\n" + option_lines(model.record());
}

std::string as_json(const Model& model, const std::string& path) {
    std::string labels;
    for (const std::string& label : model.labels())
        labels += (labels.empty() ? "" : ", ") + json_string(label);
    return "{\"model\": " + json_string(path) + ",\n \"labels\": [" + labels +
           "],\n \"features\": {\"name\": " + json_string(model.features().name()) +
           ", \"columns\": " + std::to_string(model.features().columns().size()) +
           ", \"options\": " + json_pairs(model.features().options()) +
           "},\n \"scaler\": " + (model.scaler() ? "\"standard\"" : "\"none\"") +
           ",\n \"framework\": {\"name\": " + json_string(model.classifier().framework()) +
           ", \"dtype\": " + json_string(dtype_text(model.classifier().dtype())) +
           ", \"options\": " + json_pairs(model.classifier().options()) + "},\n \"calibration\": " +
           (model.calibration() ? "{\"temperature\": " + shortest(model.calibration()->temperature) + "}"
                                : "null") +
           ",\n \"record\": " + json_pairs(model.record()) + "}\n";
}

}  // namespace

Action declare_info(CLI::App& app) {
    auto settings = std::make_shared<InfoSettings>();
    app.add_option("model", settings->model, "a model file")->required()->check(not_empty);
    app.add_option("--format", settings->format, "how it is written")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    app.footer(
        "Examples:\n  undertone info model.safetensors\n  undertone info --format json model.safetensors");
    return [settings] {
        const Model model = Model::load(settings->model);
        print(settings->format == "json" ? as_json(model, settings->model) : as_text(model, settings->model));
        return 0;
    };
}

}  // namespace undertone::app
