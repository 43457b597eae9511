#include <memory>
#include <string>

#include "options/inputs.hpp"
#include "options/models.hpp"
#include "os/file.hpp"
#include "output/output.hpp"
#include "undertone/model.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

struct HalveSettings {
    std::string model, output, format = "text";
};

int halve(const HalveSettings& settings) {
    check_writable(settings.output);
    const std::string path = model_file(settings.model);
    const std::string before = read_file(path);
    Model model = Model::parse(before, path);
    if (!model.half_precision()) {
        try {
            model.halve();
        } catch (const Error& error) {
            throw Error(error.code(), path + ": " + error.what());
        }
        Model::Record record = model.record();
        record.emplace_back("weights", "rounded to half precision after the test");
        model.set_record(std::move(record));
    }
    const std::string after = model.bytes();
    write_file(settings.output, after);
    if (settings.format == "json") {
        print("{\"model\": " + json_string(settings.output) + ", \"bytes\": " + std::to_string(after.size()) +
              ", \"bytes_before\": " + std::to_string(before.size()) + "}\n");
        return 0;
    }
    print("model saved: " + settings.output + ", " + std::to_string(after.size()) + " bytes of " +
          std::to_string(before.size()) + "\n");
    return 0;
}

}  // namespace

Action declare_halve(const Arguments& app) {
    auto settings = std::make_shared<HalveSettings>();
    app.option("model", settings->model, "a model file of a float32 network").required().check(not_empty);
    app.option("-o,--output", settings->output, "where the model goes").required().check(not_empty);
    app.option("--format", settings->format, "how what was done is told")
        .one_of({"text", "json"})
        .shows_default();
    app.footer("Examples:\n  undertone halve -o small.safetensors model.safetensors");
    return [settings] { return halve(*settings); };
}

}  // namespace undertone::app
