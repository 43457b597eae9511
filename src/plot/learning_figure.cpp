#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "plot/run_figures.hpp"
#include "plot/words.hpp"
#include "undertone/error.hpp"

namespace undertone::plot {

namespace {

// More lines than this are a smear, and a page of them is heavy: the first ones are drawn.
constexpr std::size_t kMostTrainings = 24;
// A long training is told at so many epochs: more than a screen can tell apart.
constexpr std::size_t kMostPoints = 120;

// Which epochs of so many are drawn; the first and the last always.
std::vector<std::size_t> shown_epochs(std::size_t n) {
    std::vector<std::size_t> epochs;
    const std::size_t n_shown = std::min(n, kMostPoints);
    for (std::size_t i = 0; i < n_shown; ++i)
        epochs.push_back(n_shown == 1 ? 0 : (i * (n - 1) + (n_shown - 1) / 2) / (n_shown - 1));
    return epochs;
}

using Values = std::vector<double>;

// The trainings' curves of one name.
std::vector<const Values*> curves_of(std::span<const TrainingCurves> trainings, const std::string& name) {
    std::vector<const Values*> curves;
    for (const TrainingCurves& training : trainings) {
        const auto found = training.values.find(name);
        if (found != training.values.end() && std::any_of(found->second.begin(), found->second.end(),
                                                          [](double value) { return std::isfinite(value); }))
            curves.push_back(&found->second);
    }
    return curves;
}

Curve thin_curve(const Values& values, Ink ink) {
    Curve curve{.x = {}, .y = {}, .ink = ink, .width = 0.6};
    for (const std::size_t epoch : shown_epochs(values.size())) {
        curve.x.push_back(static_cast<double>(epoch + 1));
        curve.y.push_back(values[epoch]);
    }
    return curve;
}

// The mean of the trainings that still go on, as long as half of them do.
Curve mean_curve(const std::vector<const Values*>& curves, const std::string& what, const std::string& name,
                 Ink ink) {
    std::vector<std::size_t> lengths;
    for (const Values* values : curves) lengths.push_back(values->size());
    std::sort(lengths.begin(), lengths.end());
    const std::size_t n_epochs = lengths[lengths.size() / 2];
    Curve curve{.x = {}, .y = {}, .ink = ink, .width = 2.2, .name = name};
    for (const std::size_t epoch : shown_epochs(n_epochs)) {
        double sum = 0, low = std::numeric_limits<double>::infinity(), high = -low;
        std::size_t n = 0;
        for (const Values* values : curves) {
            if (epoch >= values->size() || !std::isfinite((*values)[epoch])) continue;
            sum += (*values)[epoch];
            low = std::min(low, (*values)[epoch]);
            high = std::max(high, (*values)[epoch]);
            ++n;
        }
        if (n == 0) continue;
        curve.x.push_back(static_cast<double>(epoch + 1));
        curve.y.push_back(sum / static_cast<double>(n));
        std::string tip = "epoch " + std::to_string(epoch + 1);
        tip.append(", ").append(name).append(": ").append(what).append(" ");
        tip += number_text(curve.y.back(), 3);
        if (n > 1)
            tip += " (" + count_text(n, "training") + ": " + number_text(low, 3) + " to " +
                   number_text(high, 3) + ")";
        curve.tips.push_back(std::move(tip));
    }
    return curve;
}

// What is drawn of loss or accuracy; nothing where no training has it.
std::optional<Panel> panel_of(std::span<const TrainingCurves> trainings, const std::string& what) {
    const std::vector<std::pair<std::string, std::string>> kinds{{what, "training"},
                                                                 {"val_" + what, "validation"}};
    Panel panel{.title = what == "loss" ? "Loss" : "Accuracy"};
    std::vector<Mark> means;
    double most = 0, epochs = 1;
    Ink ink = Ink::first;
    for (const auto& [name, meaning] : kinds) {
        const auto curves = curves_of(trainings, name);
        if (!curves.empty()) {
            if (curves.size() > 1)
                for (std::size_t i = 0; i < std::min(curves.size(), kMostTrainings); ++i)
                    panel.marks.emplace_back(thin_curve(*curves[i], ink));
            means.emplace_back(mean_curve(curves, what, meaning, ink));
            for (const Values* values : curves) {
                epochs = std::max(epochs, static_cast<double>(values->size()));
                for (const double value : *values)
                    if (std::isfinite(value)) most = std::max(most, value);
            }
        }
        ink = Ink::second;
    }
    if (means.empty()) return std::nullopt;
    panel.marks.insert(panel.marks.end(), means.begin(), means.end());
    panel.legend = true;
    panel.x = {.label = "epoch", .low = 1, .high = std::max(epochs, 2.0)};
    panel.y = {
        .label = what, .low = 0, .high = what == "loss" ? std::max(most, 1e-6) * 1.05 : 1, .grid = true};
    return panel;
}

}  // namespace

Figure learning_figure(std::span<const TrainingCurves> trainings) {
    Figure figure{.title = "Learning curves", .row_heights = {220}, .column_shares = {}};
    for (const char* what : {"loss", "accuracy"})
        if (std::optional<Panel> panel = panel_of(trainings, what)) {
            panel->column = figure.panels.size();
            const auto& mean = std::get<Curve>(panel->marks.back());
            figure.description += panel->title + ": " + mean.tips.front() + "; " + mean.tips.back() + ". ";
            figure.panels.push_back(std::move(*panel));
            figure.column_shares.push_back(1);
        }
    if (figure.panels.empty()) throw Error(Errc::invalid_argument, "no training has a curve of its loss");
    if (trainings.size() > 1)
        figure.subtitle = "thin: " + count_text(trainings.size(), "training") +
                          (trainings.size() > kMostTrainings
                               ? ", the first " + std::to_string(kMostTrainings) + " are drawn"
                               : "") +
                          "; thick: their mean";
    return figure;
}

}  // namespace undertone::plot
