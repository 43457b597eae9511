#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "classic.hpp"
#include "core/file.hpp"
#include "corpus/known_names.hpp"
#include "corpus_options.hpp"
#include "output.hpp"
#include "progress_bar.hpp"
#include "report.hpp"
#include "undertone/config.hpp"
#include "undertone/training.hpp"
#include "verb.hpp"

namespace undertone::app {

namespace {

struct TrainSettings {
    std::string framework = "sklearn", config, split, scaler = "standard", dtype, pad_mode = "constant",
                output;
    std::uint32_t random_state = 9;
    double test_size = 0.3;
    std::size_t n_threads = 0;
    bool quiet = false;
    std::map<std::string, std::string> framework_options;  // as given on the command line
    CorpusOptions corpus;
};

std::string flag_of(std::string name) {
    std::replace(name.begin(), name.end(), '_', '-');
    return "--" + name;
}

// A flag for every option of every framework; those that frameworks share are one flag.
void declare_framework_options(CLI::App& app, const std::shared_ptr<TrainSettings>& settings) {
    struct Flag {
        std::string name, help;
    };
    std::vector<Flag> flags;
    for (const std::string_view framework : framework_names())
        for (const OptionHelp& option : framework_options(framework)) {
            if (option.name == "random_state") continue;  // a flag of its own, for all that is drawn
            const std::string help = std::string(framework) + ": " + option.help + "; " + option.rule;
            const auto known = std::find_if(flags.begin(), flags.end(),
                                            [&](const Flag& flag) { return flag.name == option.name; });
            if (known == flags.end())
                flags.push_back({option.name, help});
            else
                known->help += ". " + help;
        }
    for (const Flag& flag : flags)
        app.add_option_function<std::string>(
               flag_of(flag.name),
               [settings, name = flag.name](const std::string& text) {
                   settings->framework_options[name] = text;
               },
               flag.help)
            ->group("Options of the frameworks");
}

void check_framework_options(const TrainSettings& settings) {
    std::string known;
    std::set<std::string> names;
    for (const OptionHelp& option : framework_options(settings.framework)) {
        if (option.name == "random_state") continue;
        names.insert(option.name);
        known += " " + flag_of(option.name);
    }
    for (const auto& option : settings.framework_options)
        if (!names.contains(option.first))
            throw Error(Errc::invalid_argument,
                        flag_of(option.first) + ": no option of " + settings.framework + "; it has" + known);
}

void take_config(const Config& config, const std::string& framework,
                 std::map<std::string, std::string>& options) {
    if (config.hidden_layer_shape) {
        std::string sizes;
        for (const int size : *config.hidden_layer_shape)
            sizes += (sizes.empty() ? "" : ",") + std::to_string(size);
        options["hidden_layer_sizes"] = sizes;
    }
    if (config.batch_size) options["batch_size"] = std::to_string(*config.batch_size);
    if (config.epoch) options[epochs_option(framework)] = std::to_string(*config.epoch);
}

TrainOptions train_options(const TrainSettings& settings, const std::optional<Config>& config) {
    TrainOptions options;
    options.framework = settings.framework;
    options.dtype = classic_dtype(settings.framework);
    if (!settings.dtype.empty())
        options.dtype = settings.dtype == "float32" ? Dtype::float32 : Dtype::float64;
    options.framework_options = classic_options(settings.framework);
    if (config) take_config(*config, settings.framework, options.framework_options);
    for (const auto& [name, text] : settings.framework_options) options.framework_options[name] = text;
    options.framework_options["random_state"] = std::to_string(settings.random_state);
    if (!settings.split.empty())
        options.split = settings.split == "random" ? SplitKind::random : SplitKind::speaker;
    options.test_size = settings.test_size;
    options.random_state = settings.random_state;
    options.standardise = settings.scaler == "standard";
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
    return (folder / ("undertone-" + settings.framework + ".safetensors")).string();
}

// Says before the work that a model could not be saved after it.
void check_writable(const std::string& path) {
    if (std::filesystem::is_directory(path))
        throw Error(Errc::io, path + ": is a folder, not a file to write");
    const AtomicFile probe(path);
}

int train_verb(const TrainSettings& settings) {
    std::optional<Config> config;
    if (!settings.config.empty()) config = read_config(settings.config);
    if (settings.corpus.places.empty() && !(config && config->data_dir))
        throw Error(Errc::invalid_argument,
                    "no recordings to train on: name a folder, or a --config with a data_dir");
    check_framework_options(settings);
    const TrainOptions options = train_options(settings, config);
    // Wrong values are better said before minutes of reading than after.
    static_cast<void>(make_classifier(options.framework, options.dtype, options.framework_options));
    const auto features = make_feature_set("librosa193", {{"pad_mode", settings.pad_mode}});
    if (config && config->num_features &&
        static_cast<std::size_t>(*config->num_features) != features->columns().size())
        throw Error(Errc::invalid_argument,
                    config->path + ": num_features = " + std::to_string(*config->num_features) + ": " +
                        features->name() + " has " + std::to_string(features->columns().size()) + " columns");
    const std::string output = output_path(settings, config);
    check_writable(output);

    const LabelOptions labels = label_options(settings.corpus, config ? config->labels : LabelOptions{});
    const std::vector<std::string> places =
        settings.corpus.places.empty() ? config_files(*config) : settings.corpus.places;
    const Corpus corpus = undertone::read_corpus(places, labels);
    if (!settings.quiet) complain_of_skipped(corpus);
    const Dataset dataset = [&] {
        ProgressBar bar("reading", settings.quiet);
        return load_dataset(corpus, *features, label_order(labels), settings.n_threads, bar.callback());
    }();
    complain_of_failed(dataset);
    print(summary(corpus, dataset));
    const TrainResult result = [&] {
        ProgressBar bar("training", settings.quiet);
        return train(dataset, *features, corpus.name, corpus.licence, options, bar.callback());
    }();
    result.model.save(output);
    print(report(result) + "model saved: " + output + "\n");
    return 0;
}

}  // namespace

Action declare_train(CLI::App& app) {
    auto settings = std::make_shared<TrainSettings>();
    app.add_option("--framework", settings->framework, "whose network and whose training")
        ->check(CLI::IsMember({"sklearn", "keras"}))
        ->capture_default_str();
    app.add_option("--config", settings->config, "a classic config.ini; flags come before it");
    app.add_option("--split", settings->split,
                   "which clips test; speaker where speakers are known, else random")
        ->check(CLI::IsMember({"random", "speaker"}));
    app.add_option("--scaler", settings->scaler, "standard: each feature to mean 0 and variance 1")
        ->check(CLI::IsMember({"standard", "none"}))
        ->capture_default_str();
    app.add_option("--random-state", settings->random_state, "seed of the split and of the network")
        ->capture_default_str();
    app.add_option("--dtype", settings->dtype, "numbers to train in; float64 for sklearn, float32 for keras")
        ->check(CLI::IsMember({"float32", "float64"}));
    app.add_option("--test-size", settings->test_size, "share of the clips, or of the speakers, that test")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    app.add_option("--pad-mode", settings->pad_mode,
                   "ends of a clip: constant as librosa 0.11, reflect as 0.8.1")
        ->check(CLI::IsMember({"constant", "reflect"}))
        ->capture_default_str();
    app.add_option("--threads", settings->n_threads, "that read recordings; 0: one a core")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    app.add_flag("--quiet", settings->quiet, "no progress");
    app.add_option("-o,--output", settings->output, "where the model goes; model.safetensors");
    declare_corpus_options(app, settings->corpus);
    declare_framework_options(app, settings);
    app.footer(
        "Examples:\n"
        "  undertone train -o my.safetensors ravdess/\n"
        "  undertone train --labels angry,happy,neutral,sad ravdess/ emodb.zip mine.csv\n"
        "  undertone train --framework keras --epochs 100 --dropout 0.2 ravdess/\n"
        "  undertone train --config config.ini --split random --hidden-layer-sizes 300,50");
    return [settings] { return train_verb(*settings); };
}

}  // namespace undertone::app
