#include <algorithm>
#include <filesystem>
#include <set>

#include "output.hpp"
#include "page/html.hpp"
#include "page/sections.hpp"

namespace undertone::app::html {

namespace {

constexpr std::size_t kShown = 9;

struct Row {
    std::size_t index = 0;
    double given = 0, right = 0;  // probabilities of the label given and of the true one
    std::string instead;          // of a hit: the next likely label
};

double probability(const RunPredictions& predictions, std::size_t row, const std::string& label) {
    const auto found = std::find(predictions.labels.begin(), predictions.labels.end(), label);
    return found == predictions.labels.end()
               ? 0
               : predictions.proba(row, static_cast<std::size_t>(found - predictions.labels.begin()));
}

std::string second(const RunPredictions& predictions, std::size_t row) {
    std::string best;
    double most = -1;
    for (std::size_t c = 0; c < predictions.labels.size(); ++c)
        if (predictions.labels[c] != predictions.predicted[row] && predictions.proba(row, c) > most) {
            most = predictions.proba(row, c);
            best = predictions.labels[c];
        }
    return best;
}

// The first rows of different recordings: with several seeds one clip has several.
std::vector<Row> first_of(const RunPredictions& predictions, std::vector<Row> rows) {
    std::vector<Row> first;
    std::set<std::string> files;
    for (Row& row : rows) {
        if (first.size() == kShown) break;
        if (files.insert(predictions.files[row.index]).second) first.push_back(std::move(row));
    }
    return first;
}

std::string percent(double share) { return fixed(100 * share, 1) + " %"; }

std::string list(const RunData& run, const std::vector<Row>& rows, const Recordings& recordings,
                 bool mistakes, std::size_t& n_players) {
    const RunPredictions& predictions = *run.predictions;
    std::string html;
    for (const Row& row : rows) {
        const std::string& file = predictions.files[row.index];
        const std::string& speaker = predictions.speakers[row.index];
        const std::string player = recordings.player(run, file);
        if (!player.empty()) ++n_players;
        html +=
            "<li><p><strong>" + name(predictions.truth[row.index]) + "</strong> " +
            (mistakes ? "taken for <strong>" + name(predictions.predicted[row.index]) + "</strong> with " +
                            percent(row.given) + "; the right label had " + percent(row.right)
                      : "heard as such with " + percent(row.given) + " only; next: " + name(row.instead)) +
            "</p><p class=\"file\">" + name(std::filesystem::path(file).filename().string()) +
            (speaker.empty() ? "" : ", speaker " + name(speaker)) + ", fold " +
            name(predictions.folds[row.index]) + "</p>" + player + "</li>\n";
    }
    return "<ol class=\"clips\">\n" + html + "</ol>\n";
}

}  // namespace

std::string clips(const RunData& run, const Recordings& recordings) {
    if (!run.predictions) return "";
    const RunPredictions& predictions = *run.predictions;
    std::vector<Row> mistakes, hits;
    for (std::size_t i = 0; i < predictions.files.size(); ++i) {
        const bool hit = predictions.truth[i] == predictions.predicted[i];
        (hit ? hits : mistakes)
            .push_back({i, probability(predictions, i, predictions.predicted[i]),
                        probability(predictions, i, predictions.truth[i]),
                        hit ? second(predictions, i) : ""});
    }
    std::stable_sort(mistakes.begin(), mistakes.end(),
                     [](const Row& a, const Row& b) { return a.given > b.given; });
    std::stable_sort(hits.begin(), hits.end(), [](const Row& a, const Row& b) { return a.given < b.given; });
    mistakes = first_of(predictions, std::move(mistakes));
    hits = first_of(predictions, std::move(hits));
    std::size_t n_players = 0;
    std::string html = "<h3>The most certain mistakes</h3>\n" +
                       (mistakes.empty() ? element("p", "None: every clip was right.")
                                         : list(run, mistakes, recordings, true, n_players));
    html +=
        "<h3>The least certain hits</h3>\n" + (hits.empty() ? element("p", "None: no clip was right.")
                                                            : list(run, hits, recordings, false, n_players));
    if (n_players < mistakes.size() + hits.size())
        html += element("p",
                        n_players == 0
                            ? "The recordings are not where they were when the run was made, or lie in an "
                              "archive: they cannot be played from here."
                            : "Recordings without a player are not where they were when the run was made.",
                        "class=\"note\"") +
                "\n";
    return html;
}

}  // namespace undertone::app::html
