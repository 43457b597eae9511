#include "page/sections.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "output/output.hpp"
#include "page/html.hpp"
#include "page/words.hpp"
#include "plot/texts.hpp"

namespace undertone::app::html {

namespace {

// px: of one figure, so that its texts are still read on a phone and two stand side by side on a desk.
constexpr double kFigureWidth = 440;
// Names along x that do not stand in that width take twice as much.
constexpr std::size_t kMostNames = 10;
constexpr double kWideFigure = 900;

// What a page lists: more is in run.json, and nobody reads it here.
constexpr std::size_t kMostRows = 200, kMostListed = 60, kMostParagraphs = 20;
constexpr std::size_t kLongestParagraph = 2000, kLongestCommand = 16000;  // characters

std::string more(std::size_t n, std::size_t most, const char* what) {
    if (n <= most) return "";
    return element("p", "And " + grouped(n - most) + " more " + what + ", which are in run.json.",
                   "class=\"note\"") +
           "\n";
}

std::string number(double value, int digits = 3) {
    return std::isfinite(value) ? fixed(value, digits) : "not known";
}

std::string range(const eval::Figure& figure, int digits = 3) {
    if (!std::isfinite(figure.low) || !std::isfinite(figure.high)) return "";
    return number(figure.low, digits) + " to " + number(figure.high, digits);
}

std::string tile(const std::string& term, const eval::Figure& figure, const std::string& further,
                 bool chief = false) {
    const std::string interval = range(figure);
    std::string small = interval.empty() ? "" : "<small>95 %: " + interval + "</small>";
    if (!further.empty()) small += "<small>" + further + "</small>";
    return std::string("<div") + (chief ? " class=\"chief\"" : "") + ">" + element("dt", term) +
           element("dd", number(figure.value) + small) + "</div>\n";
}

std::string meter(double share) {
    if (!(share >= 0 && share <= 1)) return "";
    return "<span class=\"meter\" aria-hidden=\"true\"><i style=\"width:" + fixed(100 * share, 0) +
           "%\"></i></span>";
}

std::string with_range(const eval::Figure& figure) {
    const std::string interval = range(figure, 2);
    return number(figure.value) + (interval.empty() ? "" : "<small>" + interval + "</small>");
}

std::string joined_names(const Json& names, std::size_t most = kMostListed) {
    std::string all;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
        if (names[i].is_text()) all += (all.empty() ? "" : ", ") + name(names[i].get<std::string>());
    return names.size() > most ? all + " and " + grouped(names.size() - most) + " more" : all;
}

std::string paragraphs(const Json& lines, const std::string& kind) {
    std::string html;
    for (std::size_t i = 0; i < std::min(lines.size(), kMostParagraphs); ++i)
        if (lines[i].is_text())
            html += element("p", text(plot::cut(lines[i].get<std::string>(), kLongestParagraph)),
                            "class=\"" + kind + "\"") +
                    "\n";
    return html + more(lines.size(), kMostParagraphs, "lines");
}

std::string drawing(const plot::Figure& figure) {
    std::string html;
    const std::vector<plot::Figure> apart = plot::panels_apart(figure);
    for (std::size_t i = 0; i < apart.size(); ++i) {
        plot::Figure one = apart[i];
        const std::string caption = text(one.subtitle);
        one.title.clear();
        one.subtitle.clear();
        const plot::Axis& x = one.panels.front().x;
        const bool wide = x.scale == plot::Scale::categories && x.ticks.size() > kMostNames;
        html += std::string("<figure") + (wide ? " class=\"wide\"" : "") + ">" +
                plot::svg_element(one, {.width = wide ? kWideFigure : kFigureWidth});
        if (!caption.empty()) html += element("figcaption", caption);
        html += "</figure>\n";
    }
    return html;
}

constexpr std::size_t kMostTested = 24;  // speakers named in one row

std::string folds_table(const Json& folds) {
    std::vector<std::vector<std::string>> rows;
    for (const Json& fold : folds) {
        if (rows.size() == kMostRows) break;
        const Json& scores = part_of(fold, "scores");
        const auto whole = [&](const char* key) {
            const auto n = number_of(fold, key);
            return n ? fixed(*n, 0) : std::string("-");
        };
        rows.push_back({name(text_of(fold, "fold")), whole("seed"), whole("n_train"),
                        std::to_string(list_of(fold, "train_speakers").size()), whole("n_test"),
                        joined_names(list_of(fold, "test_speakers"), kMostTested), whole("epochs"),
                        number(number_of(scores, "uar").value_or(NAN)),
                        number(number_of(scores, "accuracy").value_or(NAN))});
    }
    if (rows.empty()) return "";
    return "<details><summary>Each fold</summary>" +
           table("Each fold: what it was trained on and what it was tested on",
                 {"fold", "seed", "clips trained on", "of speakers", "clips tested", "of speakers", "epochs",
                  "UAR", "accuracy"},
                 rows) +
           more(folds.size(), kMostRows, "folds") + "</details>\n";
}

std::string rows_table(const RunData& run) {
    const bool matrix = text_of(run.json, "folds") == "matrix";
    std::vector<std::vector<std::string>> rows;
    const Json& all = list_of(run.json, matrix ? "cells" : "rows");
    for (const Json& row : all) {
        if (rows.size() == kMostRows) break;
        const Json& metrics = part_of(row, "metrics");
        const Json& overlap = part_of(row, "overlap");
        std::vector<std::string> cells{matrix ? name(text_of(row, "trained")) : name(text_of(row, "folds"))};
        if (matrix) cells.push_back(name(text_of(row, "tested")));
        for (const char* key : {"uar", "accuracy", "macro_f1"})
            cells.push_back(with_range(figure_of(part_of(metrics, key))));
        cells.push_back(fixed(number_of(overlap, "speakers").value_or(0), 0) + " of " +
                        fixed(number_of(overlap, "tested").value_or(0), 0));
        rows.push_back(std::move(cells));
    }
    if (rows.empty()) return "";
    std::vector<std::string> head{matrix ? "trained on" : "folds"};
    if (matrix) head.emplace_back("tested on");
    for (const char* column : {"UAR", "accuracy", "macro F1", "tested clips of known speakers"})
        head.emplace_back(column);
    return table(
               matrix ? "From corpus to corpus, with intervals of 95 %" : "Protocols, with intervals of 95 %",
               head, rows) +
           more(all.size(), kMostRows, "rows");
}

}  // namespace

std::string summary(const RunData& run) {
    const Json& metrics = part_of(run.json, "metrics");
    if (metrics.is_null()) return rows_table(run);
    const std::size_t n_labels = list_of(run.json, "labels").size();
    std::string html = "<dl class=\"tiles\">\n";
    html += tile("UAR", figure_of(part_of(metrics, "uar")),
                 "mean recall of the labels" +
                     (n_labels > 0 ? "; chance is " + number(1 / static_cast<double>(n_labels)) : ""),
                 true);
    struct Tile {
        const char *key, *term, *further;
    };
    for (const Tile& one :
         std::array<Tile, 5>{{{"accuracy", "Accuracy", "share of clips that were right"},
                              {"macro_f1", "Macro F1", "mean F1 of the labels"},
                              {"ece", "Calibration error", "ECE; 0: probabilities mean what they say"},
                              {"log_loss", "Log loss", "lower is better"},
                              {"brier", "Brier score", "lower is better"}}})
        html += tile(one.term, figure_of(part_of(metrics, one.key)), one.further);
    html += "</dl>\n" + paragraphs(list_of(run.json, "warnings"), "warning");
    const Json& intervals = part_of(run.json, "intervals");
    if (const auto n = number_of(intervals, "n_units"))
        html +=
            element("p",
                    "Intervals of 95 %: " + counted(number_of(intervals, "n_draws").value_or(0), "draw") +
                        " of " + counted(*n, text_of(intervals, "units") == "clips" ? "clip" : "speaker") +
                        " with all their clips (bootstrap). They tell how much hangs on who was recorded.",
                    "class=\"note\"") +
            "\n";
    const Json& seeds = list_of(run.json, "seeds");
    if (seeds.size() > 1) {
        const Json& spread = part_of(run.json, "spread");
        html += element("p",
                        "Over " + std::to_string(seeds.size()) + " seeds of the network: UAR " +
                            number(number_of(part_of(spread, "mean"), "uar").value_or(NAN)) + " ± " +
                            number(number_of(part_of(spread, "deviation"), "uar").value_or(NAN)) +
                            " (mean and standard deviation).",
                        "class=\"note\"") +
                "\n";
    }
    return html;
}

std::string protocol(const RunData& run) {
    std::string html = element("p", text(plot::cut(protocol_sentence(run), kLongestParagraph))) + "\n";
    std::string overlap;
    for (const std::string& sentence : overlap_sentences(run.json))
        overlap += (overlap.empty() ? "" : " ") + text(sentence);
    if (!overlap.empty()) html += element("p", overlap) + "\n";
    if (text_of(part_of(run.json, "options"), "normalise") == "speaker")
        html += element("p",
                        "Each speaker's clips, tested ones too, were brought to that speaker's own mean and "
                        "deviation: that uses the tested recordings, though not their labels.") +
                "\n";
    html += paragraphs(list_of(run.json, "notes"), "note");
    html += paragraphs(list_of(run.json, "left_out"), "note");
    return html + folds_table(list_of(run.json, "per_fold"));
}

std::string figures(const std::vector<RunPlot>& a, const std::vector<RunPlot>& b) {
    std::string html;
    for (const std::string& kind : run_plot_kinds()) {
        if (kind == "importance") continue;
        std::vector<std::string> sides;
        for (const auto* plots : {&a, &b}) {
            std::string& side = sides.emplace_back();
            for (const RunPlot& one : *plots)
                if (one.kind == kind) side += drawing(one.figure);
        }
        if (sides[0].empty() && sides[1].empty()) continue;
        html += "<div class=\"pair\">\n";
        for (std::size_t i = 0; i < 2; ++i)
            html += "<div><h3>" + std::string(i == 0 ? "A" : "B") + "</h3>\n" +
                    (sides[i].empty() ? element("p", "This run has none.", "class=\"note\"") : sides[i]) +
                    "</div>\n";
        html += "</div>\n";
    }
    return html;
}

std::string figures(const std::vector<RunPlot>& plots) {
    std::string html;
    for (const RunPlot& one : plots)
        if (one.kind != "importance") html += drawing(one.figure);
    return html.empty() ? "" : "<div class=\"figures\">\n" + html + "</div>\n";
}

std::string classes(const RunData& run) {
    std::vector<std::vector<std::string>> rows;
    const Json& all = list_of(run.json, "classes");
    for (const Json& one : all) {
        if (rows.size() == kMostRows) break;
        const eval::Figure recall = figure_of(part_of(one, "recall"));
        rows.push_back({name(text_of(one, "label")), fixed(number_of(one, "support").value_or(0), 0),
                        with_range(recall) + meter(recall.value),
                        with_range(figure_of(part_of(one, "precision"))),
                        with_range(figure_of(part_of(one, "f1")))});
    }
    if (rows.empty()) return "";
    return table("Each label, with intervals of 95 %", {"label", "clips", "recall", "precision", "F1"},
                 rows) +
           more(all.size(), kMostRows, "labels") +
           element("p",
                   "Recall: of the clips that bear the label, the share that was given it. Precision: of the "
                   "clips "
                   "that were given the label, the share that bears it. F1: the harmonic mean of the two.",
                   "class=\"note\"") +
           "\n";
}

std::string importance(const RunData& run, const std::vector<RunPlot>& plots) {
    for (const RunPlot& one : plots)
        if (one.kind == "importance")
            return "<div class=\"figures\">\n" + drawing(one.figure) + "</div>\n" +
                   element(
                       "p",
                       "How much the UAR falls when the values of a group of features are swapped between "
                       "the "
                       "tested clips, so that they say nothing any more: the mean over folds, with an "
                       "interval "
                       "over folds. Groups that tell the same may stand in for each other, so that neither "
                       "seems to matter.",
                       "class=\"note\"") +
                   "\n";
    if (part_of(run.json, "metrics").is_null()) return "";
    return element(
        "p",
        "This run did not measure it. <code>undertone evaluate --importance</code>, with the other "
        "words of the command below, writes it into the run folder; it needs no further training.");
}

std::string data(const RunData& run) {
    const Json& corpus = part_of(run.json, "corpus");
    const Json& options = part_of(run.json, "options");
    std::vector<std::pair<std::string, std::string>> pairs;
    const auto add = [&](const char* term, const std::string& html) {
        if (!html.empty()) pairs.emplace_back(term, html);
    };
    if (!text_of(corpus, "name").empty()) add("Corpus", name(text_of(corpus, "name")));
    if (const auto clips = number_of(corpus, "clips"))
        add("Recordings", counted(*clips, "clip") + " of " +
                              counted(number_of(corpus, "speakers").value_or(0), "known speaker"));
    add("Licence", text_of(corpus, "licence").empty() ? "not known: ask whoever made the recordings"
                                                      : name(text_of(corpus, "licence")));
    add("Labels", joined_names(list_of(run.json, "labels")));
    if (!text_of(options, "model").empty()) add("Model", name(text_of(options, "model")));
    add("Features", text_of(options, "features").empty() ? "" : name(text_of(options, "features")));
    add("Framework", text_of(options, "framework").empty() ? "" : name(text_of(options, "framework")));
    std::string words;
    for (const auto& option : members_of(options, "framework_options")) {
        if (words.size() > kLongestParagraph) break;
        words += (words.empty() ? "" : ", ") + option.first + " = " +
                 (option.second.is_text() ? option.second.get<std::string>() : option.second.dump());
    }
    add("Options", words.empty() ? "" : name(words, kLongestParagraph));
    add("Scaling", text_of(options, "scaler").empty() ? "" : name(text_of(options, "scaler")));
    add("Calibration", text_of(options, "calibrate").empty() ? "" : name(text_of(options, "calibrate")));
    if (!text_of(corpus, "samples").empty())
        add("Hash of all samples",
            element("code", text(plot::cut(text_of(corpus, "samples"), kLongestParagraph))));
    return facts(pairs) +
           element("p",
                   "Acted or posed emotions say little about what people feel. Inferring emotions at "
                   "work or at school is prohibited in the EU (AI Act, Art. 5(1)(f)).",
                   "class=\"note\"") +
           "\n";
}

std::string again(const RunData& run) {
    const Json& command = part_of(run.json, "command");
    std::string words;
    for (const Json& word : list_of(command, "words"))
        if (word.is_text() && words.size() <= kLongestCommand)
            words += " " + shell_word(word.get<std::string>());
    if (words.empty()) return "";
    if (words.size() > kLongestCommand)
        return element("p", "The command is too long to be shown; it is in run.json.", "class=\"note\"");
    const std::string folder = plot::cut(text_of(command, "folder"), kLongestParagraph);
    std::string lines = folder.empty() ? "" : "cd " + shell_word(folder) + "\n";
    lines += "undertone" + words;
    // Escaped line by line: text() takes line ends for blanks.
    std::string html;
    std::size_t begin = 0;
    while (begin <= lines.size()) {
        const std::size_t end = std::min(lines.find('\n', begin), lines.size());
        html += (begin == 0 ? "" : "\n") + text(lines.substr(begin, end - begin));
        begin = end + 1;
    }
    return element("pre", element("code", html), "tabindex=\"0\" aria-label=\"the command\"") + "\n" +
           element("p",
                   "Made by undertone " + name(text_of(run.json, "undertone")) + ". <code>undertone verify " +
                       text(shell_word(run.path)) +
                       "</code> does it again and compares every file: on the same kind of processor and "
                       "version the "
                       "bits are the same.",
                   "class=\"note\"") +
           "\n";
}

std::string missing(const RunData& run) {
    std::string html;
    for (const MissingPart& part : run.missing)
        html += element("li", "<strong>" + text(part.what) + "</strong>: " + text(part.why)) + "\n";
    return html.empty() ? "" : "<ul>\n" + html + "</ul>\n";
}

std::string comparison(const RunComparison& found) {
    const eval::Comparison& c = found.comparison;
    std::vector<std::vector<std::string>> rows;
    for (const auto& [title, one] :
         {std::pair{"UAR", &c.uar}, std::pair{"accuracy", &c.accuracy}, std::pair{"macro F1", &c.macro_f1}})
        rows.push_back({title, number(one->a), number(one->b),
                        (one->difference > 0 ? "+" : "") + number(one->difference) + "<small>" +
                            number(one->low) + " to " + number(one->high) + "</small>",
                        number(one->p_value, 4)});
    std::string html =
        table("The two runs over the same clips", {"figure", "A", "B", "B - A, 95 %", "p"}, rows);
    const bool told = c.uar.p_value < 0.05;
    html += element("p", std::string(told ? "The two differ by more than chance is likely to make"
                                          : "Chance alone may well make such a difference") +
                             " (UAR, p = " + number(c.uar.p_value, 4) + ").");
    html +=
        element(
            "p",
            counted(static_cast<double>(c.n_clips), "clip") + " of both. Intervals and p-values: " +
                counted(static_cast<double>(c.n_units), found.drawn_speakers ? "speaker" : "clip") +
                " drawn, and their answers swapped between the runs" +
                (c.every_swap ? ", in every way there is" : "") + "." +
                (c.mcnemar
                     ? " McNemar's exact test over clips: " + std::to_string(c.mcnemar->only_a) +
                           " only A had right, " + std::to_string(c.mcnemar->only_b) +
                           " only B, p = " + number(c.mcnemar->p_value, 4) +
                           (found.drawn_speakers
                                ? "; it takes clips of one speaker for independent, so its p is too small."
                                : ".")
                     : ""),
            "class=\"note\"") +
        "\n";
    return html;
}

}  // namespace undertone::app::html
