#include "plot/layout.hpp"

#include <cmath>

#include "plot/marks.hpp"
#include "support/support.hpp"

namespace undertone::plot {
namespace {

Figure figure() {
    Figure figure{.title = "title", .row_heights = {100, 50}, .column_shares = {3, 1}};
    Panel a{.title = "a", .x = {"x", 0, 10}, .y = {"y", -1, 1}};
    a.marks.emplace_back(Curve{{0, 5, 10}, {-1, 0, 1}});
    a.legend = true;
    std::get<Curve>(a.marks.front()).name = "curve";
    Panel b{.x = {"", 0, 1}, .y = {"", 0, 1}, .colour_bar = ColourBar{"dB", -80, 0}, .column = 1};
    Panel c{.x = {"", 0, 1}, .y = {"", 0, 1}, .row = 1};
    c.marks.emplace_back(Dots{{0.5}, {0.25}, {0.1}, {0.4}});
    figure.panels = {a, b, c};
    return figure;
}

template <class Kind>
std::vector<Kind> all(const Scene& scene) {
    std::vector<Kind> found;
    for (const Item& item : scene.items)
        if (const Kind* one = std::get_if<Kind>(&item)) found.push_back(*one);
    return found;
}

TEST(Layout, EverythingLiesWithinTheDrawing) {
    for (const double width : {300.0, 900.0}) {
        const Scene scene = layout(figure(), {.width = width});
        EXPECT_EQ(scene.width, width);
        for (const Path& path : all<Path>(scene))
            for (const Point& point : path.points) {
                EXPECT_GE(point.x, 0);
                EXPECT_LE(point.x, scene.width);
                EXPECT_GE(point.y, 0);
                EXPECT_LE(point.y, scene.height);
            }
        for (const Text& text : all<Text>(scene)) {
            EXPECT_GE(text.at.x, 0) << text.text;
            EXPECT_LE(text.at.x, scene.width) << text.text;
            EXPECT_LE(text.at.y, scene.height) << text.text;
        }
    }
}

TEST(Layout, MarksLieWhereTheAxesSay) {
    const Scene scene = layout(figure(), {});
    std::vector<Point> curve;
    for (const Path& path : all<Path>(scene))
        if (path.points.size() == 3) curve = path.points;
    ASSERT_EQ(curve.size(), 3U);
    EXPECT_NEAR(curve[1].x, (curve[0].x + curve[2].x) / 2, 1e-9);
    EXPECT_NEAR(curve[0].y - curve[2].y, 100, 1e-9);  // from the bottom to the top of the first row
    const std::vector<Disc> discs = all<Disc>(scene);
    ASSERT_EQ(discs.size(), 1U);
    EXPECT_NEAR(discs[0].centre.x, (curve[0].x + curve[2].x) / 2, 1e-9);  // columns have common edges
    EXPECT_GT(discs[0].centre.y, curve[0].y);
}

TEST(Layout, TextsOfTheFigureAreThere) {
    std::string texts;
    for (const Text& text : all<Text>(layout(figure(), {}))) texts += text.text + "|";
    for (const std::string expected : {"title|", "a|", "x|", "y|", "curve|", "dB|", "\u221280|", "10|"})
        EXPECT_NE(texts.find(expected), std::string::npos) << expected << " in " << texts;
}

TEST(Layout, NamesThatAreTooLongLean) {
    Figure names{.row_heights = {100}};
    Panel panel{.x = names_axis("", std::vector<std::string>(12, "a rather long name")), .y = {"", 0, 1}};
    names.panels.push_back(panel);
    std::size_t n_leaning = 0;
    for (const Text& text : all<Text>(layout(names, {.width = 400}))) n_leaning += text.upright ? 1 : 0;
    EXPECT_EQ(n_leaning, 12U);
}

TEST(Layout, ALineOfAMillionPointsHasAsManyAsCanBeSeen) {
    Figure line{.row_heights = {100}};
    Panel panel{.x = {"", 0, 1e6}, .y = {"", -1, 1}};
    Curve curve;
    for (int i = 0; i < 1000000; ++i) {
        curve.x.push_back(i);
        curve.y.push_back(i == 777777 ? 0.9 : std::sin(i * 0.1) * 0.5);
    }
    panel.marks.emplace_back(std::move(curve));
    line.panels.push_back(std::move(panel));
    double highest = 1e9;
    for (const Path& path : all<Path>(layout(line, {}))) {
        EXPECT_LE(path.points.size(), 4U * 900);
        if (path.points.size() > 100)
            for (const Point& point : path.points) highest = std::min(highest, point.y);
    }
    const Scene scene = layout(line, {});
    const double top = scene.height - 12 - 18 - 100;  // the one high sample is kept
    EXPECT_NEAR(highest, top + 5, 6);
}

TEST(Layout, WhatDoesNotFitTogetherIsRefused) {
    const auto expect = [](const Mark& mark, const char* part) {
        Figure wrong{.row_heights = {100}};
        wrong.panels.push_back({.marks = {mark}});
        EXPECT_ERROR(layout(wrong, {}), Errc::invalid_argument, part);
    };
    expect(Curve{{0, 1}, {0}}, "curve");
    expect(Dots{{0, 1}, {0, 1}, {0}, {1}}, "dots");
    expect(Bars{{0}, {}}, "bars");
    expect(Band{{0}, {0}, {}}, "band");
    expect(Cells{Matrix<double>(2, 2), 0, 1, ColourMap::blues, {"one"}}, "cells");
    expect(HeatMap{Matrix<float>(2, 2), 0, 1, {0, 1}}, "heat map");
    Figure outside = figure();
    outside.panels[0].row = 2;
    EXPECT_ERROR(layout(outside, {}), Errc::invalid_argument, "outside the figure's grid");
    EXPECT_ERROR(layout(figure(), {.width = 5}), Errc::invalid_argument, "width");
    EXPECT_ERROR(layout(figure(), {.dpi = 1}), Errc::invalid_argument, "dpi");
    EXPECT_ERROR(layout({}, {}), Errc::invalid_argument, "needs a panel");
}

TEST(Layout, NamesThatWouldLieUponEachOtherAreThinned) {
    Figure figure{.row_heights = {120}};
    figure.panels.push_back({.x = {"", 0, 1, Scale::linear, {}, false},
                             .y = names_axis("", std::vector<std::string>(100, "a name"), true)});
    std::vector<double> places;
    for (const Text& text : all<Text>(layout(figure, {.width = 400}))) places.push_back(text.at.y);
    ASSERT_GE(places.size(), 5U);
    for (std::size_t i = 1; i < places.size(); ++i) EXPECT_GE(places[i] - places[i - 1], 10);
    figure.panels.front().y = names_axis("", std::vector<std::string>(10, "a name"), true);
    EXPECT_EQ(all<Text>(layout(figure, {.width = 400})).size(), 10U);
}

}  // namespace
}  // namespace undertone::plot
