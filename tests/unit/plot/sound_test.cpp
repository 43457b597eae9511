#include "support/sound.hpp"

#include <algorithm>
#include <cmath>

#include "support/support.hpp"
#include "undertone/chroma.hpp"
#include "undertone/mel.hpp"
#include "undertone/sound_plot.hpp"

namespace undertone::plot {
namespace {

Clip clip(std::size_t n) { return {test::made_sound(n), 16000, 1}; }

TEST(SoundPlot, ALongRecordingHasMeansOfItsFrames) {
    const Clip sound = clip(200000);
    const SoundPlotOptions options{.n_fft = 64, .hop_length = 16, .n_mels = 8};
    const SoundArray array = sound_array(sound, SoundKind::mel, options);
    ASSERT_EQ(array.frames_together, 4U);
    const Matrix<float> frames = dsp::melspectrogram(
        sound.samples, {.sample_rate = 16000, .n_fft = 64, .hop_length = 16, .n_mels = 8});
    ASSERT_EQ(array.values.rows(), (frames.rows() + 3) / 4);
    Matrix<float> means(array.values.rows(), 8);
    for (std::size_t r = 0; r < means.rows(); ++r)
        for (std::size_t c = 0; c < 8; ++c) {
            double sum = 0, n = 0;
            for (std::size_t t = 4 * r; t < std::min(4 * r + 4, frames.rows()); ++t, ++n)
                sum += static_cast<double>(frames(t, c));
            means(r, c) = static_cast<float>(sum / n);
        }
    const Matrix<float> expected = dsp::power_to_db(means, {.ref_max = true});
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_NEAR(array.values.values()[i], expected.values()[i], 1e-3F);
}

TEST(SoundPlot, ALongRecordingsChromaIsThatOfItsFrames) {
    const Clip sound = clip(150000);
    const SoundPlotOptions options{.n_fft = 512, .hop_length = 32};
    const SoundArray array = sound_array(sound, SoundKind::chroma, options);
    ASSERT_EQ(array.frames_together, 2U);
    const Matrix<float> frames =
        dsp::chroma_stft(sound.samples, {.sample_rate = 16000, .n_fft = 512, .hop_length = 32});
    for (std::size_t r = 0; r + 1 < array.values.rows(); r += 97)
        for (std::size_t c = 0; c < 12; ++c)
            EXPECT_NEAR(array.values(r, c), (frames(2 * r, c) + frames(2 * r + 1, c)) / 2, 2e-2F);
}

TEST(SoundPlot, OneSampleAndSilenceAreDrawn) {
    for (const Clip& odd :
         {Clip{{0.5F}, 16000, 1}, Clip{{0.1F, -0.1F}, 8000, 1}, Clip{std::vector<float>(4000), 16000, 1}})
        for (const auto& kind : kSoundKinds) {
            const std::string drawing = svg(sound_figure(odd, kind.value, "odd"));
            EXPECT_EQ(drawing.find("nan"), std::string::npos) << kind.name;
            EXPECT_EQ(drawing.find("inf"), std::string::npos) << kind.name;
        }
    const Figure silence = sound_figure({std::vector<float>(4000), 16000, 1}, SoundKind::mel, "odd");
    EXPECT_NE(silence.subtitle.find("silence"), std::string::npos) << silence.subtitle;
    EXPECT_ERROR(sound_figure({{}, 16000, 1}, SoundKind::mel, ""), Errc::invalid_argument, "no samples");
}

TEST(SoundPlot, AnArrayThatIsThereIsDrawnAsItIs) {
    const Clip sound = clip(5000);
    for (const auto& kind : kSoundKinds) {
        if (kind.value == SoundKind::all) continue;
        const SoundArray array = sound_array(sound, kind.value);
        EXPECT_EQ(svg(sound_figure(sound, kind.value, "x", 0, {}, &array)),
                  svg(sound_figure(sound, kind.value, "x")))
            << kind.name;
    }
    SoundArray flat = sound_array(sound, SoundKind::chroma);
    std::fill(flat.values.values().begin(), flat.values.values().end(), 0.5F);
    const Figure drawn = sound_figure(sound, SoundKind::chroma, "x", 0, {}, &flat);
    EXPECT_EQ(std::get<HeatMap>(drawn.panels[0].marks[0]).values, flat.values);
}

TEST(SoundPlot, EachZeroCrossingIsMarkedWhereTheSignChanges) {
    const Clip sound{{0.5F, -0.5F, -0.25F, 0.75F, 0.5F}, 1000, 1};
    const Figure figure = sound_figure(sound, SoundKind::zero_crossings, "x", 2.0);
    const Panel& top = figure.panels.front();
    EXPECT_EQ(top.title, "2 zero crossings");
    const auto* dots = std::get_if<Dots>(&top.marks.back());
    ASSERT_NE(dots, nullptr);
    ASSERT_EQ(dots->x.size(), 2U);
    EXPECT_NEAR(dots->x[0], 2.0005, 1e-12);
    EXPECT_NEAR(dots->x[1], 2.00225, 1e-12);
    const auto* wave = std::get_if<Curve>(&top.marks[1]);
    ASSERT_NE(wave, nullptr);
    EXPECT_TRUE(wave->dots);
    EXPECT_EQ(wave->y.size(), 5U);
}

TEST(SoundPlot, AWaveOfManySamplesKeepsItsPeaks) {
    Clip sound = clip(500000);
    sound.samples[333333] = 0.99F;
    const Figure figure = sound_figure(sound, SoundKind::waveform, "x");
    const auto* wave = std::get_if<Curve>(&figure.panels.front().marks.back());
    ASSERT_NE(wave, nullptr);
    EXPECT_LE(wave->y.size(), 8192U);
    EXPECT_NEAR(*std::max_element(wave->y.begin(), wave->y.end()), 0.99, 1e-6);
}

TEST(SoundPlot, OptionsAreChecked) {
    EXPECT_ERROR(sound_figure(clip(100), SoundKind::mel, "", 0, {.n_mels = 0}), Errc::invalid_argument,
                 "n_mels");
    EXPECT_ERROR(sound_array(clip(100), SoundKind::all), Errc::invalid_argument, "no one array");
}

}  // namespace
}  // namespace undertone::plot
