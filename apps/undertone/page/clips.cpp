#include <algorithm>
#include <filesystem>
#include <set>

#include "output/output.hpp"
#include "page/html.hpp"
#include "page/sections.hpp"

namespace undertone::app::html {

namespace {

constexpr std::size_t kShown = 9;

struct Row {
    std::size_t index = 0;
    double given = 0, right = 0;  // probabilities of the label given and of the true one
};

// The likeliest label but the one that was given; empty where there is no other.
std::string second(const RunPredictions& predictions, std::size_t row) {
    std::size_t best = predictions.labels.size();
    const auto p = predictions.proba().row(row);
    for (std::size_t c = 0; c < p.size(); ++c)
        if (predictions.labels[c] != predictions.predicted[row] && (best == p.size() || p[c] > p[best]))
            best = c;
    return best == p.size() ? "" : predictions.labels[best];
}

// The first rows of different recordings: with several seeds one clip has several.
std::vector<Row> first_of(const RunPredictions& predictions, const std::vector<Row>& rows) {
    std::vector<Row> first;
    std::set<std::string> files;
    for (const Row& row : rows) {
        if (first.size() == kShown) break;
        if (files.insert(predictions.files[row.index]).second) first.push_back(row);
    }
    return first;
}

std::string percent(double share) { return fixed(100 * share, 1) + " %"; }

std::string list(const RunData& run, const std::vector<Row>& rows, Recordings& recordings, bool mistakes,
                 std::size_t& n_players) {
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
                      : "heard as such with " + percent(row.given) +
                            " only; next: " + name(second(predictions, row.index))) +
            "</p><p class=\"file\">" + name(std::filesystem::path(file).filename().string()) +
            (speaker.empty() ? "" : ", speaker " + name(speaker)) + ", fold " +
            name(predictions.folds[row.index]) + "</p>" + player + "</li>\n";
    }
    return "<ol class=\"clips\">\n" + html + "</ol>\n";
}

// Which recordings are not played, and why.
std::string not_played(const Recordings& recordings, std::size_t n_left_out, std::size_t n_players,
                       std::size_t n_shown) {
    constexpr std::size_t kNamed = 5;
    if (n_players == n_shown) return "";
    std::string html;
    if (n_left_out < n_shown - n_players)
        html += element("p",
                        n_players == 0 && n_left_out == 0
                            ? "The recordings are not where they were when the run was made, or lie in an "
                              "archive: they cannot be played from here."
                            : "Recordings without a player are not where they were when the run was made.",
                        "class=\"note\"") +
                "\n";
    const auto& all = recordings.left_out();
    const std::size_t first = all.size() - n_left_out;
    for (std::size_t i = first; i < std::min(all.size(), first + kNamed); ++i)
        html += element("p", "Not played: " + name(all[i].file) + " " + text(all[i].reason) + ".",
                        "class=\"note\"") +
                "\n";
    if (n_left_out > kNamed)
        html += element("p", "And " + grouped(n_left_out - kNamed) + " more.", "class=\"note\"") + "\n";
    return html;
}

}  // namespace

std::string clips(const RunData& run, Recordings& recordings) {
    if (!run.predictions) return "";
    const RunPredictions& predictions = *run.predictions;
    const std::vector<std::size_t> truth = label_numbers(predictions.truth, predictions.labels),
                                   predicted = label_numbers(predictions.predicted, predictions.labels);
    const auto p = predictions.proba();
    const auto probability = [&](std::size_t row, std::size_t label) {
        return label == predictions.labels.size() ? 0 : p(row, label);
    };
    std::vector<Row> mistakes, hits;
    for (std::size_t i = 0; i < predictions.files.size(); ++i) {
        const bool hit = predictions.truth[i] == predictions.predicted[i];
        (hit ? hits : mistakes)
            .push_back({i, probability(i, predicted[predictions.predicted.number(i)]),
                        probability(i, truth[predictions.truth.number(i)])});
    }
    std::stable_sort(mistakes.begin(), mistakes.end(),
                     [](const Row& a, const Row& b) { return a.given > b.given; });
    std::stable_sort(hits.begin(), hits.end(), [](const Row& a, const Row& b) { return a.given < b.given; });
    mistakes = first_of(predictions, mistakes);
    hits = first_of(predictions, hits);
    std::size_t n_players = 0;
    const std::size_t n_left_out = recordings.left_out().size();
    std::string html = "<h3>The most certain mistakes</h3>\n" +
                       (mistakes.empty() ? element("p", "None: every clip was right.")
                                         : list(run, mistakes, recordings, true, n_players));
    html +=
        "<h3>The least certain hits</h3>\n" + (hits.empty() ? element("p", "None: no clip was right.")
                                                            : list(run, hits, recordings, false, n_players));
    return html + not_played(recordings, recordings.left_out().size() - n_left_out, n_players,
                             mistakes.size() + hits.size());
}

}  // namespace undertone::app::html
