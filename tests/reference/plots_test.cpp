#include <cmath>

#include "support/golden.hpp"
#include "support/support.hpp"
#include "undertone/random.hpp"
#include "undertone/sound_plot.hpp"

namespace undertone::plot {
namespace {

// A gliding voice that pauses, in a little noise.
Clip glide() {
    RandomState random(4);
    Clip clip{std::vector<float>(16000), 16000, 1};
    double phase = 0;
    for (std::size_t i = 0; i < clip.samples.size(); ++i) {
        const double t = static_cast<double>(i) / 16000;
        phase += 2 * 3.141592653589793 * (160 + 80 * t) / 16000;
        double value = 0;
        if (t < 0.4 || t > 0.55)
            for (int k = 1; k <= 12; ++k) value += 0.2 / k * std::sin(k * phase);
        clip.samples[i] = static_cast<float>(value * (1 - 0.6 * t) + random.uniform(-0.002, 0.002));
    }
    return clip;
}

TEST(Goldens, PicturesOfSound) {
    for (const auto& kind : kSoundKinds)
        test::expect_golden(sound_figure(glide(), kind.value, "glide.wav"), std::string(kind.name));
}

TEST(Goldens, Dark) {
    test::expect_golden(sound_figure(glide(), SoundKind::spectrogram, "glide.wav", 0, {.scale = Scale::log}),
                        "spectrogram-dark", {.width = 450, .dark = true});
}

TEST(Goldens, SingleSamples) {
    Clip part = glide();
    part.samples = {part.samples.begin() + 4000, part.samples.begin() + 4120};
    test::expect_golden(sound_figure(part, SoundKind::zero_crossings, "glide.wav", 0.25), "samples");
}

TEST(Goldens, EveryMark) {
    Figure figure{.title = "every mark", .row_heights = {140, 140}, .column_shares = {1, 1}};
    Panel lines{.title = "lines", .x = {"epoch", 0, 10, Scale::linear, {}, true, true}, .y = {"loss", 0, 2}};
    Curve loss{{}, {}, Ink::first, 1.5, "train"}, held{{}, {}, Ink::second, 1.5, "validation"};
    Band band;
    for (int i = 0; i <= 10; ++i) {
        loss.x.push_back(i), loss.y.push_back(2 * std::exp(-0.3 * i));
        held.x.push_back(i), held.y.push_back(i == 5 ? std::nan("") : 0.4 + 1.5 * std::exp(-0.3 * i));
        band.x.push_back(i), band.low.push_back(loss.y.back() * 0.8),
            band.high.push_back(loss.y.back() * 1.2);
    }
    held.dots = true;
    lines.marks = {band, loss, held, Rule{0.5, false, Ink::bad, true, "chance"}};
    lines.legend = true;
    const std::vector<std::string> names{"neutral", "happy", "sad"};
    Panel cells{.title = "cells",
                .x = names_axis("predicted", names),
                .y = names_axis("true", names, true),
                .column = 1};
    Cells table;
    table.values = Matrix<double>(3, 3);
    for (std::size_t i = 0; i < 9; ++i) {
        table.values.values()[i] = static_cast<double>(i) / 8;
        table.texts.push_back(std::to_string(i) + "\n" + std::to_string(i * 12) + " %");
    }
    cells.marks = {table};
    Panel bars{.title = "bars", .x = names_axis("", names), .y = {"UAR", 0, 1}, .row = 1};
    bars.marks = {Bars{{0, 1, 2}, {0.3, 0.9, 0.6}, 0.8, 0, Ink::third}, Rule{0.5}};
    Panel dots{.title = "dots", .x = {"UAR", 0, 1}, .y = names_axis("", names, true), .row = 1, .column = 1};
    dots.marks = {Dots{{0.3, 0.9, 0.6}, {0, 1, 2}, {0.2, 0.8, 0.5}, {0.4, 1, 0.7}, Ink::first, "", {}, true},
                  Patches{{{0.1, 0.2, 1.5, 2.5, Ink::bad, 0.5}}}};
    figure.panels = {lines, cells, bars, dots};
    test::expect_golden(figure, "marks", {.width = 600});
}

// A golden that could not fail would be worth nothing.
TEST(Goldens, AChangedAxisIsSeen) {
    Figure figure = sound_figure(glide(), SoundKind::mel, "glide.wav");
    const std::string right = png(figure, {.width = 450});
    EXPECT_EQ(test::difference_of_pngs(right, right), 0);
    for (const auto& change : std::vector<std::function<void(Figure&)>>{
             [](Figure& f) { f.panels[0].y.high = 4000; }, [](Figure& f) { f.panels[2].x.high = 1.3; },
             [](Figure& f) { f.panels[0].y.label = "band"; }, [](Figure& f) { f.title = "slide.wav"; },
             [](Figure& f) { f.panels[0].y.scale = Scale::linear; }}) {
        Figure wrong = figure;
        change(wrong);
        EXPECT_GT(test::difference_of_pngs(right, png(wrong, {.width = 450})), 20);
    }
    EXPECT_EQ(test::difference_of_pngs(right, "no picture"), 255);
}

}  // namespace
}  // namespace undertone::plot
