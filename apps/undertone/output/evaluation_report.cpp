#include "output/evaluation_report.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "output/output.hpp"
#include "output/training_report.hpp"
#include "run/run_journal.hpp"

namespace undertone::app {

namespace {

using eval::Figure;

std::string number(double value) { return std::isnan(value) ? "-" : fixed(value, 4); }

std::string interval(const Figure& figure) { return number(figure.low) + " to " + number(figure.high); }

std::string plural(std::size_t n, const std::string& one) {
    return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
}

std::vector<std::pair<std::string, Figure>> overall(const eval::Figures& figures) {
    return {{"UAR", figures.uar},           {"accuracy", figures.accuracy}, {"macro F1", figures.macro_f1},
            {"log loss", figures.log_loss}, {"Brier", figures.brier},       {"ECE", figures.ece}};
}

std::string units_text(const eval::Evaluation& evaluation, std::size_t n_draws) {
    return "intervals of 95 %: bootstrap over " +
           plural(evaluation.figures.n_units, evaluation.drawn_speakers ? "speaker" : "clip") + ", " +
           std::to_string(n_draws) + " draws" +
           (evaluation.drawn_speakers ? "" : "; without several known speakers they are too narrow");
}

std::string class_rows(const eval::Evaluation& evaluation) {
    std::vector<std::vector<std::string>> rows{
        {"class", "precision", "recall", "95 %", "F1", "95 %", "clips"}};
    const eval::Figures& figures = evaluation.figures;
    for (std::size_t c = 0; c < evaluation.labels.size(); ++c)
        rows.push_back({evaluation.labels[c], fixed(figures.precision[c].value, 3),
                        fixed(figures.recall[c].value, 3), interval(figures.recall[c]),
                        fixed(figures.f1[c].value, 3), interval(figures.f1[c]),
                        std::to_string(evaluation.report.classes[c].support)});
    return table(rows);
}

std::string reliability_rows(const eval::Evaluation& evaluation) {
    std::vector<std::vector<std::string>> rows{{"probability", "mean", "accuracy", "clips"}};
    for (const eval::ReliabilityBin& bin : evaluation.reliability)
        if (bin.n_samples > 0)
            rows.push_back({fixed(bin.low, 3) + " to " + fixed(bin.high, 3), fixed(bin.confidence, 3),
                            fixed(bin.accuracy, 3), std::to_string(bin.n_samples)});
    return "how often a label given with some probability is right\n" + table(rows);
}

Json reliability_json(const eval::Evaluation& evaluation) {
    Json bins = Json::list();
    for (const eval::ReliabilityBin& bin : evaluation.reliability) {
        const bool empty = bin.n_samples == 0;
        bins.push_back({{"low", bin.low},
                        {"high", bin.high},
                        {"clips", bin.n_samples},
                        {"confidence", empty ? Json() : Json(bin.confidence)},
                        {"accuracy", empty ? Json() : Json(bin.accuracy)}});
    }
    return bins;
}

std::set<std::string> speakers_of(const Dataset& dataset, const std::vector<std::size_t>& clips) {
    std::set<std::string> speakers;
    for (const std::size_t clip : clips)
        if (!dataset.recordings[clip].speaker.empty()) speakers.insert(dataset.recordings[clip].speaker);
    return speakers;
}

std::string fold_rows(const Dataset& dataset, const eval::Evaluation& evaluation) {
    std::vector<std::vector<std::string>> rows{{"fold", "seed", "trained", "speakers", "validated", "tested",
                                                "speakers", "epochs", "UAR", "accuracy"}};
    const bool calibrated =
        std::any_of(evaluation.results.begin(), evaluation.results.end(),
                    [](const eval::FoldResult& one) { return one.calibration.has_value(); });
    if (calibrated) rows.front().emplace_back("temperature");
    for (std::size_t i = 0; i < evaluation.results.size(); ++i) {
        const eval::FoldResult& result = evaluation.results[i];
        const eval::Fold& fold = evaluation.plan.folds[result.fold];
        rows.push_back({fold_name(evaluation.plan, result.fold), std::to_string(result.seed),
                        std::to_string(result.n_train - result.n_validation),
                        std::to_string(speakers_of(dataset, fold.train).size()),
                        std::to_string(result.n_validation), std::to_string(result.clips.size()),
                        std::to_string(speakers_of(dataset, fold.test).size()),
                        std::to_string(result.n_epochs), number(evaluation.folds[i].uar),
                        number(evaluation.folds[i].accuracy)});
        if (calibrated)
            rows.back().push_back(result.calibration ? fixed(result.calibration->calibration.temperature, 3)
                                                     : "-");
    }
    return table(rows);
}

std::string spread_text(const eval::Evaluation& evaluation) {
    if (evaluation.seeds.size() < 2) return "";
    const eval::Spread& spread = evaluation.spread;
    return "over " + std::to_string(evaluation.seeds.size()) + " seeds, mean and standard deviation: UAR " +
           number(spread.mean.uar) + " +- " + number(spread.deviation.uar) + ", accuracy " +
           number(spread.mean.accuracy) + " +- " + number(spread.deviation.accuracy) + "\n";
}

std::string warning_lines(const eval::FoldPlan& plan) {
    std::string text;
    for (const std::string& warning : overlap_warnings(plan)) text += "WARNING: " + warning + "\n";
    for (const std::string& note : plan.notes) text += "note: " + note + "\n";
    return text;
}

Json figure_json(const Figure& figure) {
    return {{"value", figure.value}, {"low", figure.low}, {"high", figure.high}};  // NaN becomes null
}

Json score_json(const eval::Score& score) {
    return {{"uar", score.uar},           {"accuracy", score.accuracy}, {"macro_f1", score.macro_f1},
            {"log_loss", score.log_loss}, {"brier", score.brier},       {"ece", score.ece}};
}

Json classes_json(const eval::Evaluation& evaluation) {
    Json classes = Json::list();
    for (std::size_t c = 0; c < evaluation.labels.size(); ++c)
        classes.push_back({{"label", evaluation.labels[c]},
                           {"precision", figure_json(evaluation.figures.precision[c])},
                           {"recall", figure_json(evaluation.figures.recall[c])},
                           {"f1", figure_json(evaluation.figures.f1[c])},
                           {"support", evaluation.report.classes[c].support}});
    return classes;
}

Json confusion_json(const eval::Report& report) {
    Json rows = Json::list();
    for (std::size_t c = 0; c < report.labels.size(); ++c) {
        const auto row = report.confusion.row(c);
        rows.push_back(std::vector<std::size_t>(row.begin(), row.end()));
    }
    return rows;
}

Json folds_json(const Dataset& dataset, const eval::Evaluation& evaluation) {
    Json folds = Json::list();
    for (std::size_t i = 0; i < evaluation.results.size(); ++i) {
        const eval::FoldResult& result = evaluation.results[i];
        const eval::Fold& fold = evaluation.plan.folds[result.fold];
        folds.push_back({{"fold", fold_name(evaluation.plan, result.fold)},
                         {"seed", result.seed},
                         {"train_speakers", speakers_of(dataset, fold.train)},
                         {"test_speakers", speakers_of(dataset, fold.test)},
                         {"n_train", result.n_train},
                         {"n_validation", result.n_validation},
                         {"n_test", result.clips.size()},
                         {"epochs", result.n_epochs},
                         {"scores", score_json(evaluation.folds[i])}});
        if (result.calibration) folds.elements().back()["calibration"] = calibration_json(result.calibration);
    }
    return folds;
}

Json seeds_json(const eval::Evaluation& evaluation) {
    Json seeds = Json::list();
    std::size_t next = 0;
    for (std::size_t i = 0; i < evaluation.results.size(); ++i)
        if (i == 0 || evaluation.results[i].seed != evaluation.results[i - 1].seed) {
            Json seed = score_json(evaluation.seeds[next++]);
            seed["seed"] = evaluation.results[i].seed;
            seeds.push_back(std::move(seed));
        }
    return seeds;
}

}  // namespace

std::vector<std::string> overlap_warnings(const eval::FoldPlan& plan) {
    const eval::Overlap& overlap = plan.overlap;
    const auto share = [&](std::size_t n) {
        return std::to_string(n) + " of " + std::to_string(overlap.n_tested) + " tested clips ";
    };
    std::vector<std::string> warnings;
    if (overlap.of_speakers > 0)
        warnings.push_back(share(overlap.of_speakers) +
                           "are of speakers heard in training; expect less of new voices");
    if (overlap.of_duplicates > 0)
        warnings.push_back(share(overlap.of_duplicates) + "are in training too, sample for sample");
    // That texts return is what folds of speakers are about where there are few: it is counted, not warned
    // of.
    if (overlap.of_speakers > 0 && overlap.of_texts > 0)
        warnings.push_back(share(overlap.of_texts) + "say a text heard in training");
    if (!overlap.speakers_known && plan.protocol != "model")
        warnings.emplace_back("speakers are not known: some may be in training and in test");
    return warnings;
}

std::string evaluation_text(const Dataset& dataset, const eval::Evaluation& evaluation,
                            const eval::BootstrapOptions& bootstrap) {
    std::string text = warning_lines(evaluation.plan);
    std::vector<std::vector<std::string>> rows{{"", "value", "95 %"}};
    for (const auto& [name, figure] : overall(evaluation.figures))
        rows.push_back({name, number(figure.value), interval(figure)});
    text += "\n" + table(rows) + units_text(evaluation, bootstrap.n_draws) + "\n" + spread_text(evaluation);
    text += "\n" + class_rows(evaluation) + "\n" + confusion_table(evaluation.report);
    text += "\n" + reliability_rows(evaluation);
    if (evaluation.plan.protocol != "model") text += "\n" + fold_rows(dataset, evaluation);
    return text;
}

std::string inflation_text(const eval::Inflation& inflation) {
    std::string text, warnings;
    std::vector<std::vector<std::string>> rows{
        {"folds", "new to the model", "UAR", "95 %", "accuracy", "95 %", "speakers known", "copies"}};
    for (const eval::Evaluation& row : inflation.rows) {
        const std::string protocol = row.plan.protocol.substr(0, row.plan.protocol.find(':'));
        const std::string fresh = protocol == "speaker"  ? "speakers"
                                  : protocol == "text"   ? "texts"
                                  : protocol == "corpus" ? "corpus"
                                                         : "nothing";
        rows.push_back(
            {row.plan.protocol, fresh, number(row.figures.uar.value), interval(row.figures.uar),
             number(row.figures.accuracy.value), interval(row.figures.accuracy),
             std::to_string(row.plan.overlap.of_speakers) + "/" + std::to_string(row.plan.overlap.n_tested),
             std::to_string(row.plan.overlap.of_duplicates)});
    }
    for (const std::string& left_out : inflation.left_out) text += "note: left out " + left_out + "\n";
    text += "\n" + table(rows) +
            "speakers known: tested clips whose speaker was heard in training; copies: clips that are in "
            "training too\n" +
            units_text(inflation.rows.front(), 10000) + "\n";
    return text;
}

std::string cross_corpus_text(const eval::CrossCorpus& matrix) {
    std::vector<std::vector<std::string>> rows{{"UAR, trained on"}};
    for (const std::string& corpus : matrix.corpora) {
        rows[0].push_back(corpus);
        rows[0].push_back("95 %");
    }
    for (std::size_t trained = 0; trained < matrix.corpora.size(); ++trained) {
        rows.push_back({matrix.corpora[trained]});
        for (std::size_t tested = 0; tested < matrix.corpora.size(); ++tested) {
            const Figure& uar = matrix.cell(trained, tested).figures.uar;
            rows.back().push_back(number(uar.value));
            rows.back().push_back(interval(uar));
        }
    }
    std::string labels;
    for (const std::string& label : matrix.labels) labels += " " + label;
    return "labels that all corpora share:" + labels +
           "\nwithin a corpus by speaker folds; across, trained on all of one and tested on all of the "
           "other\n\n" +
           table(rows) + "intervals of 95 %: bootstrap over the speakers of the tested corpus, 10000 draws\n";
}

std::string comparison_text(const eval::Comparison& comparison, const std::string& a, const std::string& b,
                            bool drawn_speakers) {
    std::vector<std::vector<std::string>> rows{{"", "A", "B", "B - A", "95 %", "p"}};
    for (const auto& [name, one] :
         {std::pair{"UAR", comparison.uar}, std::pair{"accuracy", comparison.accuracy},
          std::pair{"macro F1", comparison.macro_f1}})
        rows.push_back({name, number(one.a), number(one.b), number(one.difference),
                        number(one.low) + " to " + number(one.high), number(one.p_value)});
    std::string text =
        "A: " + a + "\nB: " + b + "\n" + plural(comparison.n_clips, "clip") + " of both\n\n" + table(rows) +
        "intervals and p-values: " + plural(comparison.n_units, drawn_speakers ? "speaker" : "clip") +
        " drawn and swapped" + (comparison.every_swap ? ", every way of swapping" : "") + "\n";
    if (comparison.every_swap)
        text += "the smallest p that so few can give is " +
                number(2 / std::pow(2.0, static_cast<double>(comparison.n_units))) + "\n";
    if (comparison.mcnemar)
        text += "McNemar over clips: only A right " + std::to_string(comparison.mcnemar->only_a) +
                ", only B right " + std::to_string(comparison.mcnemar->only_b) + ", p " +
                number(comparison.mcnemar->p_value) +
                (drawn_speakers ? "; it takes clips of one speaker for independent" : "") + "\n";
    return text;
}

Json evaluation_json(const Dataset& dataset, const eval::Evaluation& evaluation,
                     const eval::BootstrapOptions& bootstrap) {
    const eval::Overlap& overlap = evaluation.plan.overlap;
    Json json;
    json["folds"] = evaluation.plan.protocol;
    json["labels"] = evaluation.labels;
    json["notes"] = evaluation.plan.notes;
    json["warnings"] = overlap_warnings(evaluation.plan);
    json["overlap"] = {{"tested", overlap.n_tested},
                       {"speakers", overlap.of_speakers},
                       {"texts", overlap.of_texts},
                       {"duplicates", overlap.of_duplicates},
                       {"speakers_known", overlap.speakers_known},
                       {"texts_known", overlap.texts_known},
                       {"duplicates_known", overlap.duplicates_known}};
    json["intervals"] = {
        {"method", "bootstrap, percentile"},     {"units", evaluation.drawn_speakers ? "speakers" : "clips"},
        {"n_units", evaluation.figures.n_units}, {"n_draws", bootstrap.n_draws},
        {"confidence", bootstrap.confidence},    {"random_state", bootstrap.random_state}};
    json["metrics"] = {{"uar", figure_json(evaluation.figures.uar)},
                       {"accuracy", figure_json(evaluation.figures.accuracy)},
                       {"macro_f1", figure_json(evaluation.figures.macro_f1)},
                       {"log_loss", figure_json(evaluation.figures.log_loss)},
                       {"brier", figure_json(evaluation.figures.brier)},
                       {"ece", figure_json(evaluation.figures.ece)}};
    json["classes"] = classes_json(evaluation);
    json["confusion"] = confusion_json(evaluation.report);
    json["reliability"] = reliability_json(evaluation);
    json["seeds"] = seeds_json(evaluation);
    json["spread"] = {{"mean", score_json(evaluation.spread.mean)},
                      {"deviation", score_json(evaluation.spread.deviation)}};
    json["per_fold"] = folds_json(dataset, evaluation);
    return json;
}

Json importance_json(const eval::Evaluation& evaluation, const eval::EvaluationOptions& options) {
    std::vector<std::vector<double>> falls;
    std::vector<std::size_t> folds;
    for (const eval::FoldResult& result : evaluation.results) {
        falls.push_back(result.importance);
        folds.push_back(result.fold);
    }
    const std::vector<Figure> means = eval::mean_falls(falls, folds, options.bootstrap);
    Json groups = Json::list();
    for (std::size_t g = 0; g < means.size(); ++g) {
        Json per_fold = Json::list();
        for (const auto& fall : falls) per_fold.push_back(fall[g]);
        groups.push_back({{"name", options.importance.groups[g].name},
                          {"columns", options.importance.groups[g].columns.size()},
                          {"fall", figure_json(means[g])},
                          {"per_fold", per_fold}});
    }
    return {{"measure", "uar"},
            {"method", "permutation"},
            {"repeats", options.importance.n_repeats},
            {"groups", groups}};
}

std::string importance_text(const Json& importance) {
    std::vector<std::vector<std::string>> rows{{"features", "columns", "UAR falls by", "95 %"}};
    for (const Json& group : importance["groups"]) {
        const auto end = [&](const char* name) {
            const Json& value = group["fall"][name];
            return value.is_number() ? number(value.get<double>()) : std::string("-");
        };
        rows.push_back({group["name"].get<std::string>(), group["columns"].dump(), end("value"),
                        end("low") + " to " + end("high")});
    }
    return "which features matter: the UAR when their values are swapped between tested clips\n" +
           table(rows) + "intervals of 95 %: bootstrap over folds\n";
}

Json comparison_json(const eval::Comparison& comparison, bool drawn_speakers) {
    const auto one = [](const eval::Difference& d) -> Json {
        return {{"a", d.a},     {"b", d.b},       {"difference", d.difference},
                {"low", d.low}, {"high", d.high}, {"p_value", d.p_value}};
    };
    Json json{{"n_clips", comparison.n_clips},       {"units", drawn_speakers ? "speakers" : "clips"},
              {"n_units", comparison.n_units},       {"every_swap", comparison.every_swap},
              {"uar", one(comparison.uar)},          {"accuracy", one(comparison.accuracy)},
              {"macro_f1", one(comparison.macro_f1)}};
    if (comparison.mcnemar)
        json["mcnemar"] = {{"only_a", comparison.mcnemar->only_a},
                           {"only_b", comparison.mcnemar->only_b},
                           {"p_value", comparison.mcnemar->p_value}};
    return json;
}

}  // namespace undertone::app
