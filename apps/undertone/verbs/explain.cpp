#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "options/answering_options.hpp"
#include "options/clip_part.hpp"
#include "options/drawing_options.hpp"
#include "options/field_flags.hpp"
#include "options/inputs.hpp"
#include "os/file.hpp"
#include "output/output.hpp"
#include "output/progress_bar.hpp"
#include "undertone/explanation.hpp"
#include "undertone/sound_plot.hpp"
#include "undertone/speech.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

constexpr std::size_t kShown = 6;  // of each kind of part, in the text

struct ExplainSettings {
    ClipPart part;
    std::string label;
    AnsweringOptions answering;
    ExplainOptions options;
    DrawingOptions drawing;
};

Clip read(const ExplainSettings& settings) {
    Clip clip = read_part(settings.part, settings.answering.limits);
    check_speech_rate(clip.sample_rate, settings.part.file);
    if (settings.answering.any_sound) return clip;
    const VoiceActivity activity = voice_activity(clip.samples, clip.sample_rate);
    if (activity != VoiceActivity::speech)
        throw Error(Errc::invalid_argument, settings.part.file + ": " + std::string(reason(activity)) +
                                                ": there is no answer to explain; --any-sound asks the "
                                                "model in any case");
    return clip;
}

std::string moment(const Explanation& explanation, double start_s, std::size_t index) {
    return fixed(start_s + explanation.edges_s[index], 2) + " - " +
           fixed(start_s + explanation.edges_s[index + 1], 2) + " s";
}

std::string with_sign(double value) { return (value < 0 ? "" : "+") + fixed(value, 3); }

// Those parts that did most, as a table.
std::string strongest(const std::string& head, const std::vector<std::string>& names,
                      const std::vector<Contribution>& contributions) {
    std::vector<std::size_t> order(names.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::abs(contributions[a].value) > std::abs(contributions[b].value);
    });
    order.resize(std::min(order.size(), kShown));
    std::vector<std::vector<std::string>> rows{{head, "adds", "error"}};
    for (const std::size_t i : order)
        rows.push_back({names[i], with_sign(contributions[i].value), fixed(contributions[i].error, 3)});
    return table(rows);
}

std::vector<Contribution> rows_of(const Decomposition& parts) {
    std::vector<Contribution> all;
    for (std::size_t i = 0; i < parts.rows.size(); ++i) all.push_back(parts.of_row(i));
    return all;
}

std::string text(const ExplainSettings& settings, const Explanation& explanation) {
    const Decomposition& parts = explanation.moments;
    std::string out = one_line(settings.part.file) + ": " + explanation.label + " " +
                      fixed(explanation.probability, 4) + "\n" + fixed(parts.baseline, 4) +
                      " with every part masked by " + parts.masked + "; the parts add " +
                      with_sign(parts.sum()) + " (Shapley values, sampled)\n\n";
    std::vector<std::string> moments;
    for (std::size_t i = 0; i < parts.rows.size(); ++i)
        moments.push_back(moment(explanation, settings.part.start_s(), i));
    out += strongest("moment", moments, rows_of(parts));
    if (parts.columns.size() > 1) {
        std::vector<Contribution> groups;
        for (std::size_t c = 0; c < parts.columns.size(); ++c) groups.push_back(parts.of_column(c));
        out += "\n" + strongest("bands", parts.columns, groups);
    }
    if (explanation.features)
        out += "\n" + fixed(explanation.features->baseline, 4) + " with every feature masked by " +
               explanation.features->masked + "; they add " + with_sign(explanation.features->sum()) + "\n" +
               strongest("feature", explanation.features->rows, rows_of(*explanation.features));
    return out;
}

Json parts_json(const Decomposition& parts) {
    Json values = Json::list(), errors = Json::list();
    for (std::size_t r = 0; r < parts.rows.size(); ++r) {
        values.push_back(std::vector<double>(parts.values.row(r).begin(), parts.values.row(r).end()));
        errors.push_back(std::vector<double>(parts.errors.row(r).begin(), parts.errors.row(r).end()));
    }
    return {{"baseline", parts.baseline}, {"masked", parts.masked}, {"rows", parts.rows},
            {"columns", parts.columns},   {"values", values},       {"errors", errors}};
}

Json json(const ExplainSettings& settings, const Explanation& explanation, const std::string& picture) {
    Json edges = Json::list();
    for (const double edge : explanation.edges_s) edges.push_back(settings.part.start_s() + edge);
    Json json{{"file", settings.part.file},
              {"label", explanation.label},
              {"probability", explanation.probability},
              {"method", "shapley"},
              {"edges_s", edges},
              {"moments", parts_json(explanation.moments)}};
    if (explanation.features) json["features"] = parts_json(*explanation.features);
    if (!picture.empty()) json["picture"] = picture;
    return json;
}

int explain_one(const ExplainSettings& settings) {
    const std::string& path = settings.drawing.output;
    if (!path.empty()) {
        static_cast<void>(plot::format_of(path));
        check_writable(path);
    } else if (settings.drawing.style.width != plot::Style{}.width ||
               settings.drawing.style.dpi != plot::Style{}.dpi || settings.drawing.style.dark) {
        throw Error(Errc::invalid_argument,
                    "--width, --dpi and --dark: are of the picture, and -o names none");
    }
    const Model model = load_model(settings.answering);
    const std::optional<SpeakerVoice> voice = voice_of(model, settings.answering, 0);
    const Clip clip = read(settings);
    const Explanation explanation = [&] {
        ProgressBar bar("explaining", settings.answering.quiet);
        return explain(model, clip, settings.label, voice ? &*voice : nullptr, settings.options,
                       bar.callback());
    }();
    if (!path.empty()) {
        const std::string name = settings.part.name();
        const plot::Figure figure =
            plot::explanation_figure(clip, explanation, model.features(), name, settings.part.start_s());
        write_file(path, drawn(figure, settings.drawing.style, plot::format_of(path)));
    }
    if (settings.drawing.format == "json")
        print(format_json(json(settings, explanation, path), 2) + "\n");
    else
        print(text(settings, explanation) + (path.empty() ? "" : "\npicture saved: " + path + "\n"));
    return 0;
}

}  // namespace

Action declare_explain(const Arguments& app) {
    auto settings = std::make_shared<ExplainSettings>();
    app.option("file", settings->part.file, "a recording, or - for standard input")
        .required()
        .check(not_empty);
    declare_answering(app, settings->answering);
    app.option("--label", settings->label, "what is explained instead of the model's answer")
        .check(not_empty);
    declare_part(app, settings->part);
    declare_drawing(app, settings->drawing);
    declare_fields(app, settings->options, "How the answer is taken apart");
    app.footer(
        "Examples:\n"
        "  undertone explain clip.wav                      which moments and bands spoke for the answer\n"
        "  undertone explain clip.wav -o why.png           and the same drawn over the mel picture\n"
        "  undertone explain -m emodb --label sad clip.wav\n"
        "  undertone explain clip.wav --n-draws 200        smaller errors");
    return [settings] { return explain_one(*settings); };
}

}  // namespace undertone::app
