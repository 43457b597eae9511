#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "options/clip_options.hpp"
#include "options/framework_flags.hpp"
#include "options/idle_options.hpp"
#include "options/inputs.hpp"
#include "os/file.hpp"
#include "output/evaluation_report.hpp"
#include "output/output.hpp"
#include "output/progress_bar.hpp"
#include "output/training_report.hpp"
#include "run/run_folder.hpp"
#include "run/run_journal.hpp"
#include "undertone/error.hpp"
#include "undertone/tuning.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

struct TuneSettings {
    std::shared_ptr<FrameworkSettings> framework = std::make_shared<FrameworkSettings>();
    std::string search = "grid", folds, nested, scoring = "uar", format = "text", output;
    std::vector<std::string> parameters;
    std::optional<std::size_t> n_trials, factor;
    ClipOptions clips;
    ResumeOptions resume;
};

// A search is nested unless folds were asked for: those give the table alone, as GridSearchCV does.
std::string nested_folds(const TuneSettings& settings) {
    if (!settings.nested.empty()) return settings.nested;
    return settings.folds.empty() ? "speaker" : "none";
}

eval::ProtocolOptions protocol(const std::string& text, const TuneSettings& settings) {
    eval::ProtocolOptions options = eval::parse_protocol(text);
    options.random_state = settings.framework->random_state;
    return options;
}

eval::TuningOptions tuning_options(const TuneSettings& settings) {
    eval::TuningOptions options;
    options.train = framework_train_options(*settings.framework);
    for (const std::string& text : settings.parameters)
        options.parameters.push_back(eval::parse_parameter(text));
    std::set<std::string> searched;
    for (const eval::Parameter& parameter : options.parameters) searched.insert(parameter.name);
    check_idle_options(*settings.framework, options.train, searched);
    options.search = settings.search == "random"    ? eval::SearchKind::random
                     : settings.search == "halving" ? eval::SearchKind::halving
                                                    : eval::SearchKind::grid;
    if (settings.n_trials && options.search != eval::SearchKind::random)
        throw Error(Errc::invalid_argument,
                    "--trials: is of --search random, a " + settings.search + " tries what --param lists");
    if (settings.factor && options.search != eval::SearchKind::halving)
        throw Error(Errc::invalid_argument, "--factor: is of --search halving");
    options.n_trials = settings.n_trials.value_or(options.n_trials);
    options.factor = settings.factor.value_or(options.factor);
    options.folds = protocol(settings.folds.empty() ? "speaker" : settings.folds, settings);
    if (nested_folds(settings) != "none") options.nested = protocol(nested_folds(settings), settings);
    options.scoring = eval::parse_scoring(settings.scoring);
    options.seed = settings.framework->random_state;
    options.n_threads = settings.clips.n_threads;
    eval::check_tuning(options);  // better said before minutes of reading than after
    return options;
}

std::vector<std::string> names_of(const eval::Tuning& tuning) {
    std::vector<std::string> names;
    for (const auto& parameter : tuning.trials.front().trial.point) names.push_back(parameter.first);
    return names;
}

// Ranks first, as they are read.
std::vector<const eval::TrialResult*> by_rank(const eval::Tuning& tuning) {
    std::vector<const eval::TrialResult*> sorted;
    for (const eval::TrialResult& trial : tuning.trials) sorted.push_back(&trial);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto* a, const auto* b) { return a->rank < b->rank; });
    return sorted;
}

std::string point_text(const eval::Point& point) {
    std::string text;
    for (const auto& [name, value] : point) {
        if (!text.empty()) text += ' ';
        text.append(name).append("=").append(value);
    }
    return text;
}

/// table.csv: a row for each trial. The time is in times.csv: the one thing that a run does not do again.
std::string table_csv(const eval::Tuning& tuning) {
    std::string text = "trial";
    for (const std::string& name : names_of(tuning)) text += "," + csv_field(name);
    text += ",iteration,share,mean,deviation,rank";
    for (std::size_t fold = 0; fold < tuning.plan.folds.size(); ++fold)
        text += ",fold_" + std::to_string(fold + 1);
    text += "\n";
    for (const eval::TrialResult& trial : tuning.trials) {
        text += std::to_string(trial.trial.id);
        for (const auto& parameter : trial.trial.point) text += "," + csv_field(parameter.second);
        text += "," + std::to_string(trial.trial.iteration) + "," + shortest(trial.trial.share) + "," +
                shortest(trial.mean) + "," + shortest(trial.deviation) + "," + std::to_string(trial.rank);
        for (const double score : trial.scores) text += "," + shortest(score);
        text += "\n";
    }
    return text;
}

std::string times_csv(const eval::Tuning& tuning) {
    std::string text = "trial,mean_fit_s\n";
    for (const eval::TrialResult& trial : tuning.trials)
        text += std::to_string(trial.trial.id) + "," + nine_digits(trial.mean_fit_s) + "\n";
    return text;
}

std::string trials_text(const eval::Tuning& tuning, const std::string& scoring) {
    constexpr std::size_t kMost = 30;
    std::vector<std::vector<std::string>> rows{{"rank"}};
    for (const std::string& name : names_of(tuning)) rows.front().push_back(name);
    for (const char* column : {"share", "mean", "+-", "time s"}) rows.front().emplace_back(column);
    rows.front()[rows.front().size() - 3] = scoring;
    for (const eval::TrialResult* trial : by_rank(tuning)) {
        if (rows.size() > kMost) break;
        auto& row = rows.emplace_back();
        row.push_back(std::to_string(trial->rank));
        for (const auto& parameter : trial->trial.point) row.push_back(parameter.second);
        row.push_back(fixed(trial->trial.share, 3));
        row.push_back(fixed(trial->mean, 4));
        row.push_back(fixed(trial->deviation, 4));
        row.push_back(fixed(trial->mean_fit_s, 2));
    }
    std::string text = table(rows);
    if (tuning.trials.size() > kMost)
        text += "and " + std::to_string(tuning.trials.size() - kMost) + " more trials\n";
    return text;
}

Json trials_json(const eval::Tuning& tuning) {
    Json trials = Json::list();
    for (const eval::TrialResult& trial : tuning.trials)
        trials.push_back({{"trial", trial.trial.id},
                          {"options", trial.trial.point},
                          {"iteration", trial.trial.iteration},
                          {"share", trial.trial.share},
                          {"scores", trial.scores},
                          {"mean", trial.mean},
                          {"deviation", trial.deviation},
                          {"rank", trial.rank}});
    return trials;
}

Json head_json(const TuneSettings& settings, const eval::TuningOptions& options, const Clips& clips,
               const FeatureSet& features) {
    std::map<std::string, std::string> framework = options.train.framework_options;
    framework.erase("random_state");
    return {{"undertone", UNDERTONE_VERSION},
            {"format", 1},
            {"verb", "tune"},
            {"command", command_json(remembered_command())},
            {"corpus", clips_json(clips)},
            {"options",
             {{"features", features.name()},
              {"feature_options", features.options()},
              {"framework", options.train.framework},
              {"dtype", options.train.dtype == Dtype::float32 ? "float32" : "float64"},
              {"framework_options", framework},
              {"scaler", options.train.standardise ? "standard" : "none"},
              {"calibrate", settings.framework->calibrate},
              {"normalise", settings.clips.normalise},
              {"labels", settings.clips.corpus.labels},
              {"random_state", settings.framework->random_state},
              {"search", settings.search},
              {"parameters", settings.parameters},
              {"n_trials", options.n_trials},
              {"factor", options.factor},
              {"scoring", settings.scoring},
              {"folds", eval::protocol_text(options.folds)},
              {"nested", options.nested ? eval::protocol_text(*options.nested) : "none"}}}};
}

Model::Record record_of(const TuneSettings& settings, const Clips& clips, const eval::Tuning& tuning) {
    Model::Record record{{"corpus", clips.corpus.name}};
    if (!clips.corpus.licence.empty()) record.emplace_back("licence", clips.corpus.licence);
    record.emplace_back("framework", settings.framework->framework);
    record.emplace_back("tuned", point_text(tuning.trials[tuning.best].trial.point));
    record.emplace_back("random_state", std::to_string(settings.framework->random_state));
    if (tuning.nested) {
        const eval::Figure& uar = tuning.nested->figures.uar;
        record.emplace_back("nested uar", fixed(uar.value, 4) + ", 95 % " + fixed(uar.low, 4) + " to " +
                                              fixed(uar.high, 4) + ", " + tuning.nested->plan.protocol);
    }
    return record;
}

std::string nested_text(const eval::Tuning& tuning, const eval::TuningOptions& options, const Clips& clips) {
    if (!tuning.nested)
        return "note: the best of these means is too good, for it was chosen by them; --nested speaker tests "
               "the "
               "search on speakers that had no say\n";
    std::string text =
        "\nthe search itself, tested on clips that had no say (" + tuning.nested->plan.protocol + "):\n";
    for (std::size_t fold = 0; fold < tuning.nested_best.size(); ++fold)
        text +=
            "  fold " + std::to_string(fold + 1) + " chose " + point_text(tuning.nested_best[fold]) + "\n";
    return text + evaluation_text(clips.dataset, *tuning.nested, options.bootstrap);
}

int tune_verb(const TuneSettings& settings) {
    if (!settings.resume.run.empty()) return resume(settings.resume.run);
    require_places(settings.clips);
    eval::TuningOptions options = tuning_options(settings);
    const auto features = framework_features(*settings.framework, settings.clips.pad_mode);
    std::optional<RunFolder> place;
    std::optional<RunJournal> journal;
    if (!settings.output.empty()) journal.emplace(place.emplace(settings.output, settings.resume.goes_on));
    const Clips clips = read_clips(settings.clips, *features);
    Json json = head_json(settings, options, clips, *features);
    if (journal) {
        journal->bind(fingerprint(json));
        options.store = &*journal;
    }
    const eval::Tuning tuning = [&] {
        ProgressBar bar("trying", settings.clips.quiet);
        return eval::tune(clips.dataset, options, bar.callback());
    }();
    const eval::TrialResult& best = tuning.trials[tuning.best];
    const Model model = [&] {
        ProgressBar bar("training", settings.clips.quiet);
        return eval::train_on_all(clips.dataset, *features, eval::with_point(options.train, best.trial.point),
                                  options.seed, record_of(settings, clips, tuning), bar.callback());
    }();

    json["trials"] = trials_json(tuning);
    json["best"] = {{"trial", best.trial.id}, {"options", best.trial.point}, {"mean", best.mean}};
    if (tuning.nested) {
        json.update(evaluation_json(clips.dataset, *tuning.nested, options.bootstrap));
        json["nested_best"] = tuning.nested_best;
    }
    if (place) {
        RunFolder& run = *place;
        run.write("run.json", format_json(json, 2) + "\n");
        run.write("table.csv", table_csv(tuning));
        run.write("times.csv", times_csv(tuning));
        if (tuning.nested) {
            run.write("predictions.csv", predictions_csv(clips.dataset, *tuning.nested));
            run.write("curves.csv", curves_csv(*tuning.nested));
        }
        run.write("model.safetensors", model.bytes());
        run.commit();
    }
    if (settings.format == "json") {
        print(format_json(json, 2) + "\n");
        return code_of_batch(clips.dataset);
    }
    print(summary(clips.corpus, clips.dataset) + "search: " + settings.search + ", " +
          std::to_string(tuning.trials.size()) + " trials in " + std::to_string(tuning.plan.folds.size()) +
          " folds (" + tuning.plan.protocol + ")\n" + normalise_note(settings.clips.normalise) + "\n" +
          trials_text(tuning, settings.scoring) + "best: " + point_text(best.trial.point) + "\n" +
          nested_text(tuning, options, clips));
    if (!settings.output.empty())
        print("run saved: " + settings.output + " (its model.safetensors learned every clip)\n");
    return code_of_batch(clips.dataset);
}

}  // namespace

Action declare_tune(const Arguments& app) {
    auto settings = std::make_shared<TuneSettings>();
    app.option(
           "--param", settings->parameters,
           "NAME=A/B/C, NAME=LOW..HIGH or NAME=log:LOW..HIGH: an option of the framework, or scaler; one for "
           "each parameter")
        .one_at_a_time()
        .check(not_empty);
    app.option("--search", settings->search, "all points, some at random, or more clips for the better half")
        .one_of({"grid", "random", "halving"})
        .shows_default();
    app.option("--trials", settings->n_trials, "of a random search; 20").range(1, 1000000);
    app.option("--factor", settings->factor,
               "halving: one in so many goes on, with so many times the clips; 3")
        .range(2, 100);
    app.option("--folds", settings->folds,
               "in which trials are scored, as of evaluate; without it speaker, and nested in speaker")
        .check(not_empty);
    app.option("--nested", settings->nested,
               "folds around the search, for a figure that may be quoted; none: the table alone")
        .check(not_empty);
    app.option("--scoring", settings->scoring, "what is best: uar, accuracy, macro_f1, log_loss, brier, ece")
        .shows_default();
    app.option("--format", settings->format, "how the result is written")
        .one_of({"text", "json"})
        .shows_default();
    app.option("-o,--output", settings->output, "a new folder for run.json, table.csv and the model")
        .check(not_empty);
    declare_framework(app, settings->framework, "seed of the folds, of every network and of a random search");
    declare_clips(app, settings->clips).check(not_empty);
    declare_resume(app, settings->resume);
    app.footer(
        "Examples:\n"
        "  undertone tune --param alpha=0.001/0.01/0.1 --param hidden_layer_sizes=100/300,50 -o runs/tuned "
        "ravdess/\n"
        "  undertone tune --search random --trials 30 --param alpha=log:1e-5..1 --param batch_size=8..64 "
        "ravdess/\n"
        "  undertone tune --folds stratified:5 --param alpha=0.001/0.1 ravdess/    # as GridSearchCV\n"
        "  undertone tune --resume runs/tuned");
    return [settings] { return tune_verb(*settings); };
}

}  // namespace undertone::app
