#include "plot/layout.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plot/colours.hpp"
#include "plot/marks.hpp"
#include "plot/numbers.hpp"
#include "plot/texts.hpp"
#include "undertone/error.hpp"

namespace undertone::plot {

namespace {

// px
constexpr double kTickSize = 11, kLabelSize = 12, kPanelTitleSize = 12.5, kTitleSize = 15;
constexpr double kTickLength = 4, kTickGap = 3, kGap = 8, kEdge = 12, kLine = 16;
constexpr double kBarWidth = 12, kSwatch = 14;
constexpr double kXSpacing = 70, kYSpacing = 24;

// A narrow panel still has two ticks or three.
double x_spacing(double width) { return std::min(kXSpacing, width / 2.5); }

struct Margins {
    double left = 0, right = 0, top = 0, bottom = 0;
};

struct Named {
    std::string name;
    Ink ink = Ink::first;
    bool line = true, dashed = false;
};

std::vector<Named> legend_of(const Panel& panel) {
    std::vector<Named> names;
    const auto take = [&](const std::string& name, Ink ink, bool line, bool dashed) {
        if (panel.legend && !name.empty()) names.push_back({clean(name), ink, line, dashed});
    };
    for (const Mark& mark : panel.marks) {
        if (const auto* curve = std::get_if<Curve>(&mark)) take(curve->name, curve->ink, true, curve->dashed);
        if (const auto* bars = std::get_if<Bars>(&mark)) take(bars->name, bars->ink, false, false);
        if (const auto* dots = std::get_if<Dots>(&mark)) take(dots->name, dots->ink, false, false);
        if (const auto* rule = std::get_if<Rule>(&mark)) take(rule->name, rule->ink, true, rule->dashed);
    }
    return names;
}

double legend_width(const std::vector<Named>& names) {
    double width = 0;
    for (const Named& one : names) width += kSwatch + 5 + text_width(one.name, kTickSize) + 14;
    return width;
}

double widest(const std::vector<Tick>& ticks) {
    double width = 0;
    for (const Tick& tick : ticks) width = std::max(width, text_width(tick.text, kTickSize));
    return width;
}

// Of names that stand closer than their letters are high, every second or third is written.
std::vector<Tick> not_crowded(std::vector<Tick> names, double room) {
    const double least = kTickSize - 1;  // capitals are lower than the size of their font
    const auto step = static_cast<std::size_t>(
        std::ceil(least * static_cast<double>(names.size()) / std::max(room, least) - 1e-9));
    if (step < 2) return names;
    std::vector<Tick> kept;
    for (std::size_t i = 0; i < names.size(); i += step) kept.push_back(std::move(names[i]));
    return kept;
}

class Layout {
public:
    Layout(const Figure& figure, const Style& style) : figure_(figure), style_(style) {
        check();
        scene_.width = style.width;
        scene_.title = clean(figure.title);
        scene_.description = clean(figure.description.empty() ? figure.title : figure.description);
    }

    Scene place() {
        place_columns();
        double y = kEdge;
        y = place_title(y);
        for (std::size_t row = 0; row < figure_.row_heights.size(); ++row) {
            Margins margins;
            for (const Panel& panel : figure_.panels)
                if (panel.row == row) {
                    margins.top = std::max(margins.top, top_of(panel));
                    margins.bottom = std::max(margins.bottom, bottom_of(panel));
                }
            y += margins.top;
            for (const Panel& panel : figure_.panels)
                if (panel.row == row) place_panel(panel, y);
            y += figure_.row_heights[row] + margins.bottom + kGap;
        }
        scene_.height = y - kGap + kEdge;
        return std::move(scene_);
    }

private:
    void check() const {
        const auto refuse = [](const std::string& reason) {
            throw Error(Errc::invalid_argument, "plot: " + reason);
        };
        if (!(style_.width >= 100 && style_.width <= 20000))
            refuse("width " + shortened(style_.width, 3) + ": must be from 100 to 20000 px");
        if (!(style_.dpi >= 24 && style_.dpi <= 1200))
            refuse("dpi " + shortened(style_.dpi, 3) + ": must be from 24 to 1200");
        constexpr double kMostPixels = 32767;  // of Cairo
        if (style_.width * style_.dpi / 96 > kMostPixels)
            refuse("a width of " + std::to_string(std::lround(style_.width)) + " px at " +
                   std::to_string(std::lround(style_.dpi)) +
                   " dpi is more than 32767 pixels: take a smaller width or dpi");
        if (figure_.panels.empty()) refuse("a figure needs a panel");
        for (const double height : figure_.row_heights)
            if (!(height >= 10 && height <= 20000)) refuse("a row's height must be from 10 to 20000 px");
        for (const double share : figure_.column_shares)
            if (!(share > 0)) refuse("a column's share must be above 0");
        for (const Panel& panel : figure_.panels) {
            if (panel.row >= figure_.row_heights.size() || panel.column >= figure_.column_shares.size())
                refuse("panel \"" + panel.title + "\" lies outside the figure's grid");
            plot::check(panel.x);
            plot::check(panel.y);
        }
    }

    // Ticks that stand depend on the height, which is known; so their width is, and then that of columns.
    void place_columns() {
        const std::size_t n = figure_.column_shares.size();
        std::vector<Margins> margins(n);
        for (const Panel& panel : figure_.panels) {
            Margins& margin = margins[panel.column];
            margin.left = std::max(margin.left, left_of(panel));
            margin.right = std::max(margin.right, right_of(panel));
        }
        double room = style_.width - 2 * kEdge - kGap * static_cast<double>(n - 1);
        for (const Margins& margin : margins) room -= margin.left + margin.right;
        const double whole = std::accumulate(figure_.column_shares.begin(), figure_.column_shares.end(), 0.0);
        double x = kEdge;
        for (std::size_t i = 0; i < n; ++i) {
            x += margins[i].left;
            const double width = std::max(room * figure_.column_shares[i] / whole, 10.0);
            columns_.push_back({x, width});
            x += width + margins[i].right + kGap;
        }
    }

    [[nodiscard]] std::vector<Tick> y_ticks(const Panel& panel) const {
        const double height = figure_.row_heights[panel.row];
        std::vector<Tick> ticks = ticks_of(panel.y, height, kYSpacing);
        return panel.y.scale == Scale::categories ? not_crowded(std::move(ticks), height) : ticks;
    }
    [[nodiscard]] std::vector<Tick> x_ticks(const Panel& panel, double width) const {
        std::vector<Tick> ticks = ticks_of(panel.x, width, x_spacing(width));
        return panel.x.scale == Scale::categories ? not_crowded(std::move(ticks), width) : ticks;
    }
    [[nodiscard]] std::vector<Tick> bar_ticks(const Panel& panel) const {
        const Axis axis{{}, panel.colour_bar->low, panel.colour_bar->high};
        return ticks_of(axis, figure_.row_heights[panel.row], kYSpacing);
    }

    [[nodiscard]] double left_of(const Panel& panel) const {
        const double limit = style_.width * 0.3;
        return (panel.y.label.empty() ? 0 : kLine + 2) +
               (panel.y.shows_ticks ? std::min(widest(y_ticks(panel)), limit) + kTickLength + kTickGap : 0);
    }
    [[nodiscard]] double right_of(const Panel& panel) const {
        double right = 4;
        if (panel.x.shows_ticks) right = kEdge;  // half of the last tick's text
        if (panel.colour_bar)
            right += kGap + kBarWidth + kTickGap + widest(bar_ticks(panel)) +
                     (panel.colour_bar->label.empty() ? 0 : kLine);
        return right;
    }
    [[nodiscard]] bool legend_has_line(const Panel& panel) const {
        const double width = legend_width(legend_of(panel));
        return width > 0 && !panel.title.empty() &&
               width + text_width(panel.title, kPanelTitleSize) > columns_[panel.column].width;
    }
    [[nodiscard]] double top_of(const Panel& panel) const {
        const bool line = !panel.title.empty() || !legend_of(panel).empty();
        return (line ? kLine + 5 : 6) + (legend_has_line(panel) ? kLine : 0);
    }
    // Names that do not fit beside each other lean back, all of them.
    [[nodiscard]] bool leaning(const Panel& panel, const std::vector<Tick>& ticks) const {
        if (panel.x.scale != Scale::categories || ticks.size() < 2) return false;
        const double room = columns_[panel.column].width / static_cast<double>(ticks.size());
        return widest(ticks) > room - 4;
    }
    [[nodiscard]] double bottom_of(const Panel& panel) const {
        double bottom = 0;
        if (panel.x.shows_ticks) {
            const std::vector<Tick> ticks = x_ticks(panel, columns_[panel.column].width);
            bottom += kTickLength + kTickGap +
                      (leaning(panel, ticks) ? std::min(widest(ticks), 120.0) + 4 : kTickSize);
        }
        if (!panel.x.label.empty()) bottom += kLine + 2;
        return bottom;
    }

    double place_title(double y) {
        const double width = style_.width - 2 * kEdge;
        if (!figure_.title.empty()) {
            scene_.items.emplace_back(Text{{kEdge, y + kTitleSize},
                                           fitted(clean(figure_.title), kTitleSize * 1.05, width),
                                           kTitleSize,
                                           Anchor::start,
                                           Ink::text,
                                           true});
            y += kTitleSize + 8;
        }
        if (!figure_.subtitle.empty()) {
            scene_.items.emplace_back(Text{{kEdge, y + kLabelSize},
                                           fitted(clean(figure_.subtitle), kLabelSize, width),
                                           kLabelSize,
                                           Anchor::start,
                                           Ink::muted});
            y += kLabelSize + 6;
        }
        return y;
    }

    void place_panel(const Panel& panel, double y) {
        const Frame frame{columns_[panel.column].x,       y,       columns_[panel.column].width,
                          figure_.row_heights[panel.row], panel.x, panel.y};
        place_heading(panel, frame);
        const std::vector<Tick> x = x_ticks(panel, frame.width), y_all = y_ticks(panel);
        if (panel.x.grid) place_grid(x, frame, true);
        if (panel.y.grid) place_grid(y_all, frame, false);
        for (const Mark& mark : panel.marks) draw(mark, frame, style_.dpi / 96, scene_.items);
        place_axes(panel, frame, x, y_all);
        if (panel.colour_bar) place_bar(panel, frame);
    }

    void place_heading(const Panel& panel, const Frame& frame) {
        const bool own_line = legend_has_line(panel);
        const double base = frame.y - 7;
        if (!panel.title.empty())
            scene_.items.emplace_back(Text{{frame.x, base - (own_line ? kLine : 0)},
                                           fitted(clean(panel.title), kPanelTitleSize * 1.05, frame.width),
                                           kPanelTitleSize,
                                           Anchor::start,
                                           Ink::text,
                                           true});
        const std::vector<Named> names = legend_of(panel);
        double x = own_line ? frame.x : std::max(frame.x, frame.x + frame.width - legend_width(names) + 14);
        for (const Named& one : names) {
            if (one.line)
                scene_.items.emplace_back(
                    Path{{{x, base - 4}, {x + kSwatch, base - 4}}, one.ink, 2, 1, false, one.dashed});
            else
                scene_.items.emplace_back(Box{x + 2, base - 9, 10, 10, one.ink});
            scene_.items.emplace_back(
                Text{{x + kSwatch + 5, base}, one.name, kTickSize, Anchor::start, Ink::muted});
            x += kSwatch + 5 + text_width(one.name, kTickSize) + 14;
        }
    }

    void place_grid(const std::vector<Tick>& ticks, const Frame& frame, bool upright) {
        for (const Tick& tick : ticks) draw(Rule{tick.at, upright, Ink::grid, false}, frame, 1, scene_.items);
    }

    void line(Point a, Point b, Ink ink = Ink::muted) { scene_.items.emplace_back(Path{{a, b}, ink, 1}); }

    void place_axes(const Panel& panel, const Frame& frame, const std::vector<Tick>& x,
                    const std::vector<Tick>& y) {
        const double left = frame.x, bottom = frame.y + frame.height;
        line({left, frame.y}, {left, bottom});
        line({left, bottom}, {left + frame.width, bottom});
        double below = bottom;
        if (panel.x.shows_ticks) {
            const bool lean = leaning(panel, x);
            for (const Tick& tick : x) {
                const double place = frame.px(tick.at);
                if (place < left - 0.5 || place > left + frame.width + 0.5) continue;
                line({place, bottom}, {place, bottom + kTickLength});
                if (lean)
                    scene_.items.emplace_back(
                        Text{{place + kTickSize * 0.36, bottom + kTickLength + kTickGap},
                             fitted(clean(tick.text), kTickSize, 120),
                             kTickSize,
                             Anchor::end,
                             Ink::muted,
                             false,
                             true});
                else
                    scene_.items.emplace_back(Text{{place, bottom + kTickLength + kTickGap + kTickSize * 0.8},
                                                   clean(tick.text),
                                                   kTickSize,
                                                   Anchor::middle,
                                                   Ink::muted});
            }
            below += kTickLength + kTickGap + (lean ? std::min(widest(x), 120.0) + 4 : kTickSize);
        }
        if (!panel.x.label.empty())
            scene_.items.emplace_back(Text{{left + frame.width / 2, below + kLabelSize + 1},
                                           clean(panel.x.label),
                                           kLabelSize,
                                           Anchor::middle});
        double beside = left;
        if (panel.y.shows_ticks) {
            const double limit = style_.width * 0.3;
            for (const Tick& tick : y) {
                const double place = frame.py(tick.at);
                if (place < frame.y - 0.5 || place > bottom + 0.5) continue;
                line({left - kTickLength, place}, {left, place});
                scene_.items.emplace_back(Text{{left - kTickLength - kTickGap, place + kTickSize * 0.36},
                                               fitted(clean(tick.text), kTickSize, limit),
                                               kTickSize,
                                               Anchor::end,
                                               Ink::muted});
            }
            beside -= kTickLength + kTickGap + std::min(widest(y), limit);
        }
        if (!panel.y.label.empty())
            scene_.items.emplace_back(Text{{beside - 6, frame.y + frame.height / 2},
                                           clean(panel.y.label),
                                           kLabelSize,
                                           Anchor::middle,
                                           Ink::text,
                                           false,
                                           true});
    }

    void place_bar(const Panel& panel, const Frame& frame) {
        const ColourBar& bar = *panel.colour_bar;
        const double x = frame.x + frame.width + kGap + 4;
        const Axis axis{{}, bar.low, bar.high};
        plot::check(axis);
        Picture picture{x, frame.y, kBarWidth, frame.height, 1, 256, {}};
        const Colours& palette = colours(bar.map);
        picture.pixels.assign(palette.rbegin(), palette.rend());
        scene_.items.emplace_back(std::move(picture));
        const std::vector<Tick> ticks = bar_ticks(panel);
        for (const Tick& tick : ticks)
            scene_.items.emplace_back(
                Text{{x + kBarWidth + kTickGap,
                      frame.y + frame.height * (1 - share(axis, tick.at)) + kTickSize * 0.36},
                     tick.text,
                     kTickSize,
                     Anchor::start,
                     Ink::muted});
        if (!bar.label.empty())
            scene_.items.emplace_back(
                Text{{x + kBarWidth + kTickGap + widest(ticks) + kLine - 2, frame.y + frame.height / 2},
                     fitted(clean(bar.label), kTickSize, frame.height + kLine),
                     kTickSize,
                     Anchor::middle,
                     Ink::text,
                     false,
                     true});
    }

    struct Column {
        double x = 0, width = 0;
    };

    const Figure& figure_;
    const Style& style_;
    Scene scene_;
    std::vector<Column> columns_;
};

}  // namespace

Scene layout(const Figure& figure, const Style& style) { return Layout(figure, style).place(); }

}  // namespace undertone::plot
