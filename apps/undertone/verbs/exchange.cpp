#include "undertone/exchange.hpp"

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "options/inputs.hpp"
#include "options/models.hpp"
#include "os/file.hpp"
#include "output/output.hpp"
#include "undertone/error.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

struct ImportSettings {
    std::string input, output = "model.safetensors", format = "text";
    ImportOptions options;
};

struct ExportSettings {
    std::string model, output, to, format = "text";
};

std::string list_of(const std::vector<std::string>& words, bool json) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : json ? ", " : " ") + (json ? json_string(word) : one_line(word));
    return text;
}

/// @param note   of what the file has not; empty: nothing
void report(const std::string& format, const std::string& output, std::size_t n_bytes, const Model& model,
            const std::string& note = "") {
    const std::string size = std::to_string(n_bytes);
    const std::string columns = std::to_string(model.features().columns().size());
    if (format == "json") {
        print("{\"output\": " + json_string(output) + ", \"bytes\": " + size +
              ", \"features\": " + json_string(model.features().name()) + ", \"columns\": " + columns +
              ", \"labels\": [" + list_of(model.labels(), true) + "]" +
              (note.empty() ? "" : ", \"note\": " + json_string(note)) + "}\n");
        return;
    }
    print("features: " + model.features().name() + ", " + columns +
          " columns\nlabels: " + list_of(model.labels(), false) + "\nsaved: " + output + ", " + size +
          " bytes\n" + (note.empty() ? "" : "note: " + note + "\n"));
}

int import(const ImportSettings& settings) {
    check_writable(settings.output);
    check_other_file(settings.output, std::array{settings.input});
    const Model model = import_model(settings.input, settings.options);
    const std::string bytes = model.bytes();
    write_file(settings.output, bytes);
    report(settings.format, settings.output, bytes.size(), model);
    return 0;
}

int export_to(const ExportSettings& settings) {
    if (settings.to == "keras" && !settings.output.ends_with(".keras"))
        throw Error(Errc::invalid_argument,
                    "-o " + settings.output + ": Keras loads such a file only by a name that ends in .keras");
    check_writable(settings.output);
    const std::string path = model_file(settings.model);
    check_other_file(settings.output, std::array{path});
    const Model model = Model::load(path);
    std::string bytes;
    try {
        bytes = export_model(model, settings.to);
    } catch (const Error& error) {
        throw Error(error.code(), path + ": " + error.what());
    }
    write_file(settings.output, bytes);
    const bool heard_with_voices = model.per_speaker() && model.features().per_frame();
    report(settings.format, settings.output, bytes.size(), model,
           heard_with_voices
               ? "what compares a clip with its speaker's voice is left out: the file answers as "
                 "predict does without --enroll"
               : "");
    return 0;
}

void declare_format(const Arguments& app, std::string& format) {
    app.option("--format", format, "how what was done is told").one_of({"text", "json"}).shows_default();
}

}  // namespace

Action declare_import(const Arguments& app) {
    auto settings = std::make_shared<ImportSettings>();
    app.option("file", settings->input,
               "a pickle or joblib file of scikit-learn, .keras, .h5, a SavedModel folder, .onnx")
        .required()
        .check(not_empty);
    app.option("-o,--output", settings->output, "where the model goes").check(not_empty).shows_default();
    app.option("--features", settings->options.features,
               "what the network was trained on; librosa193 where it reads 193 numbers")
        .check(not_empty);
    app.option("--labels", settings->options.labels, "what its classes mean, in their order: angry,happy,...")
        .separated_by(',');
    declare_format(app, settings->format);
    app.footer(
        "Examples:\n  undertone import mlp_classifier.model\n"
        "  undertone import -o mine.safetensors --labels calm,happy,sad,angry network.keras");
    return [settings] { return import(*settings); };
}

Action declare_export(const Arguments& app) {
    auto settings = std::make_shared<ExportSettings>();
    app.option("model", settings->model, "a model file, or the name of a shipped model")
        .required()
        .check(not_empty);
    std::vector<std::string> formats;
    for (const ExchangeFormat& format : exchange_formats())
        if (format.writes) formats.emplace_back(format.name);
    app.option("--to", settings->to, "what it is written for").required().one_of(formats);
    app.option("-o,--output", settings->output, "where it goes").required().check(not_empty);
    declare_format(app, settings->format);
    app.footer(
        "Examples:\n  undertone export --to sklearn -o model.pkl model.safetensors\n"
        "  undertone export --to onnx -o model.onnx model.safetensors");
    return [settings] { return export_to(*settings); };
}

}  // namespace undertone::app
