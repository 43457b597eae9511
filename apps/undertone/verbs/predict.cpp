#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "interrupt.hpp"
#include "options/answering_options.hpp"
#include "options/inputs.hpp"
#include "options/models.hpp"
#include "output/output.hpp"
#include "output/progress_bar.hpp"
#include "output/training_report.hpp"
#include "undertone/extraction.hpp"
#include "undertone/model.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

struct PredictSettings {
    std::string format = "text";
    AnsweringOptions answering;
    std::size_t top = 0, n_threads = 0;  // top 0: not given
    double abstain = 0;
    std::vector<std::string> files;
};

// Writes the results one by one, in the format asked for.
class Writer {
public:
    Writer(const PredictSettings& settings, const std::vector<std::string>& labels)
        : settings_(settings), labels_(labels) {
        if (!settings.answering.any_sound) width_ = name(VoiceActivity::silence).size();
        if (settings.abstain > 0) width_ = std::max(width_, std::string_view("unsure").size());
        for (const std::string& label : labels) width_ = std::max(width_, label.size());
        if (settings.format == "json") print("[");
        if (settings.format != "csv") return;
        std::string line = "file,label,probability";
        n_csv_columns_ =
            3 + (settings.top == 0 ? labels.size() : 2 * (std::min(settings.top, labels.size()) - 1));
        if (settings.top == 0)
            for (const std::string& label : labels) line += "," + csv_field(label);
        for (std::size_t rank = 2; rank <= std::min(settings.top, labels.size()); ++rank)
            line += ",label_" + std::to_string(rank) + ",probability_" + std::to_string(rank);
        print(line + "\n");
    }

    void result(const std::string& file, const Prediction& prediction) {
        if (settings_.format == "json")
            item("{\"file\": " + json_string(file) + ", \"label\": " + json_string(answer(prediction)) +
                 ", \"probability\": " + nine_digits(prediction.probability) + ", \"probabilities\": {" +
                 probabilities(prediction) + "}}");
        else if (settings_.format == "csv")
            print(csv_line(file, prediction));
        else
            print(text_line(file, prediction));
    }

    // Nobody speaks: no label, and no probability of one.
    void no_speech(const std::string& file, VoiceActivity activity) {
        const std::string word(name(activity));
        if (settings_.format == "json")
            item("{\"file\": " + json_string(file) + ", \"label\": null, \"reason\": " + json_string(word) +
                 ", \"detail\": " + json_string(reason(activity)) + "}");
        else if (settings_.format == "csv")
            print(csv_field(file) + "," + word + std::string(n_csv_columns_ - 2, ',') + "\n");
        else
            print(padded(word, width_) + std::string(10, ' ') + one_line(file) + "\n");
    }

    void failed(const std::string& file, const std::string& message) {
        if (settings_.format == "json")
            item("{\"file\": " + json_string(file) + ", \"error\": " + json_string(message) + "}");
    }

    void end() {
        if (settings_.format == "json") print("\n]\n");
    }

private:
    std::string answer(const Prediction& prediction) const {
        return std::string(prediction.label_or_unsure(settings_.abstain));
    }

    void item(const std::string& object) {
        print((first_ ? "\n" : ",\n") + object);
        first_ = false;
    }

    // The labels to write: those asked for by --top, the most probable first, else all as the model has them.
    std::vector<std::size_t> chosen(const Prediction& prediction, std::size_t top) const {
        std::vector<std::size_t> order(labels_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        if (top == 0) return order;
        const std::vector<double>& p = prediction.probabilities;
        std::stable_sort(order.begin(), order.end(),
                         [&p](std::size_t a, std::size_t b) { return p[a] > p[b]; });
        order.resize(std::min(order.size(), top));
        return order;
    }

    std::string probabilities(const Prediction& prediction) const {
        std::string text;
        for (const std::size_t i : chosen(prediction, settings_.top))
            text += (text.empty() ? "" : ", ") + json_string(labels_[i]) + ": " +
                    nine_digits(prediction.probabilities[i]);
        return text;
    }

    std::string csv_line(const std::string& file, const Prediction& prediction) const {
        std::string line = csv_field(file);
        if (settings_.top == 0)
            line += "," + csv_field(answer(prediction)) + "," + nine_digits(prediction.probability);
        bool first = true;
        for (const std::size_t i : chosen(prediction, settings_.top)) {
            if (settings_.top != 0) line += "," + csv_field(first ? answer(prediction) : labels_[i]);
            line += "," + nine_digits(prediction.probabilities[i]);
            first = false;
        }
        return line + "\n";
    }

    std::string text_line(const std::string& file, const Prediction& prediction) const {
        std::string line;
        const bool unsure = answer(prediction) != prediction.label;
        if (unsure && settings_.top > 0) line = padded(answer(prediction), width_) + "  ";
        for (const std::size_t i : chosen(prediction, std::max<std::size_t>(settings_.top, 1)))
            line += padded(unsure && settings_.top == 0 ? answer(prediction) : labels_[i], width_) + "  " +
                    fixed(prediction.probabilities[i], 4) + "  ";
        return line + one_line(file) + "\n";
    }

    const PredictSettings& settings_;
    const std::vector<std::string>& labels_;
    std::size_t width_ = 0, n_csv_columns_ = 0;
    bool first_ = true;
};

int predict(const PredictSettings& settings) {
    const Model model = load_model(settings.answering);
    const std::optional<SpeakerVoice> voice = voice_of(model, settings.answering, settings.n_threads);
    const std::vector<std::string> files = input_files(settings.files);
    Writer writer(settings, model.labels());
    std::size_t n_failed = 0;
    Errc code{};
    const SpeechOptions speech;
    {
        ProgressBar bar("predicting", settings.answering.quiet || shows_results());
        extract_files(
            model.features(), files, settings.n_threads,
            [&](std::size_t index, FileFeatures&& file) {
                std::optional<Prediction> prediction;
                const bool speaks = file.activity == VoiceActivity::speech;
                if (!file.error && speaks) try {
                        prediction = voice ? model.predict(file.values, *voice) : model.predict(file.values);
                    } catch (const Error& error) {
                        file.error = error;
                    }
                if (prediction) {
                    writer.result(file.path, *prediction);
                } else if (!speaks) {
                    writer.no_speech(file.path, file.activity);
                } else if (!interrupted()) {
                    ++n_failed;
                    code = file.error->code();
                    writer.failed(file.path, failure(file));
                    bar.clear();
                    complain(failure(file));
                }
                return bar.step({index + 1, files.size(), 0});
            },
            settings.answering.any_sound ? nullptr : &speech, settings.answering.limits);
    }
    writer.end();
    if (n_failed == 0) return 0;
    if (files.size() == 1) return exit_code(code);
    complain(std::to_string(n_failed) + " of " + std::to_string(files.size()) + " files failed");
    return 1;
}

}  // namespace

Action declare_predict(const Arguments& app) {
    auto settings = std::make_shared<PredictSettings>();
    declare_answering(app, settings->answering);
    app.option("--format", settings->format, "how results are written")
        .one_of({"text", "json", "csv"})
        .shows_default();
    app.option("--top", settings->top,
               "so many labels a file, the most probable first; without it text has one, json and csv all")
        .range(1, 1'000'000);
    app.option("--abstain", settings->abstain,
               "say unsure where the most probable label has less than this; 0 ... 1")
        .between(0, 1)
        .check(not_nan)
        .shows_default();
    app.option("--threads", settings->n_threads, "0: one a core").range(0, 1024).shows_default();
    app.option("files", settings->files, "recordings, folders of them, - for standard input")
        .required()
        .check(not_empty);
    app.footer(
        "Examples:\n"
        "  undertone predict clip.wav\n"
        "  undertone predict -m my.safetensors --top 3 recordings/\n"
        "  undertone predict -m emodb --abstain 0.5 clip.wav\n"
        "  arecord -d 4 -f cd | undertone predict --format json -");
    return [settings] { return predict(*settings); };
}

}  // namespace undertone::app
