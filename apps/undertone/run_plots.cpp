#include "run_plots.hpp"

#include <algorithm>
#include <map>

#include "output.hpp"
#include "undertone/bootstrap.hpp"
#include "undertone/error.hpp"

namespace undertone::app {

namespace {

std::vector<std::string> texts_of(const Json& json) {
    std::vector<std::string> texts;
    for (const Json& one : json) texts.push_back(one.is_string() ? one.get<std::string>() : one.dump());
    return texts;
}

std::size_t count_of(const Json& json, const char* key) {
    return static_cast<std::size_t>(std::max(number_of(json, key).value_or(0), 0.0));
}

void add_confusion(const RunData& run, std::vector<RunPlot>& plots) {
    const Json& rows = part_of(run.json, "confusion");
    if (!rows.is_array() || rows.empty()) return;
    Matrix<std::size_t> confusion(rows.size(), rows.size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const auto row = rows[r].get<std::vector<std::size_t>>();
        if (row.size() != rows.size())
            throw Error(Errc::corrupt_data,
                        run.path + "/run.json: confusion: must have as many columns as rows");
        std::copy(row.begin(), row.end(), confusion.row(r).begin());
    }
    plots.push_back({"confusion", plot::confusion_figure(texts_of(part_of(run.json, "labels")), confusion)});
}

void add_reliability(const RunData& run, std::vector<RunPlot>& plots) {
    const Json& rows = part_of(run.json, "reliability");
    if (!rows.is_array() || rows.empty()) return;
    std::vector<eval::ReliabilityBin> bins;
    for (const Json& row : rows)
        bins.push_back({number_of(row, "low").value_or(0), number_of(row, "high").value_or(0),
                        count_of(row, "clips"), number_of(row, "confidence").value_or(0),
                        number_of(row, "accuracy").value_or(0)});
    const Json& ece = part_of(part_of(run.json, "metrics"), "ece");
    plots.push_back({"reliability", plot::reliability_figure(bins, figure_of(ece))});
}

void add_speakers(const RunData& run, std::vector<RunPlot>& plots) {
    if (!run.predictions) return;
    std::vector<plot::NamedScore> scores = speaker_scores(*run.predictions);
    if (scores.empty()) return;
    const Json& uar = part_of(part_of(run.json, "metrics"), "uar");
    plots.push_back(
        {"speakers", plot::speakers_figure(std::move(scores), figure_of(uar),
                                           1 / static_cast<double>(run.predictions->labels.size()))});
}

void add_tuning(const RunData& run, std::vector<RunPlot>& plots) {
    const Json& rows = part_of(run.json, "trials");
    if (!rows.is_array() || rows.empty()) return;
    std::vector<std::string> parameters;
    for (const auto& option : part_of(rows.front(), "options").items()) parameters.push_back(option.key());
    std::vector<plot::TrialScore> trials;
    for (const Json& row : rows)
        trials.push_back({texts_of(part_of(row, "options")),
                          figure_of({{"value", part_of(row, "mean")}}).value,
                          number_of(row, "deviation").value_or(0), count_of(row, "rank"),
                          number_of(row, "share").value_or(1)});
    const std::string scoring = text_of(part_of(run.json, "options"), "scoring");
    plots.push_back({"tuning", plot::tuning_figure(parameters, trials, scoring.empty() ? "score" : scoring)});
}

void add_inflation(const RunData& run, std::vector<RunPlot>& plots) {
    if (text_of(run.json, "folds") != "inflation") return;
    std::vector<plot::ProtocolScore> rows;
    for (const Json& row : part_of(run.json, "rows")) {
        const Json& metrics = part_of(row, "metrics");
        const Json& overlap = part_of(row, "overlap");
        const std::string protocol = text_of(row, "folds"), kind = protocol.substr(0, protocol.find(':'));
        rows.push_back({protocol,
                        kind == "speaker"  ? "speakers"
                        : kind == "text"   ? "texts"
                        : kind == "corpus" ? "the corpus"
                                           : "nothing",
                        figure_of(part_of(metrics, "uar")), figure_of(part_of(metrics, "accuracy")),
                        count_of(overlap, "speakers"), count_of(overlap, "tested")});
    }
    plots.push_back({"inflation", plot::inflation_figure(rows)});
}

void add_matrix(const RunData& run, std::vector<RunPlot>& plots) {
    if (text_of(run.json, "folds") != "matrix") return;
    const std::vector<std::string> corpora = texts_of(part_of(run.json, "corpora"));
    Matrix<eval::Figure> uar(corpora.size(), corpora.size());
    const auto place = [&](const std::string& name) {
        return static_cast<std::size_t>(std::find(corpora.begin(), corpora.end(), name) - corpora.begin());
    };
    for (const Json& cell : part_of(run.json, "cells")) {
        const std::size_t r = place(text_of(cell, "trained")), c = place(text_of(cell, "tested"));
        if (r == corpora.size() || c == corpora.size())
            throw Error(Errc::corrupt_data, run.path + "/run.json: a cell is of none of the corpora");
        uar(r, c) = figure_of(part_of(part_of(cell, "metrics"), "uar"));
    }
    plots.push_back({"matrix", plot::cross_corpus_figure(corpora, uar)});
}

bool has_loss(const RunData& run) {
    return std::any_of(run.curves.begin(), run.curves.end(),
                       [](const plot::TrainingCurves& one) { return one.values.count("loss") != 0; });
}

}  // namespace

const std::vector<std::string>& run_plot_kinds() {
    static const std::vector<std::string> kinds{"learning", "confusion", "reliability", "speakers",
                                                "tuning",   "inflation", "matrix",      "importance"};
    return kinds;
}

std::vector<plot::NamedScore> speaker_scores(const RunPredictions& predictions) {
    std::map<std::string, std::vector<std::size_t>> rows_of;
    for (std::size_t row = 0; row < predictions.speakers.size(); ++row)
        rows_of[predictions.speakers[row]].push_back(row);
    rows_of.erase("");
    std::vector<plot::NamedScore> scores;
    for (const auto& [speaker, rows] : rows_of) {
        std::vector<int> truth, units;
        std::map<std::string, int> unit_of;
        Matrix<double> proba(rows.size(), predictions.labels.size());
        for (const std::size_t row : rows) {
            const auto label =
                std::find(predictions.labels.begin(), predictions.labels.end(), predictions.truth[row]);
            if (label == predictions.labels.end())
                throw Error(Errc::corrupt_data, predictions.path + "/predictions.csv: " +
                                                    one_line(predictions.truth[row]) + " has no column");
            const auto from = predictions.proba.row(row);
            std::copy(from.begin(), from.end(), proba.row(truth.size()).begin());
            truth.push_back(static_cast<int>(label - predictions.labels.begin()));
            // A clip that several seeds were tested on is drawn with all its answers.
            units.push_back(
                unit_of.emplace(predictions.files[row], static_cast<int>(unit_of.size())).first->second);
        }
        const eval::Figures figures = eval::bootstrap(truth, proba, units, {.n_draws = 1000});
        scores.push_back({speaker, unit_of.size(), figures.uar});
    }
    return scores;
}

std::vector<RunPlot> run_plots(const RunData& run) {
    std::vector<RunPlot> plots;
    try {
        if (has_loss(run)) plots.push_back({"learning", plot::learning_figure(run.curves)});
        add_confusion(run, plots);
        add_reliability(run, plots);
        add_speakers(run, plots);
        add_tuning(run, plots);
        add_inflation(run, plots);
        add_matrix(run, plots);
        if (!run.importance.empty()) plots.push_back({"importance", plot::importance_figure(run.importance)});
    } catch (const Json::exception&) {
        throw Error(Errc::corrupt_data, run.path + "/run.json: is not what undertone writes");
    }
    return plots;
}

plot::Figure run_figure(const std::string& run, const std::string& kind) {
    const RunData data = read_run_data(run);
    std::vector<plot::Figure> figures;
    std::string there;
    for (RunPlot& one : run_plots(data)) {
        there += " " + one.kind;
        if (kind == "all" || kind == one.kind) figures.push_back(std::move(one.figure));
    }
    if (figures.empty())
        throw Error(Errc::invalid_argument, run + ": has no figure" + (kind == "all" ? "" : " " + kind) +
                                                (there.empty() ? "" : "; it has" + there));
    if (figures.size() > 1) return plot::joined(data.name, figures);
    figures.front().title = data.name;  // the panel says what it shows
    return figures.front();
}

}  // namespace undertone::app
