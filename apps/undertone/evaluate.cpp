#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/file.hpp"
#include "corpus_options.hpp"
#include "evaluation_report.hpp"
#include "framework_flags.hpp"
#include "inputs.hpp"
#include "output.hpp"
#include "progress_bar.hpp"
#include "report.hpp"
#include "run_folder.hpp"
#include "undertone/corpus.hpp"
#include "undertone/error.hpp"
#include "undertone/evaluation.hpp"
#include "verb.hpp"

namespace undertone::app {

namespace {

struct EvaluateSettings {
    std::shared_ptr<FrameworkSettings> framework = std::make_shared<FrameworkSettings>();
    std::string folds = "speaker", normalise = "none", pad_mode = "constant", format = "text", model, output;
    std::size_t n_seeds = 1, n_threads = 0;
    bool quiet = false;
    CorpusOptions corpus;
};

struct Read {
    Corpus corpus;
    Dataset dataset;
};

Read read_clips(const EvaluateSettings& settings, const FeatureSet& features) {
    Read read;
    read.corpus = read_corpus(settings.corpus);
    {
        ProgressBar bar("reading", settings.quiet);
        read.dataset = load_dataset(read.corpus, features, {}, settings.n_threads, bar.callback());
    }
    complain_of_failed(read.dataset);
    if (settings.normalise == "speaker") read.dataset = eval::normalised_by_speaker(read.dataset);
    return read;
}

eval::EvaluationOptions evaluation_options(const EvaluateSettings& settings) {
    eval::EvaluationOptions options;
    options.train = framework_train_options(*settings.framework);
    options.seeds.clear();
    for (std::size_t i = 0; i < settings.n_seeds; ++i)
        options.seeds.push_back(settings.framework->random_state + static_cast<std::uint32_t>(i));
    options.n_threads = settings.n_threads;
    return options;
}

std::string hexadecimal(std::uint64_t value) {
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; value >>= 4) text[i] = "0123456789abcdef"[value & 15U];
    return text;
}

Json corpus_json(const Read& read) {
    std::uint64_t all = 0;  // a sum, so that the order of clips does not matter
    for (const std::uint64_t hash : read.dataset.sample_hashes) all += hash;
    std::set<std::string> speakers;
    for (const Recording& recording : read.dataset.recordings) speakers.insert(recording.speaker);
    return {{"name", read.corpus.name},
            {"licence", read.corpus.licence},
            {"clips", read.dataset.recordings.size()},
            {"speakers", speakers.size() - speakers.count("")},
            {"samples", hexadecimal(all)}};
}

Json options_json(const EvaluateSettings& settings, const eval::EvaluationOptions& options,
                  const FeatureSet& features) {
    Json json{{"features", features.name()}, {"feature_options", features.options()}};
    if (!settings.model.empty()) {
        json["model"] = settings.model;
        json["labels"] = settings.corpus.labels;
        return json;
    }
    std::map<std::string, std::string> framework = options.train.framework_options;
    framework.erase("random_state");  // it is that of each seed
    json["framework"] = options.train.framework;
    json["dtype"] = options.train.dtype == Dtype::float32 ? "float32" : "float64";
    json["framework_options"] = framework;
    json["scaler"] = settings.framework->scaler;
    json["normalise"] = settings.normalise;
    json["labels"] = settings.corpus.labels;
    json["random_state"] = settings.framework->random_state;
    json["seeds"] = options.seeds;
    return json;
}

Json head_json(const EvaluateSettings& settings, const eval::EvaluationOptions& options, const Read& read,
               const FeatureSet& features) {
    return {{"undertone", UNDERTONE_VERSION},
            {"format", 1},
            {"verb", "evaluate"},
            {"corpus", corpus_json(read)},
            {"options", options_json(settings, options, features)}};
}

// An evaluation and the folder within the run that it has, where there are several.
struct Part {
    std::string folder;
    const eval::Evaluation* evaluation;
};

void write_run(const EvaluateSettings& settings, const Json& head, const Json& whole, const Dataset& dataset,
               const std::vector<Part>& parts, const eval::BootstrapOptions& bootstrap) {
    if (settings.output.empty()) return;
    RunFolder run(settings.output);
    run.write("run.json", whole.dump(2) + "\n");
    for (const Part& part : parts) {
        if (!part.folder.empty()) {
            Json json = head;
            json.update(evaluation_json(dataset, *part.evaluation, bootstrap));
            run.write(part.folder + "run.json", json.dump(2) + "\n");
        }
        run.write(part.folder + "predictions.csv", predictions_csv(dataset, *part.evaluation));
    }
    run.commit();
}

std::string folder_name(std::string text) {
    for (char& c : text)
        if (c == ':' || c == '/' || c == ' ') c = '-';
    return text + "/";
}

void say(const EvaluateSettings& settings, const std::string& text, const Json& json) {
    print(settings.format == "json" ? json.dump(2) + "\n" : text);
    if (settings.format == "text" && !settings.output.empty()) print("run saved: " + settings.output + "\n");
}

std::string normalise_note(const EvaluateSettings& settings) {
    return settings.normalise == "speaker"
               ? "note: each speaker's clips, tested ones too, were brought to that speaker's own mean and "
                 "deviation\n"
               : "";
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

int evaluate_one(const EvaluateSettings& settings, const eval::EvaluationOptions& options, const Read& read,
                 const Json& head) {
    const eval::FoldPlan plan = plan_of(settings, read.dataset);
    const eval::Evaluation evaluation = [&] {
        ProgressBar bar("training", settings.quiet);
        return eval::evaluate(read.dataset, plan, options, bar.callback());
    }();
    Json json = head;
    json.update(evaluation_json(read.dataset, evaluation, options.bootstrap));
    write_run(settings, head, json, read.dataset, {{"", &evaluation}}, options.bootstrap);
    const std::string text =
        summary(read.corpus, read.dataset) + "folds: " + plan.protocol + ", " +
        std::to_string(plan.folds.size()) + " folds, " + std::to_string(plan.overlap.n_tested) +
        " clips tested" +
        (plan.overlap.speakers_known && plan.overlap.of_speakers == 0 && plan.overlap.of_duplicates == 0
             ? "; no speaker and no recording is in training and in test"
             : "") +
        "\n" + normalise_note(settings) + evaluation_text(read.dataset, evaluation, options.bootstrap);
    say(settings, text, json);
    return 0;
}

int evaluate_inflation(const EvaluateSettings& settings, const eval::EvaluationOptions& options, Read read,
                       const Json& head) {
    read.dataset = eval::with_labels(read.dataset, eval::shared_labels(read.dataset));
    const eval::Inflation inflation = [&] {
        ProgressBar bar("training", settings.quiet);
        return eval::inflation(read.dataset, options, settings.framework->random_state, bar.callback());
    }();
    Json json = head;
    json["folds"] = "inflation";
    json["left_out"] = inflation.left_out;
    json["rows"] = Json::array();
    std::vector<Part> parts;
    for (const eval::Evaluation& row : inflation.rows) {
        json["rows"].push_back(evaluation_json(read.dataset, row, options.bootstrap));
        parts.push_back({folder_name(row.plan.protocol), &row});
    }
    write_run(settings, head, json, read.dataset, parts, options.bootstrap);
    say(settings, summary(read.corpus, read.dataset) + normalise_note(settings) + inflation_text(inflation),
        json);
    return 0;
}

int evaluate_matrix(const EvaluateSettings& settings, const eval::EvaluationOptions& options,
                    const Read& read, const Json& head) {
    const eval::CrossCorpus matrix = [&] {
        ProgressBar bar("training", settings.quiet);
        return eval::cross_corpus(read.dataset, options, settings.framework->random_state, bar.callback());
    }();
    const Dataset dataset = eval::with_labels(read.dataset, matrix.labels);
    Json json = head;
    json["folds"] = "matrix";
    json["corpora"] = matrix.corpora;
    json["cells"] = Json::array();
    std::vector<Part> parts;
    for (std::size_t trained = 0; trained < matrix.corpora.size(); ++trained)
        for (std::size_t tested = 0; tested < matrix.corpora.size(); ++tested) {
            const eval::Evaluation& cell = matrix.cell(trained, tested);
            Json one{{"trained", matrix.corpora[trained]}, {"tested", matrix.corpora[tested]}};
            one.update(evaluation_json(dataset, cell, options.bootstrap));
            json["cells"].push_back(std::move(one));
            parts.push_back({folder_name(matrix.corpora[trained] + "-" + matrix.corpora[tested]), &cell});
        }
    write_run(settings, head, json, dataset, parts, options.bootstrap);
    say(settings, summary(read.corpus, read.dataset) + normalise_note(settings) + cross_corpus_text(matrix),
        json);
    return 0;
}

int evaluate_model(const EvaluateSettings& settings) {
    const Model model = Model::load(settings.model);
    const Read read = read_clips(settings, model.features());
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
    Json json = head_json(settings, options, read, model.features());
    json.update(evaluation_json(read.dataset, evaluation, options.bootstrap));
    write_run(settings, json, json, read.dataset, {{"", &evaluation}}, options.bootstrap);
    say(settings,
        summary(read.corpus, read.dataset) + "model: " + settings.model + "\n" +
            evaluation_text(read.dataset, evaluation, options.bootstrap),
        json);
    return 0;
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
    if (!settings.output.empty()) const RunFolder probe(settings.output);  // better said before the work
    if (!settings.model.empty()) return evaluate_model(settings);
    check_folds(settings.folds);
    const eval::EvaluationOptions options = evaluation_options(settings);
    const auto features = make_feature_set("librosa193", {{"pad_mode", settings.pad_mode}});
    Read read = read_clips(settings, *features);
    const Json head = head_json(settings, options, read, *features);
    if (settings.folds == "inflation") return evaluate_inflation(settings, options, std::move(read), head);
    if (settings.folds == "matrix") return evaluate_matrix(settings, options, read, head);
    return evaluate_one(settings, options, read, head);
}

}  // namespace

Action declare_evaluate(CLI::App& app) {
    auto settings = std::make_shared<EvaluateSettings>();
    declare_framework(app, settings->framework, "seed of the folds and of the first network");
    app.add_option("--folds", settings->folds,
                   "what is tested: speaker[:K], loso, text[:K], random:K, stratified:K, corpus, emobox, "
                   "file:FOLDS.json, inflation, matrix")
        ->capture_default_str();
    app.add_option("--seeds", settings->n_seeds,
                   "so many networks a fold, seeds counted up from --random-state")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    app.add_option("--normalise", settings->normalise,
                   "speaker: each speaker's clips to their own mean and deviation")
        ->check(CLI::IsMember({"none", "speaker"}))
        ->capture_default_str();
    app.add_option("--pad-mode", settings->pad_mode,
                   "ends of a clip: constant as librosa 0.11, reflect as 0.8.1")
        ->check(CLI::IsMember({"constant", "reflect"}))
        ->capture_default_str();
    const auto trains =
        app.get_options([](const CLI::Option* option) { return option->get_name() != "--help"; });
    CLI::Option* model = app.add_option("-m,--model", settings->model, "a model file to test instead");
    for (CLI::Option* option : trains) model->excludes(option);
    app.add_option("--format", settings->format, "how the result is written")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    app.add_option("-o,--output", settings->output, "a new folder for run.json and predictions.csv")
        ->check(not_empty);
    app.add_option("--threads", settings->n_threads, "that read and train; 0: one a core")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    app.add_flag("--quiet", settings->quiet, "no progress");
    declare_corpus_options(app, settings->corpus)->required()->check(not_empty);
    app.footer(
        "Examples:\n"
        "  undertone evaluate ravdess/\n"
        "  undertone evaluate --folds loso --seeds 5 -o runs/loso ravdess/\n"
        "  undertone evaluate --folds inflation ravdess/\n"
        "  undertone evaluate -m my.safetensors other/");
    return [settings] { return evaluate_verb(*settings); };
}

}  // namespace undertone::app
