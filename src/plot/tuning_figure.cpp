#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>

#include "plot/run_figures.hpp"
#include "plot/words.hpp"
#include "undertone/error.hpp"

namespace undertone::plot {

namespace {

constexpr std::size_t kMostTips = 1000;  // of a figure's points
constexpr std::size_t kMostCells = 15;   // values of a parameter that a heat map still shows

std::optional<double> number_of(const std::string& text) {
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

// The values of one parameter: numbers rise, names stay in the order in which they were tried.
std::vector<std::string> values_of(std::span<const TrialScore> trials, std::size_t parameter) {
    std::vector<std::string> values;
    std::set<std::string_view> known;
    bool numbers = true;
    for (const TrialScore& trial : trials) {
        const std::string& value = trial.options[parameter];
        if (known.insert(value).second) values.push_back(value);
        numbers = numbers && number_of(value);
    }
    if (numbers)
        std::sort(values.begin(), values.end(),
                  [](const auto& a, const auto& b) { return *number_of(a) < *number_of(b); });
    return values;
}

std::size_t place_of(const std::vector<std::string>& values, const std::string& value) {
    return static_cast<std::size_t>(std::find(values.begin(), values.end(), value) - values.begin());
}

std::string tip_of(const std::vector<std::string>& parameters, const TrialScore& trial,
                   const std::string& scoring) {
    std::string tip;
    for (std::size_t i = 0; i < std::min(parameters.size(), kMostParameters); ++i)
        tip += (i == 0 ? "" : ", ") + parameters[i] + " = " + trial.options[i];
    tip += ": " + scoring + " " + number_text(trial.mean, 4) + " +- " + number_text(trial.deviation, 4) +
           ", rank " + std::to_string(trial.rank);
    if (trial.share < 1) tip += ", on " + percent_text(trial.share) + " of the training clips";
    return tip;
}

// The lowest and the highest mean, a little apart.
std::pair<double, double> range_of(std::span<const TrialScore> trials) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const TrialScore& trial : trials) {
        if (!std::isfinite(trial.mean)) continue;
        low = std::min(low, trial.mean);
        high = std::max(high, trial.mean);
    }
    if (!(low <= high)) return {0, 1};
    return high - low < 1e-9 ? std::pair{low - 0.01, high + 0.01} : std::pair{low, high};
}

// The best in the order in which they were tried.
std::vector<TrialScore> best_of(std::span<const TrialScore> trials, std::size_t most) {
    std::vector<std::size_t> kept(trials.size());
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    if (trials.size() > most) {
        std::stable_sort(kept.begin(), kept.end(),
                         [&](std::size_t a, std::size_t b) { return trials[a].rank < trials[b].rank; });
        kept.resize(most);
        std::sort(kept.begin(), kept.end());
    }
    std::vector<TrialScore> best;
    for (const std::size_t trial : kept) best.push_back(trials[trial]);
    return best;
}

Panel dots_panel(const std::vector<std::string>& parameters, std::span<const TrialScore> trials,
                 const std::string& scoring) {
    const std::vector<std::string> values = values_of(trials, 0);
    Dots dots;
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const TrialScore& trial : trials) {
        dots.x.push_back(static_cast<double>(place_of(values, trial.options[0])));
        dots.y.push_back(trial.mean);
        dots.low.push_back(trial.mean - trial.deviation);
        dots.high.push_back(trial.mean + trial.deviation);
        dots.tips.push_back(tip_of(parameters, trial, scoring));
        if (std::isfinite(dots.low.back())) low = std::min(low, dots.low.back());
        if (std::isfinite(dots.high.back())) high = std::max(high, dots.high.back());
    }
    if (!(low < high)) std::tie(low, high) = range_of(trials);
    const double room = 0.05 * (high - low);
    Panel panel{.x = names_axis(parameters[0], values),
                .y = {.label = scoring, .low = low - room, .high = high + room, .grid = true}};
    panel.marks.emplace_back(std::move(dots));
    return panel;
}

Panel cells_panel(const std::vector<std::string>& parameters, std::span<const TrialScore> trials,
                  const std::string& scoring) {
    const std::vector<std::string> rows = values_of(trials, 0), columns = values_of(trials, 1);
    const auto [low, high] = range_of(trials);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    // The lowest is not without colour, for that is what has not been tried; the text of the highest is still
    // read.
    Cells cells{.values = Matrix<double>(rows.size(), columns.size(), nan),
                .low = low - 0.15 * (high - low),
                .high = low + (high - low) / 0.55};
    cells.texts.assign(cells.values.size(), "");
    cells.tips.assign(cells.values.size(), "");
    std::vector<double> shares(cells.values.size(), -1);
    for (const TrialScore& trial : trials) {
        const std::size_t r = place_of(rows, trial.options[0]), c = place_of(columns, trial.options[1]);
        const std::size_t cell = r * columns.size() + c;
        if (trial.share < shares[cell]) continue;  // halving: the score on the most clips counts
        shares[cell] = trial.share;
        cells.values(r, c) = trial.mean;
        cells.texts[cell] = number_text(trial.mean, 3);
        cells.tips[cell] = tip_of(parameters, trial, scoring);
    }
    Panel panel{.x = names_axis(parameters[1], columns), .y = names_axis(parameters[0], rows, true)};
    panel.marks.emplace_back(std::move(cells));
    return panel;
}

// One axis of the parallel ones: where a value stands between 0 and 1, and what its ends are called.
struct ParallelAxis {
    std::vector<std::string> values;
    bool numbers = true, logarithmic = false;
    double low = 0, high = 1;

    explicit ParallelAxis(std::vector<std::string> all) : values(std::move(all)) {
        for (const std::string& value : values) numbers = numbers && number_of(value);
        if (!numbers || values.empty()) return;
        low = *number_of(values.front());
        high = *number_of(values.back());
        logarithmic = low > 0 && high / low >= 100;
    }
    [[nodiscard]] double at(const std::string& value) const {
        if (values.size() < 2) return 0.5;
        if (!numbers)
            return static_cast<double>(place_of(values, value)) / static_cast<double>(values.size() - 1);
        const double x = *number_of(value);
        return logarithmic ? std::log(x / low) / std::log(high / low) : (x - low) / (high - low);
    }
};

Panel parallel_panel(const std::vector<std::string>& parameters, std::span<const TrialScore> trials,
                     const std::string& scoring) {
    std::vector<ParallelAxis> axes;
    std::vector<std::string> names = parameters;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        axes.emplace_back(values_of(trials, i));
        if (axes.back().logarithmic) names[i] += " (log)";
    }
    names.push_back(scoring);
    const std::pair<double, double> range = range_of(trials);
    Panel panel{.x = names_axis("the lowest value at the bottom, the highest at the top", names),
                .y = {.label = "", .low = -0.05, .high = 1.05, .shows_ticks = false}};
    for (std::size_t i = 0; i < names.size(); ++i)
        panel.marks.emplace_back(
            Rule{.at = static_cast<double>(i), .upright = true, .ink = Ink::grid, .dashed = false});
    const auto best = std::min_element(trials.begin(), trials.end(),
                                       [](const auto& a, const auto& b) { return a.rank < b.rank; });
    const bool few = trials.size() * names.size() <= kMostTips;
    const auto line = [&](const TrialScore& trial, bool is_best) {
        Curve curve{.x = {},
                    .y = {},
                    .ink = is_best ? Ink::second : Ink::first,
                    .width = is_best ? 2.5 : 0.8,
                    .name = is_best ? "best" : "",
                    .dots = is_best};
        for (std::size_t i = 0; i < names.size(); ++i) {
            curve.x.push_back(static_cast<double>(i));
            curve.y.push_back(i < axes.size() ? axes[i].at(trial.options[i])
                                              : (trial.mean - range.first) / (range.second - range.first));
            // Of many lines with many points said once, at the score: the page would be heavy.
            curve.tips.push_back(few || is_best || i == axes.size() ? tip_of(parameters, trial, scoring)
                                                                    : "");
        }
        panel.marks.emplace_back(std::move(curve));
    };
    for (auto trial = trials.begin(); trial != trials.end(); ++trial)
        if (trial != best) line(*trial, false);
    line(*best, true);
    panel.legend = true;
    return panel;
}

}  // namespace

Figure tuning_figure(const std::vector<std::string>& all_parameters, std::span<const TrialScore> all,
                     const std::string& scoring) {
    if (all.empty() || all_parameters.empty())
        throw Error(Errc::invalid_argument, "a search without a trial");
    for (const TrialScore& trial : all)
        if (trial.options.size() != all_parameters.size())
            throw Error(Errc::invalid_argument, "a trial must have a value for each parameter");
    const std::vector<std::string> parameters(
        all_parameters.begin(), all_parameters.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                             all_parameters.size(), kMostParameters)));
    const std::vector<TrialScore> trials = best_of(all, parameters.size() > 2 ? kMostLines : kMostTrials);
    const auto best = std::min_element(trials.begin(), trials.end(),
                                       [](const auto& a, const auto& b) { return a.rank < b.rank; });
    Figure figure{.title = "Trials of the search"};
    if (trials.size() < all.size())
        figure.title += ": the best " + std::to_string(trials.size()) + " of " + grouped(all.size());
    if (parameters.size() < all_parameters.size())
        figure.title += (trials.size() < all.size() ? ", the first " : ": the first ") +
                        std::to_string(parameters.size()) + " of " + grouped(all_parameters.size()) +
                        " options";
    figure.description =
        count_text(all.size(), "trial") + ". Best: " + tip_of(parameters, *best, scoring) + ".";
    if (parameters.size() == 1) {
        figure.panels.push_back(dots_panel(parameters, trials, scoring));
        figure.row_heights = {240};
    } else if (parameters.size() == 2 && values_of(trials, 0).size() <= kMostCells &&
               values_of(trials, 1).size() <= kMostCells &&
               values_of(trials, 0).size() * values_of(trials, 1).size() <= 2 * trials.size()) {
        figure.panels.push_back(cells_panel(parameters, trials, scoring));
        figure.row_heights = {std::max(34.0 * static_cast<double>(values_of(trials, 0).size()), 120.0)};
    } else {
        figure.panels.push_back(parallel_panel(parameters, trials, scoring));
        figure.row_heights = {260};
    }
    figure.panels.front().title = figure.title;
    return figure;
}

}  // namespace undertone::plot
