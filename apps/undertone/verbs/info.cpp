#include <memory>
#include <string>
#include <vector>

#include "options/inputs.hpp"
#include "options/models.hpp"
#include "output/output.hpp"
#include "undertone/model.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

struct InfoSettings {
    std::string model, format = "text";
};

template <class Pairs>
std::string option_lines(const Pairs& pairs) {
    std::string text;
    for (const auto& pair : pairs)
        text += "  " + padded(one_line(pair.first), 36) + " " + one_line(pair.second) + "\n";
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
    for (const std::string& label : model.labels()) text += " " + one_line(label);
    text += "\nfeatures: " + model.features().name() + ", " +
            std::to_string(model.features().columns().size()) + " columns\n" +
            option_lines(model.features().options());
    text += std::string("scaler: ") + (model.scaler() ? "standard" : "none") + "\n";
    text += "framework: " + std::string(model.classifier().framework()) + ", " +
            dtype_text(model.classifier().dtype()) +
            (model.half_precision() ? ", weights of half precision\n" : "\n") +
            option_lines(model.classifier().options());
    if (model.calibration())
        text += "calibration: temperature " + shortest(model.calibration()->temperature) + "\n";
    if (model.per_speaker())
        text += model.features().per_frame()
                    ? "voices: clips are heard against their speaker's where predict --enroll tells it\n"
                    : "voices: clips are heard against their speaker's, which predict --enroll tells\n";
    return text + "record:\n" + option_lines(model.record());
}

std::string json_list(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + json_string(word);
    return text;
}

std::string as_json(const Model& model, const std::string& path) {
    return "{\"model\": " + json_string(path) + ",\n \"labels\": [" + json_list(model.labels()) +
           "],\n \"features\": {\"name\": " + json_string(model.features().name()) +
           ", \"columns\": " + std::to_string(model.features().columns().size()) +
           ", \"options\": " + json_pairs(model.features().options()) +
           "},\n \"scaler\": " + (model.scaler() ? "\"standard\"" : "\"none\"") +
           ",\n \"framework\": {\"name\": " + json_string(model.classifier().framework()) +
           ", \"dtype\": " + json_string(dtype_text(model.classifier().dtype())) +
           ", \"half_precision\": " + (model.half_precision() ? "true" : "false") +
           ", \"per_speaker\": " + (model.per_speaker() ? "true" : "false") +
           ", \"options\": " + json_pairs(model.classifier().options()) + "},\n \"calibration\": " +
           (model.calibration() ? "{\"temperature\": " + shortest(model.calibration()->temperature) + "}"
                                : "null") +
           ",\n \"record\": " + json_pairs(model.record()) + "}\n";
}

std::string recorded(const Model& model, const std::string& name) {
    for (const auto& [key, value] : model.record())
        if (key == name) return value;
    return "";
}

// One model that came with the program a line.
std::string shipped(bool json) {
    std::string text;
    for (const std::string& name : shipped_models()) {
        const std::string path = model_file(shipped_folder("models") + "/" + name + ".safetensors");
        const Model model = Model::load(path);
        if (json) {
            text += text.empty() ? "{\"model\": " : ",\n {\"model\": ";
            text += json_string(name) + ", \"file\": " + json_string(path);
            text += ", \"labels\": [" + json_list(model.labels()) + "]}";
            continue;
        }
        text += padded(name, 10) + "  ";
        for (const std::string& label : model.labels()) text += one_line(label) + " ";
        const std::string corpus = recorded(model, "corpus");
        if (!corpus.empty()) text += " (" + one_line(corpus) + ")";
        text += "\n";
    }
    if (json) return "[" + text + "]\n";
    return text.empty() ? "no model came with undertone: " + shipped_folder("models") + " has none\n" : text;
}

}  // namespace

Action declare_info(const Arguments& app) {
    auto settings = std::make_shared<InfoSettings>();
    app.option("model", settings->model,
               "a model file, or the name of a shipped model; without it, what was shipped")
        .check(not_empty);
    app.option("--format", settings->format, "how it is written").one_of({"text", "json"}).shows_default();
    app.footer(
        "Examples:\n  undertone info\n  undertone info ravdess\n"
        "  undertone info --format json model.safetensors");
    return [settings] {
        const bool json = settings->format == "json";
        if (settings->model.empty()) {
            print(shipped(json));
            return 0;
        }
        const std::string path = model_file(settings->model);
        const Model model = Model::load(path);
        print(json ? as_json(model, path) : as_text(model, path));
        return 0;
    };
}

}  // namespace undertone::app
