#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "corpus/known_names.hpp"
#include "eval/fitted.hpp"
#include "options/classic.hpp"
#include "options/clip_options.hpp"
#include "options/corpus_options.hpp"
#include "options/framework_flags.hpp"
#include "options/idle_options.hpp"
#include "options/inputs.hpp"
#include "options/sound_limits.hpp"
#include "os/file.hpp"
#include "output/evaluation_report.hpp"
#include "output/output.hpp"
#include "output/progress_bar.hpp"
#include "output/training_report.hpp"
#include "run/run_folder.hpp"
#include "undertone/config.hpp"
#include "undertone/training.hpp"
#include "undertone/tuning.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

struct TrainSettings {
    std::shared_ptr<FrameworkSettings> framework = std::make_shared<FrameworkSettings>();
    std::string config, split, pad_mode, output, run, normalise = "none", format = "text";
    std::optional<double> test_size;
    std::size_t n_threads = 0;
    SoundLimits limits;
    bool half = false, quiet = false;
    CorpusOptions corpus;
};

std::map<std::string, std::string> options_of(const Config& config, const std::string& framework) {
    std::map<std::string, std::string> options;
    if (config.hidden_layer_shape) {
        if (framework_takes_frames(framework))
            throw Error(Errc::invalid_argument,
                        config.path + ": hidden_layer_shape: is of sklearn and keras; the layers of " +
                            framework + " are --channels and --dilations: leave it out");
        std::string sizes;
        for (const int size : *config.hidden_layer_shape)
            sizes += (sizes.empty() ? "" : ",") + std::to_string(size);
        options["hidden_layer_sizes"] = sizes;
    }
    if (config.batch_size) options["batch_size"] = std::to_string(*config.batch_size);
    if (config.epoch) options[epochs_option(framework)] = std::to_string(*config.epoch);
    return options;
}

TrainOptions train_options(const TrainSettings& settings, const std::optional<Config>& config) {
    const FrameworkSettings& framework = *settings.framework;
    TrainOptions options = framework_train_options(
        framework, config ? options_of(*config, framework.framework) : std::map<std::string, std::string>{});
    check_idle_options(framework, options);
    if (settings.split == "none" && settings.test_size)
        throw Error(Errc::invalid_argument, "--test-size: with --split none no clip tests");
    if (settings.split == "none" && !settings.run.empty())
        throw Error(Errc::invalid_argument,
                    "--run: with --split none nothing is tested; `undertone evaluate -o RUN` tests what is "
                    "trained so");
    if (settings.split == "random") options.split = SplitKind::random;
    if (settings.split == "speaker") options.split = SplitKind::speaker;
    options.test_size = settings.test_size.value_or(options.test_size);
    options.half_precision = settings.half;
    if (settings.half && options.dtype != Dtype::float32)
        throw Error(Errc::invalid_argument,
                    "--half: the weights of " + options.framework + " are float64: add --dtype float32");
    return options;
}

// The labels that are asked for, in their order: on the command line, or by the config.
std::vector<std::string> label_order(const LabelOptions& labels) {
    if (!labels.labels.empty()) return labels.labels;
    std::vector<std::string> order;
    for (const std::string& code : labels.learn)
        for (const auto& emotion : labels.emotions)
            if (corpus::same_code(emotion.first, code)) order.push_back(emotion.second);
    return order;
}

std::string output_path(const TrainSettings& settings, const std::optional<Config>& config) {
    if (!settings.output.empty()) return settings.output;
    if (!config || !config->model_save_path) return "model.safetensors";
    namespace fs = std::filesystem;
    const fs::path folder = fs::path(config->path).parent_path() / *config->model_save_path;
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed)
        throw Error(Errc::io, folder.string() + ": cannot be made (model_save_path of " + config->path +
                                  "): " + failed.message());
    return (folder / ("undertone-" + settings.framework->framework + ".safetensors")).string();
}

// A check of an option.
std::string share(const std::string& text) {
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = failure == std::errc{} && end == text.data() + text.size() && value > 0 && value < 1;
    return good ? "" : "Value " + text + " must be above 0 and below 1";
}

// The clips tested, as the one fold of an evaluation.
eval::Evaluation evaluation_of(const Dataset& dataset, const TrainResult& result, std::uint32_t seed) {
    eval::FoldResult tested;
    tested.seed = seed;
    tested.clips = result.test_clips;
    tested.proba = eval::predict_proba(result.model, eval::some_clips(dataset, tested.clips));
    tested.n_train = result.n_train;
    tested.calibration = result.calibration;
    tested.history = result.history;
    const auto losses = tested.history.find("loss");
    if (losses != tested.history.end()) tested.n_epochs = losses->second.size();
    const eval::FoldPlan plan =
        eval::plan_split(dataset, tested.clips,
                         result.split == SplitKind::speaker ? "one split by speaker" : "one random split");
    return eval::score(dataset, plan, {std::move(tested)});
}

// What run.json says.
Json run_json(const TrainSettings& settings, const TrainOptions& options, const Clips& clips,
              const TrainResult& result, const eval::Evaluation& evaluation) {
    Json json{{"undertone", UNDERTONE_VERSION},
              {"format", 1},
              {"verb", "train"},
              {"command", command_json(remembered_command())},
              {"corpus", clips_json(clips)},
              {"options",
               {{"features", result.model.features().name()},
                {"feature_options", result.model.features().options()},
                {"framework", options.framework},
                {"dtype", options.dtype == Dtype::float32 ? "float32" : "float64"},
                {"framework_options", options.framework_options},
                {"scaler", options.standardise ? "standard" : "none"},
                {"calibrate", settings.framework->calibrate},
                {"normalise", settings.normalise},
                {"half_precision", settings.half},
                {"test_size", options.test_size},
                {"random_state", options.random_state}}}};
    json.update(evaluation_json(clips.dataset, evaluation, {}));
    return json;
}

void write_run(RunFolder& run, const Json& json, const Clips& clips, const TrainResult& result,
               const eval::Evaluation& evaluation) {
    run.write("run.json", format_json(json, 2) + "\n");
    run.write("predictions.csv", predictions_csv(clips.dataset, evaluation));
    run.write("curves.csv", curves_csv(evaluation));
    run.write("model.safetensors", result.model.bytes());
    run.commit();
}

// What the record of a model begins with.
Model::Record origin_of(const Clips& clips, const std::string& framework) {
    Model::Record record{{"corpus", clips.corpus.name}};
    if (!clips.corpus.licence.empty()) record.emplace_back("licence", clips.corpus.licence);
    record.emplace_back("framework", framework);
    return record;
}

// A model of every clip: what is shipped, once folds have said how good such a model is.
Model train_on_all(const TrainSettings& settings, const TrainOptions& options, const Clips& clips,
                   const FeatureSet& features) {
    Model::Record record = origin_of(clips, options.framework);
    record.emplace_back("split", "none: every clip was trained on, none tested");
    record.emplace_back("random_state", std::to_string(options.random_state));
    ProgressBar bar("training", settings.quiet);
    Model model = eval::train_on_all(clips.dataset, features, options, options.random_state,
                                     std::move(record), bar.callback());
    if (options.half_precision) model.halve();
    return model;
}

int train_and_test(const TrainSettings& settings, const TrainOptions& options, const Clips& clips,
                   const FeatureSet& features, const std::string& output, std::optional<RunFolder>& run) {
    const TrainResult result = [&] {
        ProgressBar bar("training", settings.quiet);
        return train(clips.dataset, features, clips.corpus.name, clips.corpus.licence, options,
                     bar.callback());
    }();
    result.model.save(output);
    Json json;
    if (!settings.run.empty() || settings.format == "json") {
        eval::Evaluation evaluation = evaluation_of(clips.dataset, result, options.random_state);
        note_normalised(settings.normalise, evaluation.plan);
        json = run_json(settings, options, clips, result, evaluation);
        if (run) write_run(*run, json, clips, result, evaluation);
    }
    if (settings.format == "json") {
        json["model"] = output;
        print(format_json(json, 2) + "\n");
        return code_of_batch(clips.dataset);
    }
    print(normalise_note(settings.normalise) + report(result) +
          (shows_results() ? loss_line(std::vector{result.history}) : "") + "model saved: " + output + "\n");
    if (!settings.run.empty()) print("run saved: " + settings.run + "\n");
    return code_of_batch(clips.dataset);
}

// Saves what had been learnt when training left the numbers, beside where the model would have gone: what
// stands there is not lost.
[[noreturn]] void keep_last_whole(const Diverged& stopped, const std::string& output, const Clips& clips,
                                  const FeatureSet& features) {
    const Classifier& learnt = *stopped.last_whole();
    const auto options = learnt.options();
    Model::Record record = origin_of(clips, std::string(learnt.framework()));
    record.emplace_back("stopped", stopped.what());
    eval::Fitted fitted;
    fitted.classifier = load_classifier(learnt.framework(), learnt.dtype(), {options.begin(), options.end()},
                                        learnt.tensors());
    fitted.per_speaker = clips.dataset.per_speaker;
    const Model model = eval::model_of(std::move(fitted), features, clips.dataset.labels, std::move(record));
    const std::string kept = output + ".last-good";
    try {
        model.save(kept);
    } catch (const Error& error) {  // what was left is of no use either
        if (error.code() != Errc::numerical) throw;
        throw Error(stopped);
    }
    throw Error(stopped.code(), std::string(stopped.what()) + "; the network as it was after epoch " +
                                    std::to_string(stopped.n_epochs()) + " is kept: " + kept);
}

int train_verb(const TrainSettings& settings) {
    std::optional<Config> config;
    if (!settings.config.empty()) config = read_config(settings.config);
    if (settings.corpus.places.empty() && !(config && config->data_dir))
        throw Error(Errc::invalid_argument,
                    "no recordings to train on: name a folder, or a --config with a data_dir");
    const TrainOptions options = train_options(settings, config);
    const auto features = framework_features(*settings.framework, settings.pad_mode);
    if (config && config->num_features &&
        static_cast<std::size_t>(*config->num_features) != features->columns().size())
        throw Error(Errc::invalid_argument,
                    config->path + ": num_features = " + std::to_string(*config->num_features) + ": " +
                        features->name() + " has " + std::to_string(features->columns().size()) + " columns");
    const std::string output = output_path(settings, config);
    check_writable(output);
    if (settings.run == output)
        throw Error(Errc::invalid_argument,
                    "--run " + settings.run + ": is the model's name too; name another");
    std::optional<RunFolder> run;
    if (!settings.run.empty()) run.emplace(settings.run);

    const LabelOptions labels = label_options(settings.corpus, config ? config->labels : LabelOptions{});
    const std::vector<std::string> places =
        settings.corpus.places.empty() ? config_files(*config) : settings.corpus.places;
    const Corpus corpus = undertone::read_corpus(places, labels);
    complain_of_skipped(corpus);
    Clips clips{corpus, {}};
    clips.dataset = [&] {
        ProgressBar bar("reading", settings.quiet);
        return load_dataset(corpus, *features, label_order(labels), settings.n_threads, bar.callback(),
                            settings.limits);
    }();
    complain_of_failed(clips.dataset);
    check_writable(output);  // once more: what was read meanwhile must not be written over
    if (settings.normalise == "speaker") clips.dataset = eval::normalised_by_speaker(clips.dataset);
    if (settings.format == "text") print(summary(corpus, clips.dataset));
    try {
        if (settings.split != "none") return train_and_test(settings, options, clips, *features, output, run);
        train_on_all(settings, options, clips, *features).save(output);
    } catch (const Diverged& stopped) {
        keep_last_whole(stopped, output, clips, *features);
    }
    print(settings.format == "json"
              ? format_json({{"model", output}, {"corpus", clips_json(clips)}, {"split", "none"}}) + "\n"
              : "trained on every clip, so that none could test it\nmodel saved: " + output + "\n");
    return code_of_batch(clips.dataset);
}

}  // namespace

Action declare_train(const Arguments& app) {
    auto settings = std::make_shared<TrainSettings>();
    app.option("--config", settings->config, "a classic config.ini; flags come before it").check(not_empty);
    app.option("--split", settings->split,
               "which clips test; speaker where speakers are known, else random; none: all are trained on")
        .one_of({"random", "speaker", "none"});
    app.option("--test-size", settings->test_size,
               "share of the clips, or of the speakers, that test; above 0, below 1; 0.3")
        .check(share);
    app.option(
           "--normalise", settings->normalise,
           "speaker: each speaker's clips to their own mean and deviation; predict then needs --enroll, or "
           "with undertone can use it")
        .one_of({"none", "speaker"})
        .shows_default();
    app.option("--pad-mode", settings->pad_mode,
               "ends of a clip: constant as librosa 0.11, reflect as 0.8.1; constant")
        .one_of({"constant", "reflect"});
    app.flag("--half", settings->half,
             "keep the weights in half precision: half the size; float32 networks only");
    app.option("--threads", settings->n_threads, "that read recordings and train; 0: one a core")
        .range(0, 1024)
        .shows_default();
    declare_sound_limits(app, settings->limits, Sound::is_kept);
    app.flag("--quiet", settings->quiet, "no progress");
    app.option("--format", settings->format, "how the result is written")
        .one_of({"text", "json"})
        .shows_default();
    app.option("-o,--output", settings->output, "where the model goes; model.safetensors").check(not_empty);
    app.option("--run", settings->run, "a new folder for run.json, predictions.csv, curves.csv and the model")
        .check(not_empty);
    declare_corpus_options(app, settings->corpus).check(not_empty);
    declare_framework(app, settings->framework, "seed of the split and of the network");
    app.footer(
        "Examples:\n"
        "  undertone train -o my.safetensors ravdess/\n"
        "  undertone train --labels angry,happy,neutral,sad ravdess/ emodb.zip mine.csv\n"
        "  undertone train --framework keras --epochs 100 --dropout 0.2 ravdess/\n"
        "  undertone train --config config.ini --split random --hidden-layer-sizes 300,50");
    return [settings] { return train_verb(*settings); };
}

}  // namespace undertone::app
