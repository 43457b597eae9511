#include "run/run_plots.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "output/output.hpp"
#include "plot/texts.hpp"
#include "undertone/bootstrap.hpp"
#include "undertone/error.hpp"

namespace undertone::app {

namespace {

// A name may be as long as its file; no figure has room for more of it.
constexpr std::size_t kNameLength = 80;
constexpr std::size_t kMaxBins = 1000;  // of reliability; undertone writes 15

std::string short_name(const std::string& name) { return plot::cut(name, kNameLength); }

std::string short_text(const Json& json) { return short_name(json.is_text() ? json.text() : json.dump()); }

std::vector<std::string> texts_of(const Json& json) {
    std::vector<std::string> texts;
    for (const Json& one : json) texts.push_back(short_text(one));
    return texts;
}

[[noreturn]] void refuse(const RunData& run, const std::string& what) {
    throw Error(Errc::corrupt_data, run.path + "/run.json: " + what);
}

void add_confusion(const RunData& run, std::vector<RunPlot>& plots) {
    const Json& rows = list_of(run.json, "confusion");
    if (rows.empty()) return;
    const std::size_t n = rows.size();
    // Every row is looked at before a square is allocated: rows of nothing are cheap to write.
    for (const Json& row : rows)
        if (!row.is_list() || row.size() != n) refuse(run, "confusion: must have as many columns as rows");
    const Json& labels = list_of(run.json, "labels");
    if (labels.size() != n) refuse(run, "confusion: must have a row for each of the labels");
    Matrix<std::size_t> confusion(n, n);
    for (std::size_t r = 0; r < n; ++r)
        for (std::size_t c = 0; c < n; ++c)
            confusion(r, c) =
                json_count(rows[r][c], std::uint64_t{1} << 53, "confusion", run.path + "/run.json");
    plots.push_back({"confusion", plot::confusion_figure(texts_of(labels), confusion)});
}

void add_reliability(const RunData& run, std::vector<RunPlot>& plots) {
    const Json& rows = list_of(run.json, "reliability");
    if (rows.empty()) return;
    if (rows.size() > kMaxBins)
        refuse(run, "reliability: has more than the " + std::to_string(kMaxBins) + " bins that are read");
    std::vector<eval::ReliabilityBin> bins;
    for (const Json& row : rows)
        bins.push_back({number_of(row, "low").value_or(0), number_of(row, "high").value_or(0),
                        count_of(row, "clips"), number_of(row, "confidence").value_or(0),
                        number_of(row, "accuracy").value_or(0)});
    const Json& ece = part_of(part_of(run.json, "metrics"), "ece");
    plots.push_back({"reliability", plot::reliability_figure(bins, figure_of(ece))});
}

void add_speakers(const RunData& run, std::vector<RunPlot>& plots, const OnProgress& on_progress) {
    if (!run.predictions) return;
    std::vector<plot::NamedScore> scores = speaker_scores(*run.predictions, on_progress);
    if (scores.empty()) return;
    const Json& uar = part_of(part_of(run.json, "metrics"), "uar");
    plots.push_back(
        {"speakers", plot::speakers_figure(std::move(scores), figure_of(uar),
                                           1 / static_cast<double>(run.predictions->labels.size()))});
}

void add_tuning(const RunData& run, std::vector<RunPlot>& plots) {
    const Json& rows = list_of(run.json, "trials");
    if (rows.empty()) return;
    std::vector<std::string> parameters;
    for (const auto& option : members_of(rows[0], "options")) parameters.push_back(short_name(option.first));
    std::vector<plot::TrialScore> trials;
    for (const Json& row : rows) {
        const Json& options = part_of(row, "options");
        if (!options.is_object() || options.empty() || options.size() != parameters.size())
            refuse(run, "trials: each must have the same options");
        trials.push_back({texts_of(options), number_of(row, "mean").value_or(NAN),
                          number_of(row, "deviation").value_or(0), count_of(row, "rank"),
                          number_of(row, "share").value_or(1)});
    }
    const std::string scoring = short_name(text_of(part_of(run.json, "options"), "scoring"));
    plots.push_back({"tuning", plot::tuning_figure(parameters, trials, scoring.empty() ? "score" : scoring)});
}

void add_inflation(const RunData& run, std::vector<RunPlot>& plots) {
    if (text_of(run.json, "folds") != "inflation") return;
    std::vector<plot::ProtocolScore> rows;
    for (const Json& row : list_of(run.json, "rows")) {
        const Json& metrics = part_of(row, "metrics");
        const Json& overlap = part_of(row, "overlap");
        const std::string protocol = short_name(text_of(row, "folds")),
                          kind = protocol.substr(0, protocol.find(':'));
        rows.push_back({protocol,
                        kind == "speaker"  ? "speakers"
                        : kind == "text"   ? "texts"
                        : kind == "corpus" ? "the corpus"
                                           : "nothing",
                        figure_of(part_of(metrics, "uar")), figure_of(part_of(metrics, "accuracy")),
                        count_of(overlap, "speakers"), count_of(overlap, "tested")});
    }
    if (rows.empty()) return;
    plots.push_back({"inflation", plot::inflation_figure(rows)});
}

void add_matrix(const RunData& run, std::vector<RunPlot>& plots) {
    if (text_of(run.json, "folds") != "matrix") return;
    const Json &names = list_of(run.json, "corpora"), &cells = list_of(run.json, "cells");
    const std::size_t n = names.size();
    if (n == 0) return;
    // Every corpus with every one, so that a list of names does not make a square of nothing.
    if (cells.size() / n < n) refuse(run, "cells: must be one for each two of the corpora");
    std::map<std::string_view, std::size_t> place_of;
    for (std::size_t i = 0; i < n; ++i)
        if (!names[i].is_text() || !place_of.emplace(names[i].text(), i).second)
            refuse(run, "corpora: must be different names");
    Matrix<eval::Figure> uar(n, n);
    for (const Json& cell : cells) {
        const auto trained = place_of.find(text_of(cell, "trained")),
                   tested = place_of.find(text_of(cell, "tested"));
        if (trained == place_of.end() || tested == place_of.end())
            refuse(run, "a cell is of none of the corpora");
        uar(trained->second, tested->second) = figure_of(part_of(part_of(cell, "metrics"), "uar"));
    }
    const std::vector<std::string> corpora = texts_of(names);
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

namespace {

// The rows of one speaker, with the labels that occur in them: a table of all labels would be mostly zeros.
struct SpeakerRows {
    std::vector<int> truth, units;
    Matrix<double> proba;
    std::size_t n_clips = 0;
};

SpeakerRows rows_of_speaker(const RunPredictions& predictions, const std::vector<std::size_t>& rows,
                            const std::vector<std::size_t>& label_of_truth) {
    std::vector<std::size_t> truth, columns;
    for (const std::size_t row : rows) {
        const std::size_t label = label_of_truth[predictions.truth.number(row)];
        truth.push_back(label);
        const auto p = predictions.proba().row(row);
        columns.push_back(label);
        columns.push_back(static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin()));
    }
    std::sort(columns.begin(), columns.end());
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    SpeakerRows speaker;
    speaker.proba = Matrix<double>(rows.size(), columns.size());
    std::map<std::string_view, int> unit_of;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto p = predictions.proba().row(rows[i]);
        for (std::size_t c = 0; c < columns.size(); ++c) speaker.proba(i, c) = p[columns[c]];
        speaker.truth.push_back(
            static_cast<int>(std::lower_bound(columns.begin(), columns.end(), truth[i]) - columns.begin()));
        // A clip that several seeds were tested on is drawn with all its answers.
        speaker.units.push_back(
            unit_of.emplace(predictions.files[rows[i]], static_cast<int>(unit_of.size())).first->second);
    }
    speaker.n_clips = unit_of.size();
    return speaker;
}

// The mean recall of the labels that occur. @param answers  of each row the true label and the given one
double uar_of(std::vector<std::pair<std::size_t, int>> answers) {
    std::sort(answers.begin(), answers.end());
    double recalls = 0, n_occurring = 0;
    for (std::size_t i = 0; i < answers.size();) {
        const std::size_t label = answers[i].first;
        double hits = 0, support = 0;
        for (; i < answers.size() && answers[i].first == label; ++i) {
            hits += static_cast<std::size_t>(answers[i].second) == label ? 1 : 0;
            support += 1;
        }
        recalls += hits / support;
        n_occurring += 1;
    }
    return recalls / n_occurring;
}

}  // namespace

std::vector<plot::NamedScore> speaker_scores(const RunPredictions& predictions,
                                             const OnProgress& on_progress) {
    const std::vector<std::size_t> label_of_truth = label_numbers(predictions.truth, predictions.labels);
    std::map<std::string_view, std::vector<std::size_t>> rows_of;
    for (std::size_t row = 0; row < predictions.speakers.size(); ++row)
        if (!predictions.speakers[row].empty()) rows_of[predictions.speakers[row]].push_back(row);
    const std::vector<int> given = eval::most_probable(predictions.proba());
    struct Speaker {
        plot::NamedScore score;
        const std::vector<std::size_t>* rows;
    };
    std::vector<Speaker> speakers;
    for (const auto& [name, rows] : rows_of) {
        std::vector<std::pair<std::size_t, int>> answers;
        for (const std::size_t row : rows) {
            const std::size_t label = label_of_truth[predictions.truth.number(row)];
            if (label == predictions.labels.size())
                throw Error(Errc::corrupt_data, predictions.path + "/predictions.csv: " +
                                                    one_line(short_name(predictions.truth[row])) +
                                                    " has no column");
            answers.emplace_back(label, given[row]);
        }
        const double uar = uar_of(std::move(answers));
        speakers.push_back({{short_name(std::string(name)), 0, {uar, uar, uar}}, &rows});
        if (on_progress && !on_progress({speakers.size(), rows_of.size()}))
            throw Error(Errc::cancelled, predictions.path + ": the scoring of its speakers was stopped");
    }
    // As the figure sorts them: those between the best and the worst need no intervals.
    std::stable_sort(speakers.begin(), speakers.end(), [](const Speaker& a, const Speaker& b) {
        return a.score.score.value > b.score.score.value;
    });
    const std::size_t n = speakers.size(), half = plot::kMostSpeakers / 2;
    std::vector<plot::NamedScore> scores;
    for (std::size_t i = 0; i < n; ++i) {
        if (n <= plot::kMostSpeakers || i < half || i >= n - half) {
            const SpeakerRows speaker = rows_of_speaker(predictions, *speakers[i].rows, label_of_truth);
            speakers[i].score.n_clips = speaker.n_clips;
            speakers[i].score.score =
                eval::bootstrap(speaker.truth, speaker.proba, speaker.units, {.n_draws = 1000}, on_progress)
                    .uar;
        }
        scores.push_back(std::move(speakers[i].score));
    }
    return scores;
}

std::vector<RunPlot> run_plots(const RunData& run, const OnProgress& on_progress) {
    std::vector<RunPlot> plots;
    if (has_loss(run)) plots.push_back({"learning", plot::learning_figure(run.curves)});
    add_confusion(run, plots);
    add_reliability(run, plots);
    add_speakers(run, plots, on_progress);
    add_tuning(run, plots);
    add_inflation(run, plots);
    add_matrix(run, plots);
    if (!run.importance.empty()) {
        std::vector<plot::GroupScore> groups = run.importance;
        for (plot::GroupScore& group : groups) group.name = short_name(group.name);
        plots.push_back({"importance", plot::importance_figure(std::move(groups))});
    }
    return plots;
}

plot::Figure run_figure(const std::string& run, const std::string& kind, const OnProgress& on_progress) {
    const RunData data = read_run_data(run, on_progress);
    std::vector<plot::Figure> figures;
    std::string there;
    for (RunPlot& one : run_plots(data, on_progress)) {
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
