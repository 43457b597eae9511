#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "options/clip_options.hpp"
#include "options/framework_flags.hpp"
#include "options/idle_options.hpp"
#include "options/inputs.hpp"
#include "options/models.hpp"
#include "os/file.hpp"
#include "output/evaluation_report.hpp"
#include "output/output.hpp"
#include "output/progress_bar.hpp"
#include "output/training_report.hpp"
#include "run/run_folder.hpp"
#include "run/run_journal.hpp"
#include "undertone/corpus.hpp"
#include "undertone/error.hpp"
#include "undertone/evaluation.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

struct EvaluateSettings {
    std::shared_ptr<FrameworkSettings> framework = std::make_shared<FrameworkSettings>();
    std::string folds = "speaker", format = "text", model, output, test_style;
    std::size_t n_seeds = 1;
    bool importance = false;
    ClipOptions clips;
    ResumeOptions resume;
};

eval::EvaluationOptions evaluation_options(const EvaluateSettings& settings) {
    eval::EvaluationOptions options;
    options.train = framework_train_options(*settings.framework);
    check_idle_options(*settings.framework, options.train);
    options.seeds.clear();
    for (std::size_t i = 0; i < settings.n_seeds; ++i)
        options.seeds.push_back(settings.framework->random_state + static_cast<std::uint32_t>(i));
    options.n_threads = settings.clips.n_threads;
    return options;
}

Json options_json(const EvaluateSettings& settings, const eval::EvaluationOptions& options,
                  const FeatureSet& features) {
    Json json{{"features", features.name()}, {"feature_options", features.options()}};
    if (!settings.model.empty()) {
        json["model"] = settings.model;
        json["labels"] = settings.clips.corpus.labels;
        return json;
    }
    std::map<std::string, std::string> framework = options.train.framework_options;
    framework.erase("random_state");  // it is that of each seed
    json["framework"] = options.train.framework;
    json["dtype"] = options.train.dtype == Dtype::float32 ? "float32" : "float64";
    json["framework_options"] = framework;
    json["scaler"] = options.train.standardise ? "standard" : "none";
    json["calibrate"] = settings.framework->calibrate;
    json["normalise"] = settings.clips.normalise;
    if (!settings.test_style.empty()) json["test_style"] = settings.test_style;
    json["labels"] = settings.clips.corpus.labels;
    json["random_state"] = settings.framework->random_state;
    json["seeds"] = options.seeds;
    if (settings.importance) json["importance"] = options.importance.n_repeats;
    return json;
}

Json head_json(const EvaluateSettings& settings, const eval::EvaluationOptions& options, const Clips& read,
               const FeatureSet& features) {
    return {{"undertone", UNDERTONE_VERSION},
            {"format", 1},
            {"verb", "evaluate"},
            {"command", command_json(remembered_command())},
            {"corpus", clips_json(read)},
            {"options", options_json(settings, options, features)}};
}

// An evaluation and the folder within the run that it has, where there are several.
struct Part {
    std::string folder;
    const eval::Evaluation* evaluation;
};

// Where the results go, where they were asked for.
using Place = std::optional<RunFolder>;

void write_run(Place& place, const Json& head, const Json& whole, const Dataset& dataset,
               const std::vector<Part>& parts, const eval::BootstrapOptions& bootstrap,
               const std::optional<Json>& importance = std::nullopt) {
    if (!place) return;
    RunFolder& run = *place;
    run.write("run.json", format_json(whole, 2) + "\n");
    for (const Part& part : parts) {
        if (!part.folder.empty()) {
            Json json = head;
            json.update(evaluation_json(dataset, *part.evaluation, bootstrap));
            run.write(part.folder + "run.json", format_json(json, 2) + "\n");
        }
        run.write(part.folder + "predictions.csv", predictions_csv(dataset, *part.evaluation));
        run.write(part.folder + "curves.csv", curves_csv(*part.evaluation));
        if (importance) run.write(part.folder + "importance.json", format_json(*importance, 2) + "\n");
    }
    run.commit();
}

std::string folder_name(std::string text) {
    for (char& c : text)
        if (c == ':' || c == '/' || c == ' ') c = '-';
    return text + "/";
}

void say(const EvaluateSettings& settings, const std::string& text, const Json& json) {
    print(settings.format == "json" ? format_json(json, 2) + "\n" : text);
    if (settings.format == "text" && !settings.output.empty()) print("run saved: " + settings.output + "\n");
}

eval::FoldPlan plan_of(const EvaluateSettings& settings, const Dataset& dataset) {
    if (settings.folds.rfind("file:", 0) == 0) {
        const std::string path = settings.folds.substr(5);
        return eval::plan_folds(dataset, read_file(path), path);
    }
    eval::ProtocolOptions protocol = eval::parse_protocol(settings.folds);
    protocol.random_state = settings.framework->random_state;
    return eval::plan_folds(dataset, protocol);
}

std::string losses(const eval::Evaluation& evaluation) {
    std::vector<History> histories;
    for (const eval::FoldResult& result : evaluation.results) histories.push_back(result.history);
    return loss_line(histories);
}

int evaluate_one(const EvaluateSettings& settings, const eval::EvaluationOptions& options, const Clips& read,
                 const Json& head, Place& place) {
    eval::FoldPlan plan = plan_of(settings, read.dataset);
    if (!settings.test_style.empty()) eval::test_only(plan, read.dataset, settings.test_style);
    note_normalised(settings.clips.normalise, plan);
    const eval::Evaluation evaluation = [&] {
        ProgressBar bar("training", settings.clips.quiet);
        return eval::evaluate(read.dataset, plan, options, bar.callback());
    }();
    Json json = head;
    json.update(evaluation_json(read.dataset, evaluation, options.bootstrap));
    std::optional<Json> importance;
    if (settings.importance) json["importance"] = *(importance = importance_json(evaluation, options));
    write_run(place, head, json, read.dataset, {{"", &evaluation}}, options.bootstrap, importance);
    const std::string text =
        summary(read.corpus, read.dataset) + "folds: " + plan.protocol + ", " +
        std::to_string(plan.folds.size()) + " folds, " + std::to_string(plan.overlap.n_tested) +
        " clips tested" +
        (plan.overlap.speakers_known && plan.overlap.of_speakers == 0 && plan.overlap.of_duplicates == 0
             ? "; no speaker and no recording is in training and in test"
             : "") +
        "\n" + evaluation_text(read.dataset, evaluation, options.bootstrap) +
        (importance ? "\n" + importance_text(*importance) : "") +
        (shows_results() ? "\n" + losses(evaluation) : "");
    say(settings, text, json);
    return code_of_batch(read.dataset);
}

int evaluate_inflation(const EvaluateSettings& settings, const eval::EvaluationOptions& options, Clips read,
                       const Json& head, Place& place) {
    read.dataset = eval::with_labels(read.dataset, eval::shared_labels(read.dataset));
    const eval::Inflation inflation = [&] {
        ProgressBar bar("training", settings.clips.quiet);
        return eval::inflation(read.dataset, options, settings.framework->random_state, bar.callback());
    }();
    Json json = head;
    json["folds"] = "inflation";
    json["left_out"] = inflation.left_out;
    json["rows"] = Json::list();
    std::vector<Part> parts;
    for (const eval::Evaluation& row : inflation.rows) {
        json["rows"].push_back(evaluation_json(read.dataset, row, options.bootstrap));
        parts.push_back({folder_name(row.plan.protocol), &row});
    }
    write_run(place, head, json, read.dataset, parts, options.bootstrap);
    say(settings,
        summary(read.corpus, read.dataset) + normalise_note(settings.clips.normalise) +
            inflation_text(inflation),
        json);
    return code_of_batch(read.dataset);
}

int evaluate_matrix(const EvaluateSettings& settings, const eval::EvaluationOptions& options,
                    const Clips& read, const Json& head, Place& place) {
    const eval::CrossCorpus matrix = [&] {
        ProgressBar bar("training", settings.clips.quiet);
        return eval::cross_corpus(read.dataset, options, settings.framework->random_state, bar.callback());
    }();
    const Dataset dataset = eval::with_labels(read.dataset, matrix.labels);
    Json json = head;
    json["folds"] = "matrix";
    json["corpora"] = matrix.corpora;
    json["cells"] = Json::list();
    std::vector<Part> parts;
    for (std::size_t trained = 0; trained < matrix.corpora.size(); ++trained)
        for (std::size_t tested = 0; tested < matrix.corpora.size(); ++tested) {
            const eval::Evaluation& cell = matrix.cell(trained, tested);
            Json one{{"trained", matrix.corpora[trained]}, {"tested", matrix.corpora[tested]}};
            one.update(evaluation_json(dataset, cell, options.bootstrap));
            json["cells"].push_back(std::move(one));
            parts.push_back({folder_name(matrix.corpora[trained] + "-" + matrix.corpora[tested]), &cell});
        }
    write_run(place, head, json, dataset, parts, options.bootstrap);
    say(settings,
        summary(read.corpus, read.dataset) + normalise_note(settings.clips.normalise) +
            cross_corpus_text(matrix),
        json);
    return code_of_batch(read.dataset);
}

int evaluate_model(const EvaluateSettings& settings, Place& place) {
    const Model model = Model::load(model_file(settings.model));
    if (settings.clips.normalise == "speaker" && model.features().per_frame() && !model.per_speaker())
        throw Error(Errc::invalid_argument, settings.model +
                                                ": was not trained by speaker, so that --normalise speaker "
                                                "changes nothing: leave it out");
    const Clips read = read_clips(settings.clips, model.features());
    const eval::EvaluationOptions options;
    const std::vector<std::string> known = eval::corpora_trained_on(model, read.dataset);
    eval::Evaluation evaluation = eval::evaluate(model, read.dataset, options.bootstrap);
    std::string warning;
    for (const std::string& corpus : known) warning += (warning.empty() ? "" : ", ") + corpus;
    if (!warning.empty()) {
        warning =
            "the model was trained on " + warning +
            ": clips or speakers of its training may be among those tested, so these figures are no test";
        evaluation.plan.notes.push_back(warning);
        complain("WARNING: " + warning);
    }
    if (model.per_speaker() && (read.dataset.per_speaker || !read.dataset.per_frame()))
        evaluation.plan.notes.emplace_back(
            "the model hears clips against their speakers' voices: each speaker's clips, tested ones too, "
            "were brought to that speaker's own mean and deviation");
    else
        note_normalised(settings.clips.normalise, evaluation.plan);
    Json json = head_json(settings, options, read, model.features());
    json.update(evaluation_json(read.dataset, evaluation, options.bootstrap));
    write_run(place, json, json, read.dataset, {{"", &evaluation}}, options.bootstrap);
    say(settings,
        summary(read.corpus, read.dataset) + "model: " + settings.model + "\n" +
            evaluation_text(read.dataset, evaluation, options.bootstrap),
        json);
    return code_of_batch(read.dataset);
}

// Says before the work that folds cannot be made.
void check_folds(const std::string& folds) {
    if (folds == "inflation" || folds == "matrix") return;
    if (folds.rfind("file:", 0) == 0) {
        static_cast<void>(read_file(folds.substr(5)));
        return;
    }
    try {
        static_cast<void>(eval::parse_protocol(folds));
    } catch (const Error& error) {
        throw Error(error.code(), std::string(error.what()) + "; or file:FOLDS.json, inflation, matrix");
    }
}

int evaluate_verb(const EvaluateSettings& settings) {
    if (!settings.resume.run.empty()) return resume(settings.resume.run);
    require_places(settings.clips);
    if (settings.model.empty()) check_folds(settings.folds);
    if (!settings.test_style.empty() && (settings.folds == "inflation" || settings.folds == "matrix"))
        throw Error(Errc::invalid_argument,
                    "--test-style: is for one way of folds, not for " + settings.folds);
    if (settings.importance && (settings.folds == "inflation" || settings.folds == "matrix"))
        throw Error(Errc::invalid_argument,
                    "--importance: is for one way of folds, not for " + settings.folds);
    Place place;  // better said before the work that there is none
    if (!settings.output.empty()) place.emplace(settings.output, settings.resume.goes_on);
    if (!settings.model.empty()) return evaluate_model(settings, place);
    eval::EvaluationOptions options = evaluation_options(settings);
    const auto features = framework_features(*settings.framework, settings.clips.pad_mode);
    if (settings.importance) options.importance.groups = eval::feature_groups(*features);
    std::optional<RunJournal> journal;
    if (place) journal.emplace(*place);
    Clips read = read_clips(settings.clips, *features);
    const Json head = head_json(settings, options, read, *features);
    if (journal) {
        journal->bind(fingerprint(head));
        options.store = &*journal;
    }
    return settings.folds == "inflation" ? evaluate_inflation(settings, options, std::move(read), head, place)
           : settings.folds == "matrix"  ? evaluate_matrix(settings, options, read, head, place)
                                         : evaluate_one(settings, options, read, head, place);
}

}  // namespace

Action declare_evaluate(const Arguments& app) {
    auto settings = std::make_shared<EvaluateSettings>();
    declare_framework(app, settings->framework, "seed of the folds and of the first network");
    app.option("--folds", settings->folds,
               "what is tested: speaker[:K], loso, text[:K], random:K, stratified:K, corpus, emobox, "
               "file:FOLDS.json, inflation, matrix")
        .shows_default();
    app.option("--test-style", settings->test_style,
               "speech: songs are trained on but not tested; song: the other way")
        .one_of({"speech", "song"});
    app.option("--seeds", settings->n_seeds, "so many networks a fold, seeds counted up from --random-state")
        .range(1, 1000)
        .shows_default();
    app.flag("--importance", settings->importance,
             "measure which groups of features matter; into the run folder too, as importance.json");
    const std::vector<Option> trains = app.options();
    const Option model = app.option("-m,--model", settings->model, "a model file to test instead");
    for (const Option& option : trains) model.excludes(option);
    app.option("--format", settings->format, "how the result is written")
        .one_of({"text", "json"})
        .shows_default();
    app.option("-o,--output", settings->output, "a new folder for run.json and predictions.csv")
        .check(not_empty);
    declare_clips(app, settings->clips).check(not_empty);
    model.excludes(app.find("--pad-mode"));
    declare_resume(app, settings->resume);
    app.footer(
        "Examples:\n"
        "  undertone evaluate ravdess/\n"
        "  undertone evaluate --folds loso --seeds 5 -o runs/loso ravdess/\n"
        "  undertone evaluate --resume runs/loso       # goes on with a run that was cut off\n"
        "  undertone evaluate --folds inflation ravdess/\n"
        "  undertone evaluate -m my.safetensors other/");
    return [settings] { return evaluate_verb(*settings); };
}

}  // namespace undertone::app
