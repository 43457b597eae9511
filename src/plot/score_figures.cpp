#include <algorithm>
#include <cmath>
#include <numeric>

#include "plot/run_figures.hpp"
#include "plot/words.hpp"
#include "undertone/error.hpp"

namespace undertone::plot {

namespace {

// The height of a row of names.
constexpr double kRow = 20;
// How deep the colour of a cell becomes at most: so deep that its text is still read, in light and in dark.
constexpr double kDeepest = 0.59;

double or_value(double end, double value) { return std::isfinite(end) ? end : value; }

Dots dots_of(Ink ink) {
    Dots dots;
    dots.ink = ink;
    dots.intervals_along_x = true;
    return dots;
}

// A dot with its interval along x for each score, in rows.
void put(Dots& dots, std::size_t row, const eval::Figure& score, std::string tip) {
    dots.x.push_back(score.value);
    dots.y.push_back(static_cast<double>(row));
    dots.low.push_back(or_value(score.low, score.value));
    dots.high.push_back(or_value(score.high, score.value));
    dots.tips.push_back(std::move(tip));
}

// ": 40 of 1,100" where not all are shown.
std::string part_of_all(std::size_t n_shown, std::size_t n) {
    return n_shown == n ? "" : ": " + std::to_string(n_shown) + " of " + grouped(n);
}

Figure one_panel(std::string title, Panel panel, double height, std::string description) {
    panel.title = title;
    return {.title = std::move(title),
            .panels = {std::move(panel)},
            .row_heights = {height},
            .description = std::move(description)};
}

// The labels with the most mistakes, in their own order, and the others as one.
struct FewLabels {
    std::vector<std::string> labels;
    Matrix<std::size_t> confusion;
};

FewLabels few_labels(const std::vector<std::string>& labels, const Matrix<std::size_t>& confusion) {
    constexpr std::size_t kKept = 40;
    const std::size_t n = labels.size();
    std::vector<double> mistakes(n);
    for (std::size_t r = 0; r < n; ++r)
        for (std::size_t c = 0; c < n; ++c)
            if (r != c) {
                mistakes[r] += static_cast<double>(confusion(r, c));
                mistakes[c] += static_cast<double>(confusion(r, c));
            }
    std::vector<std::size_t> kept(n);
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    std::stable_sort(kept.begin(), kept.end(),
                     [&](std::size_t a, std::size_t b) { return mistakes[a] > mistakes[b]; });
    kept.resize(kKept);
    std::sort(kept.begin(), kept.end());
    std::vector<std::size_t> place(n, kKept);
    FewLabels few{{}, Matrix<std::size_t>(kKept + 1, kKept + 1)};
    for (std::size_t i = 0; i < kKept; ++i) {
        place[kept[i]] = i;
        few.labels.push_back(labels[kept[i]]);
    }
    few.labels.push_back("the other " + grouped(n - kKept));
    for (std::size_t r = 0; r < n; ++r)
        for (std::size_t c = 0; c < n; ++c) few.confusion(place[r], place[c]) += confusion(r, c);
    return few;
}

// Cells of many labels have no room for numbers.
constexpr std::size_t kMostWithTexts = 16;

Figure confusion_of(const std::vector<std::string>& labels, const Matrix<std::size_t>& confusion,
                    std::string title) {
    const std::size_t n = labels.size();
    const bool texts = n <= kMostWithTexts;
    Cells cells{.values = Matrix<double>(n, n), .low = 0, .high = 1 / kDeepest};
    std::string description = "Of each true label, how many clips were given which label. ";
    for (std::size_t r = 0; r < n; ++r) {
        double total = 0;
        for (const std::size_t count : confusion.row(r)) total += static_cast<double>(count);
        for (std::size_t c = 0; c < n; ++c) {
            const std::size_t count = confusion(r, c);
            const double share = total == 0 ? 0 : static_cast<double>(count) / total;
            cells.values(r, c) = share;
            if (texts)
                cells.texts.push_back(std::to_string(count) + "\n" + number_text(100 * share, 0) + " %");
            cells.tips.push_back(!texts && count == 0 && r != c
                                     ? ""
                                     : std::to_string(count) + " of " + number_text(total, 0) +
                                           (total == 1 ? " clip" : " clips") + " of " + labels[r] + " (" +
                                           percent_text(share) + ") were " +
                                           (r == c ? "heard as such" : "taken for " + labels[c]));
        }
        // Of many labels, how many of each were heard as such.
        for (std::size_t c = texts ? 0 : r; c < (texts ? n : r + 1); ++c)
            description += cells.tips[r * n + c] + ". ";
    }
    Panel panel{.x = names_axis("predicted", labels), .y = names_axis("true", labels, true)};
    panel.marks.emplace_back(std::move(cells));
    return one_panel(std::move(title), std::move(panel),
                     std::max((texts ? 36.0 : 14.0) * static_cast<double>(n), 120.0), std::move(description));
}

}  // namespace

Figure confusion_figure(const std::vector<std::string>& labels, const Matrix<std::size_t>& confusion) {
    const std::size_t n = labels.size();
    if (n == 0 || confusion.rows() != n || confusion.cols() != n)
        throw Error(Errc::invalid_argument, "a confusion matrix must have a row and a column for each label");
    if (n <= kMostLabels) return confusion_of(labels, confusion, "Confusion");
    const FewLabels few = few_labels(labels, confusion);
    return confusion_of(few.labels, few.confusion,
                        "Confusion: the " + std::to_string(few.labels.size() - 1) + " most mistaken of " +
                            grouped(n) + " labels");
}

Figure reliability_figure(std::span<const eval::ReliabilityBin> bins, const eval::Figure& ece) {
    Bars bars{.x = {}, .y = {}, .ink = Ink::first};
    Dots dots = dots_of(Ink::second);
    dots.intervals_along_x = false;
    dots.name = "at the mean probability";
    for (const eval::ReliabilityBin& bin : bins) {
        if (bin.n_samples == 0) continue;
        bars.width = (bin.high - bin.low) * 0.92;
        bars.x.push_back((bin.low + bin.high) / 2);
        bars.y.push_back(bin.accuracy);
        std::string tip = "given with " + number_text(bin.low, 2) + " to " + number_text(bin.high, 2) +
                          " (mean " + number_text(bin.confidence, 3) + "): " + percent_text(bin.accuracy) +
                          " of " + count_text(bin.n_samples, "clip") + " right";
        bars.tips.push_back(tip);
        dots.x.push_back(bin.confidence);
        dots.y.push_back(bin.accuracy);
        dots.low.push_back(bin.accuracy);
        dots.high.push_back(bin.accuracy);
        dots.tips.push_back(std::move(tip));
    }
    bars.name = "right";
    Panel panel{.x = {.label = "probability of the label given"},
                .y = {.label = "share of clips that were right", .grid = true},
                .legend = true};
    panel.marks.emplace_back(std::move(bars));
    panel.marks.emplace_back(
        Curve{.x = {0, 1}, .y = {0, 1}, .ink = Ink::muted, .width = 1, .name = "ideal", .dashed = true});
    panel.marks.emplace_back(std::move(dots));
    return one_panel("Reliability, ECE " + number_text(ece.value, 3), std::move(panel), 260,
                     "How often labels given with some probability are right. Expected calibration error " +
                         interval_text(ece) + ".");
}

Figure speakers_figure(std::vector<NamedScore> speakers, const eval::Figure& whole, double chance) {
    std::stable_sort(speakers.begin(), speakers.end(),
                     [](const NamedScore& a, const NamedScore& b) { return a.score.value > b.score.value; });
    const std::size_t n = speakers.size(), half = kMostSpeakers / 2;
    const bool few = n <= kMostSpeakers;
    Dots dots = dots_of(Ink::first);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < n; ++i) {
        if (!few && i == half) {  // a row of its own says how many are left out
            names.push_back("... " + grouped(n - 2 * half) + " between ...");
            i = n - half;
        }
        const NamedScore& speaker = speakers[i];
        put(dots, names.size(), speaker.score,
            speaker.name + ": UAR " + interval_text(speaker.score) + ", " +
                count_text(speaker.n_clips, "clip"));
        names.push_back(speaker.name);
    }
    std::string description =
        "UAR of each speaker, the best first, with intervals over the clips. All: " + interval_text(whole) +
        ".";
    if (!speakers.empty()) description += " Best " + dots.tips.front() + "; worst " + dots.tips.back() + ".";
    if (!few)
        description += " Between them " + count_text(n - 2 * half, "speaker") + " with UAR " +
                       number_text(speakers[n - half - 1].score.value, 3) + " to " +
                       number_text(speakers[half].score.value, 3) + ", half of all above " +
                       number_text(speakers[n / 2].score.value, 3) + ".";
    const double height = std::max(kRow * static_cast<double>(names.size()), 60.0);
    Panel panel{.x = {.label = "UAR", .grid = true}, .y = names_axis("", names, true), .legend = true};
    if (!few)
        panel.marks.emplace_back(Rule{.at = static_cast<double>(half), .ink = Ink::grid, .dashed = true});
    panel.marks.emplace_back(
        Rule{.at = whole.value, .upright = true, .ink = Ink::text, .name = "all together"});
    panel.marks.emplace_back(Rule{.at = chance, .upright = true, .ink = Ink::muted, .name = "chance"});
    panel.marks.emplace_back(std::move(dots));
    return one_panel(
        few ? "UAR by speaker"
            : "UAR: " + std::to_string(half) + " best, " + std::to_string(half) + " worst of " + grouped(n),
        std::move(panel), height, std::move(description));
}

Figure inflation_figure(std::span<const ProtocolScore> all) {
    const std::span<const ProtocolScore> rows = all.first(std::min(all.size(), kMostProtocols));
    std::vector<std::string> names;
    Bars fresh{.x = {}, .y = {}, .width = 0.6, .ink = Ink::first, .name = "new speakers", .lying = true};
    Bars known{.x = {}, .y = {}, .width = 0.6, .ink = Ink::fourth, .name = "known speakers", .lying = true};
    Dots dots = dots_of(Ink::text);
    std::string description = "UAR of the same training under several protocols. ";
    for (const ProtocolScore& row : rows) {
        Bars& bars = row.n_known > 0 ? known : fresh;
        const std::string tip =
            row.protocol + " (new to the model: " + row.fresh + "): UAR " + interval_text(row.uar) +
            ", accuracy " + interval_text(row.accuracy) + "; " + std::to_string(row.n_known) + " of " +
            count_text(row.n_tested, "tested clip") + " are of speakers heard in training";
        bars.x.push_back(static_cast<double>(names.size()));
        bars.y.push_back(row.uar.value);
        bars.tips.push_back(tip);
        put(dots, names.size(), row.uar, tip);
        description += tip + ". ";
        names.push_back(row.protocol);
    }
    Panel panel{.x = {.label = "UAR", .grid = true}, .y = names_axis("folds", names, true), .legend = true};
    if (!fresh.x.empty()) panel.marks.emplace_back(std::move(fresh));
    if (!known.x.empty()) panel.marks.emplace_back(std::move(known));
    panel.marks.emplace_back(std::move(dots));
    return one_panel("What known voices and texts add" + part_of_all(rows.size(), all.size()),
                     std::move(panel), std::max(44.0 * static_cast<double>(names.size()), 80.0),
                     std::move(description));
}

Figure cross_corpus_figure(const std::vector<std::string>& corpora, const Matrix<eval::Figure>& uar) {
    const std::size_t n_all = corpora.size(), n = std::min(n_all, kMostCorpora);
    if (n == 0 || uar.rows() != n_all || uar.cols() != n_all)
        throw Error(Errc::invalid_argument, "a matrix of corpora must have a row and a column for each");
    Cells cells{.values = Matrix<double>(n, n), .low = 0, .high = 1 / kDeepest};
    std::string description;
    for (std::size_t r = 0; r < n; ++r)
        for (std::size_t c = 0; c < n; ++c) {
            const eval::Figure& one = uar(r, c);
            cells.values(r, c) = one.value;
            if (n <= kMostWithTexts / 2)
                cells.texts.push_back(number_text(one.value, 3) + "\n" + number_text(one.low, 2) + " to " +
                                      number_text(one.high, 2));
            cells.tips.push_back((r == c ? corpora[r] + ", speakers held apart"
                                         : "trained on " + corpora[r] + ", tested on " + corpora[c]) +
                                 ": UAR " + interval_text(one));
            description += cells.tips.back() + ". ";
        }
    const std::vector<std::string> names(corpora.begin(), corpora.begin() + static_cast<std::ptrdiff_t>(n));
    Panel panel{.x = names_axis("tested on", names), .y = names_axis("trained on", names, true)};
    panel.marks.emplace_back(std::move(cells));
    return one_panel("UAR from corpus to corpus" + part_of_all(n, n_all), std::move(panel),
                     std::max(56.0 * static_cast<double>(n), 120.0), std::move(description));
}

Figure importance_figure(std::vector<GroupScore> groups) {
    std::stable_sort(groups.begin(), groups.end(),
                     [](const GroupScore& a, const GroupScore& b) { return a.drop.value > b.drop.value; });
    const std::size_t n_all = groups.size();
    groups.resize(std::min(n_all, kMostGroups));
    std::vector<std::string> names;
    Bars bars{.x = {}, .y = {}, .width = 0.6, .ink = Ink::first, .lying = true};
    Dots dots = dots_of(Ink::text);
    double low = 0, high = 0;
    std::string description =
        "How much the UAR falls when the values of a group of features are swapped between clips. ";
    for (const GroupScore& group : groups) {
        const std::string tip = group.name + " (" + count_text(group.n_columns, "column") +
                                "): UAR falls by " + interval_text(group.drop);
        bars.x.push_back(static_cast<double>(names.size()));
        bars.y.push_back(group.drop.value);
        bars.tips.push_back(tip);
        put(dots, names.size(), group.drop, tip);
        low = std::min(low, dots.low.back());
        high = std::max(high, dots.high.back());
        description += tip + ". ";
        names.push_back(group.name);
    }
    const double room = std::max(high - low, 0.01) * 0.06;
    Panel panel{
        .x = {.label = "fall of the UAR", .low = low < 0 ? low - room : 0, .high = high + room, .grid = true},
        .y = names_axis("", names, true)};
    panel.marks.emplace_back(std::move(bars));
    panel.marks.emplace_back(std::move(dots));
    return one_panel("Which features matter" + part_of_all(groups.size(), n_all), std::move(panel),
                     std::max(32.0 * static_cast<double>(names.size()), 80.0), std::move(description));
}

}  // namespace undertone::plot
