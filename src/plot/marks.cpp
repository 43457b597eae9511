#include "plot/marks.hpp"

#include <algorithm>
#include <cmath>

#include "plot/colours.hpp"
#include "plot/texts.hpp"
#include "undertone/error.hpp"

namespace undertone::plot {

namespace {

void same_size(const char* mark, std::size_t expected, std::initializer_list<std::size_t> sizes) {
    for (const std::size_t size : sizes)
        if (size != expected)
            throw Error(Errc::invalid_argument, std::string("plot: ") + mark + ": " +
                                                    std::to_string(expected) + " values of x, but " +
                                                    std::to_string(size) + " of another part");
}

std::string tip(const std::vector<std::string>& tips, std::size_t index) {
    return tips.empty() ? std::string() : tips[index];
}

// Keeps what lies far outside at the border: a renderer would otherwise draw over the labels.
Point within(const Frame& frame, Point point) {
    return {std::clamp(point.x, frame.x - 1, frame.x + frame.width + 1),
            std::clamp(point.y, frame.y - 1, frame.y + frame.height + 1)};
}

// A line with many points to a pixel keeps the lowest and the highest of each half pixel, in their order.
std::vector<Point> thinned(std::vector<Point> points, double width) {
    const auto n_bins = static_cast<std::size_t>(std::max(width, 1.0) * 2);
    if (points.size() <= 4 * n_bins) return points;
    std::vector<Point> kept;
    const std::size_t n = points.size();
    for (std::size_t bin = 0; bin < n_bins; ++bin) {
        const auto begin = points.begin() + static_cast<std::ptrdiff_t>(bin * n / n_bins);
        const auto end = points.begin() + static_cast<std::ptrdiff_t>((bin + 1) * n / n_bins);
        if (begin == end) continue;
        auto [low, high] =
            std::minmax_element(begin, end, [](const Point& a, const Point& b) { return a.y < b.y; });
        if (high < low) std::swap(low, high);
        kept.push_back(*low);
        if (low != high) kept.push_back(*high);
    }
    return kept;
}

void draw_one(const Band& band, const Frame& frame, double, std::vector<Item>& items) {
    same_size("band", band.x.size(), {band.low.size(), band.high.size()});
    std::vector<Point> upper, lower;
    for (std::size_t i = 0; i < band.x.size(); ++i) {
        upper.push_back(within(frame, frame.at(band.x[i], band.high[i])));
        lower.push_back(within(frame, frame.at(band.x[i], band.low[i])));
    }
    upper = thinned(std::move(upper), frame.width);
    lower = thinned(std::move(lower), frame.width);
    upper.insert(upper.end(), lower.rbegin(), lower.rend());
    items.emplace_back(Path{std::move(upper), band.ink, 0, 0.25, true, false});
}

void draw_one(const HeatMap& map, const Frame& frame, double resolution, std::vector<Item>& items) {
    same_size("heat map", map.values.cols() + 1, {map.y_edges.size()});
    if (!(map.x_low < map.x_high) || !(map.low < map.high))
        throw Error(Errc::invalid_argument, "plot: heat map: the low ends must lie below the high ends");
    items.emplace_back(rastered(map, frame, resolution));
}

void draw_one(const Patches& patches, const Frame& frame, double, std::vector<Item>& items) {
    for (const Patch& patch : patches.patches) {
        const Point a = within(frame, frame.at(patch.x_low, patch.y_high));
        const Point b = within(frame, frame.at(patch.x_high, patch.y_low));
        items.emplace_back(
            Box{a.x, a.y, b.x - a.x, b.y - a.y, patch.ink, std::clamp(patch.opacity, 0.0, 1.0), patch.tip});
    }
}

// A cell's colour, as an ink of which more or less is seen: so it follows the theme.
struct Shade {
    Paint paint;
    double opacity = 1;
    bool strong = false;  // text upon it has the colour of the surface
};

Shade shade_of(const Cells& cells, double value) {
    const double share = std::clamp((value - cells.low) / (cells.high - cells.low), 0.0, 1.0);
    if (cells.map == ColourMap::blues) return {Ink::first, std::isnan(share) ? 0 : share, share > 0.85};
    if (cells.map == ColourMap::balance) {
        const double side = 2 * share - 1;
        return {side < 0 ? Ink::first : Ink::second, std::abs(side), std::abs(side) > 0.85};
    }
    const Rgb rgb = colour(colours(cells.map), share);
    return {rgb, 1, false};
}

Paint text_paint(const Cells& cells, const Shade& shade) {
    if (const Rgb* rgb = std::get_if<Rgb>(&shade.paint); rgb != nullptr && cells.map != ColourMap::blues)
        return 0.299 * rgb->r + 0.587 * rgb->g + 0.114 * rgb->b > 140 ? Paint(Rgb{20, 20, 20})
                                                                      : Paint(Rgb{255, 255, 255});
    return shade.strong ? Ink::surface : Ink::text;
}

void draw_one(const Cells& cells, const Frame& frame, double, std::vector<Item>& items) {
    const std::size_t n = cells.values.size();
    if (!cells.texts.empty()) same_size("cells", n, {cells.texts.size()});
    if (!cells.tips.empty()) same_size("cells", n, {cells.tips.size()});
    for (std::size_t r = 0; r < cells.values.rows(); ++r)
        for (std::size_t c = 0; c < cells.values.cols(); ++c) {
            const std::size_t index = r * cells.values.cols() + c;
            const Point a = frame.at(static_cast<double>(c) - 0.5, static_cast<double>(r) - 0.5);
            const Point b = frame.at(static_cast<double>(c) + 0.5, static_cast<double>(r) + 0.5);
            const double x = std::min(a.x, b.x), y = std::min(a.y, b.y);
            const double width = std::abs(b.x - a.x), height = std::abs(b.y - a.y);
            const Shade shade = shade_of(cells, cells.values(r, c));
            items.emplace_back(Box{x + 0.5, y + 0.5, width - 1, height - 1, shade.paint, shade.opacity,
                                   tip(cells.tips, index)});
            if (cells.texts.empty()) continue;
            const std::string& text = cells.texts[index];
            const auto n_lines = static_cast<double>(1 + std::count(text.begin(), text.end(), '\n'));
            double size = std::min({12.0, height / (1.25 * n_lines)});
            std::size_t begin = 0;
            std::vector<std::string> lines;
            while (begin <= text.size()) {
                const std::size_t end = std::min(text.find('\n', begin), text.size());
                lines.push_back(text.substr(begin, end - begin));
                size = std::min(size, 0.9 * width / std::max(text_width(lines.back(), 1), 0.1));
                begin = end + 1;
            }
            for (std::size_t i = 0; i < lines.size(); ++i)
                items.emplace_back(
                    Text{{x + width / 2, y + height / 2 + size * 0.36 +
                                             size * 1.25 * (static_cast<double>(i) - (n_lines - 1) / 2)},
                         lines[i],
                         i == 0 ? size : size * 0.9,
                         Anchor::middle,
                         text_paint(cells, shade)});
        }
}

void draw_one(const Bars& bars, const Frame& frame, double, std::vector<Item>& items) {
    same_size("bars", bars.x.size(), {bars.y.size()});
    if (!bars.tips.empty()) same_size("bars", bars.x.size(), {bars.tips.size()});
    for (std::size_t i = 0; i < bars.x.size(); ++i) {
        const double low = bars.x[i] - bars.width / 2, high = bars.x[i] + bars.width / 2;
        const Point a = within(frame, bars.lying ? frame.at(bars.from, low) : frame.at(low, bars.from));
        const Point b = within(frame, bars.lying ? frame.at(bars.y[i], high) : frame.at(high, bars.y[i]));
        items.emplace_back(Box{std::min(a.x, b.x), std::min(a.y, b.y), std::abs(b.x - a.x),
                               std::abs(b.y - a.y), bars.ink, 1, tip(bars.tips, i)});
    }
}

void draw_one(const Rule& rule, const Frame& frame, double, std::vector<Item>& items) {
    const double place = share(rule.upright ? frame.x_axis : frame.y_axis, rule.at);
    if (!(place >= 0 && place <= 1)) return;
    std::vector<Point> points =
        rule.upright
            ? std::vector<Point>{{frame.px(rule.at), frame.y}, {frame.px(rule.at), frame.y + frame.height}}
            : std::vector<Point>{{frame.x, frame.py(rule.at)}, {frame.x + frame.width, frame.py(rule.at)}};
    items.emplace_back(Path{std::move(points), rule.ink, 1, 1, false, rule.dashed});
}

void draw_one(const Curve& curve, const Frame& frame, double, std::vector<Item>& items) {
    same_size("curve", curve.x.size(), {curve.y.size()});
    if (!curve.tips.empty()) same_size("curve", curve.x.size(), {curve.tips.size()});
    std::vector<Point> run;
    const auto finish = [&] {
        if (run.size() > 1)
            items.emplace_back(
                Path{thinned(std::move(run), frame.width), curve.ink, curve.width, 1, false, curve.dashed});
        run.clear();
    };
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
        if (!std::isfinite(curve.y[i])) {
            finish();
            continue;
        }
        run.push_back(within(frame, frame.at(curve.x[i], curve.y[i])));
    }
    finish();
    if (!curve.dots && curve.tips.empty()) return;
    for (std::size_t i = 0; i < curve.x.size(); ++i)
        if (std::isfinite(curve.y[i]))
            items.emplace_back(Disc{within(frame, frame.at(curve.x[i], curve.y[i])),
                                    curve.dots ? curve.width + 1 : curve.width, curve.ink,
                                    tip(curve.tips, i)});
}

void draw_one(const Dots& dots, const Frame& frame, double, std::vector<Item>& items) {
    const bool intervals = !dots.low.empty();
    same_size("dots", dots.x.size(), {dots.y.size()});
    if (intervals) same_size("dots", dots.x.size(), {dots.low.size(), dots.high.size()});
    if (!dots.tips.empty()) same_size("dots", dots.x.size(), {dots.tips.size()});
    for (std::size_t i = 0; i < dots.x.size(); ++i) {
        if (!std::isfinite(dots.x[i]) || !std::isfinite(dots.y[i])) continue;
        if (intervals && dots.low[i] < dots.high[i]) {
            const bool lying = dots.intervals_along_x;
            items.emplace_back(Path{
                {within(frame, lying ? frame.at(dots.low[i], dots.y[i]) : frame.at(dots.x[i], dots.low[i])),
                 within(frame,
                        lying ? frame.at(dots.high[i], dots.y[i]) : frame.at(dots.x[i], dots.high[i]))},
                dots.ink,
                2,
                0.5,
                false,
                false});
        }
        items.emplace_back(
            Disc{within(frame, frame.at(dots.x[i], dots.y[i])), 3.5, dots.ink, tip(dots.tips, i)});
    }
}

}  // namespace

void draw(const Mark& mark, const Frame& frame, double resolution, std::vector<Item>& items) {
    std::visit([&](const auto& one) { draw_one(one, frame, resolution, items); }, mark);
}

}  // namespace undertone::plot
