#include <algorithm>
#include <cmath>
#include <numeric>

#include "plot/numbers.hpp"
#include "undertone/mel.hpp"
#include "undertone/sound_plot.hpp"

namespace undertone::plot {

namespace {

constexpr std::size_t kFeaturesShown = 16;
constexpr double kMostOpacity = 0.65;  // the picture below is still seen

std::string told(const std::string& what, Contribution contribution) {
    return what + ": " + with_sign(contribution.value) + " \u00b1 " + rounded(contribution.error, 3);
}

std::string seconds(double low, double high) { return rounded(low, 2) + "\u2013" + rounded(high, 2) + " s"; }

// The mel bands of the feature set, where it has bands.
SoundPlotOptions bands_of(const FeatureSet& features, const Clip& clip) {
    SoundPlotOptions options;
    const double half = clip.sample_rate / 2.0;
    options.fmax = std::min(8000.0, half);
    options.n_fft = std::clamp(static_cast<int>(0.046 * clip.sample_rate), 64, 4096);
    options.hop_length = std::max(options.n_fft / 4, 1);
    if (!features.per_frame()) return options;
    const auto texts = features.options();
    options.n_mels = std::stoi(texts.at("n_mels"));
    options.fmin = std::stod(texts.at("fmin"));
    options.fmax = std::min(std::stod(texts.at("fmax")), half);
    return options;
}

// Where the edge below a band lies, Hz, as the mel picture has it.
double edge_hz(const FeatureSet& features, double band) {
    const auto texts = features.options();
    const double low = dsp::hz_to_mel(std::stod(texts.at("fmin")));
    const double high = dsp::hz_to_mel(std::stod(texts.at("fmax")));
    const double n = std::stod(texts.at("n_mels"));
    if (band <= 0) return dsp::mel_to_hz(low);
    if (band >= n) return dsp::mel_to_hz(high);
    return dsp::mel_to_hz(low + (high - low) * (band + 0.5) / (n + 1));
}

// Bars for and against, in two inks.
void add_bars(Panel& panel, const std::vector<double>& at, const std::vector<double>& values,
              const std::vector<std::string>& tips, double width, bool lying) {
    for (const bool positive : {true, false}) {
        Bars bars;
        bars.ink = positive ? Ink::first : Ink::second;
        bars.name = positive ? "for" : "against";
        bars.width = width;
        bars.lying = lying;
        for (std::size_t i = 0; i < at.size(); ++i)
            if ((values[i] >= 0) == positive) {
                bars.x.push_back(at[i]);
                bars.y.push_back(values[i]);
                bars.tips.push_back(tips[i]);
            }
        panel.marks.emplace_back(std::move(bars));
    }
    panel.marks.emplace_back(Rule{0, lying, Ink::muted, false});
}

Axis around_zero(std::string label, const std::vector<double>& values) {
    double low = 0, high = 0;
    for (const double value : values) low = std::min(low, value), high = std::max(high, value);
    const double margin = high > low ? 0.06 * (high - low) : 1;
    return {std::move(label), low - margin, high + margin};
}

class ExplanationFigure {
public:
    ExplanationFigure(const Clip& clip, const Explanation& explanation, const FeatureSet& features,
                      double start_s)
        : clip_(clip),
          explanation_(explanation),
          parts_(explanation.moments),
          features_(features),
          start_s_(start_s) {}

    Figure make(const std::string& title) {
        figure_.title = title + ": " + explanation_.label + " " + rounded(explanation_.probability, 2);
        figure_.subtitle = "blue spoke for " + explanation_.label +
                           ", orange against it: " + rounded(parts_.baseline, 2) +
                           " with every part masked by " + parts_.masked + ", and what the parts add";
        figure_.row_heights = {260, 110};
        add_picture();
        if (!explanation_.band_edges.empty()) add_bands();
        add_moments();
        if (explanation_.features) add_features();
        figure_.description = "What spoke for " + explanation_.label + " and against it in " + title;
        return std::move(figure_);
    }

private:
    [[nodiscard]] double edge_s(std::size_t moment) const { return start_s_ + explanation_.edges_s[moment]; }

    void add_picture() {
        const SoundPlotOptions options = bands_of(features_, clip_);
        Figure mel = sound_figure(clip_, SoundKind::mel, "", start_s_, options);
        Panel panel = std::move(mel.panels.front());
        panel.title = "mel spectrogram";
        panel.colour_bar.reset();
        std::get<HeatMap>(panel.marks.front()).map = ColourMap::greys;
        const bool bands = !explanation_.band_edges.empty();
        const std::size_t n_groups = bands ? explanation_.band_edges.size() - 1 : 1;
        double most = 0;
        for (std::size_t m = 0; m < parts_.rows.size(); ++m)
            for (std::size_t g = 0; g < n_groups; ++g) most = std::max(most, std::abs(parts_.values(m, g)));
        Patches patches;
        for (std::size_t m = 0; m < parts_.rows.size(); ++m)
            for (std::size_t g = 0; g < n_groups; ++g) {
                const double value = parts_.values(m, g);
                const double low = bands ? edge_hz(features_, explanation_.band_edges[g]) : panel.y.low;
                const double high = bands ? edge_hz(features_, explanation_.band_edges[g + 1]) : panel.y.high;
                const std::string where =
                    seconds(edge_s(m), edge_s(m + 1)) +
                    (bands ? ", " + rounded(low, 0) + "\u2013" + rounded(high, 0) + " Hz" : "");
                patches.patches.push_back({edge_s(m), edge_s(m + 1), low, high,
                                           value >= 0 ? Ink::first : Ink::second,
                                           most > 0 ? kMostOpacity * std::abs(value) / most : 0,
                                           told(where, {value, parts_.errors(m, g)})});
            }
        panel.marks.emplace_back(std::move(patches));
        figure_.panels.push_back(std::move(panel));
    }

    void add_bands() {
        std::vector<double> at, values;
        std::vector<std::string> tips;
        Panel panel{.title = "bands", .y = figure_.panels.front().y, .column = 1};
        // Bars of one width on an axis that is even in bands.
        panel.y = {"", 0, explanation_.band_edges.back()};
        panel.y.shows_ticks = false;
        for (std::size_t g = 0; g + 1 < explanation_.band_edges.size(); ++g) {
            const Contribution of_group = parts_.of_column(g);
            at.push_back((explanation_.band_edges[g] + explanation_.band_edges[g + 1]) / 2);
            values.push_back(of_group.value);
            tips.push_back(told(parts_.columns[g], of_group));
        }
        panel.x = around_zero("", values);
        add_bars(panel, at, values, tips, 0.7 * explanation_.band_edges[1], true);
        figure_.column_shares = {1, 0.2};
        figure_.panels.push_back(std::move(panel));
    }

    void add_moments() {
        std::vector<double> at, values;
        std::vector<std::string> tips;
        for (std::size_t m = 0; m < parts_.rows.size(); ++m) {
            const Contribution of_moment = parts_.of_row(m);
            at.push_back((edge_s(m) + edge_s(m + 1)) / 2);
            values.push_back(of_moment.value);
            tips.push_back(told(seconds(edge_s(m), edge_s(m + 1)), of_moment));
        }
        Panel panel{.title = "moments",
                    .x = figure_.panels.front().x,
                    .y = around_zero("probability", values),
                    .row = 1,
                    .legend = true};
        panel.x.label = "time (s)";
        panel.x.shows_ticks = true;
        add_bars(panel, at, values, tips, 0.85 * (edge_s(1) - edge_s(0)), false);
        figure_.panels.push_back(std::move(panel));
    }

    // Those that did most.
    void add_features() {
        const Decomposition& features = *explanation_.features;
        std::vector<std::size_t> order(features.rows.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return std::abs(features.values(a, 0)) > std::abs(features.values(b, 0));
        });
        order.resize(std::min(order.size(), kFeaturesShown));
        std::vector<double> at, values;
        std::vector<std::string> names, tips;
        for (const std::size_t i : order) {
            at.push_back(static_cast<double>(at.size()));
            values.push_back(features.values(i, 0));
            names.push_back(features.rows[i]);
            tips.push_back(told(features.rows[i], features.of_row(i)));
        }
        Panel panel{.title = "the " + std::to_string(order.size()) + " features that did most, masked by " +
                             features.masked,
                    .x = around_zero("probability", values),
                    .y = names_axis("", names, true),
                    .row = 2};
        add_bars(panel, at, values, tips, 0.7, true);
        figure_.row_heights.push_back(20.0 * static_cast<double>(order.size()));
        figure_.panels.push_back(std::move(panel));
    }

    const Clip& clip_;
    const Explanation& explanation_;
    const Decomposition& parts_;
    const FeatureSet& features_;
    double start_s_;
    Figure figure_;
};

}  // namespace

Figure explanation_figure(const Clip& clip, const Explanation& explanation, const FeatureSet& features,
                          const std::string& title, double start_s) {
    return ExplanationFigure(clip, explanation, features, start_s).make(title);
}

}  // namespace undertone::plot
