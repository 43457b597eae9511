#include <algorithm>
#include <cmath>
#include <numeric>

#include "plot/numbers.hpp"
#include "undertone/error.hpp"
#include "undertone/mel.hpp"
#include "undertone/sound_plot.hpp"

namespace undertone::plot {

namespace {

constexpr std::size_t kMarkedSamples = 500;  // so few are drawn one by one
constexpr std::size_t kMarkedFrames = 8;
constexpr std::size_t kEnvelope = 4096;  // columns of a waveform of many

const std::vector<std::string> kPitchClasses{"C",       "C\u266f", "D",       "D\u266f", "E",       "F",
                                             "F\u266f", "G",       "G\u266f", "A",       "A\u266f", "B"};

// What all panels of a figure share.
struct Sound {
    const Clip& clip;
    const SoundPlotOptions& options;
    double start_s = 0;
    const SoundArray* given = nullptr;

    [[nodiscard]] SoundArray array(SoundKind kind) const {
        return given != nullptr ? *given : sound_array(clip, kind, options);
    }
    [[nodiscard]] double end_s() const { return start_s + clip.duration_s(); }
    [[nodiscard]] double time(std::size_t sample) const {
        return start_s + static_cast<double>(sample) / clip.sample_rate;
    }
    [[nodiscard]] Axis time_axis() const { return {"time (s)", start_s, end_s()}; }
    [[nodiscard]] double hop_s() const { return static_cast<double>(options.hop_length) / clip.sample_rate; }
};

double largest(const std::vector<float>& samples) {
    float peak = 0;
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    return peak > 0 ? static_cast<double>(peak) : 1;
}

// A tone of half a million samples is one line through the lowest and the highest of each column.
Curve wave(const Sound& sound) {
    Curve curve{{}, {}, Ink::first, 1};
    const std::vector<float>& samples = sound.clip.samples;
    const std::size_t n = samples.size();
    if (n <= 2 * kEnvelope) {
        for (std::size_t i = 0; i < n; ++i) {
            curve.x.push_back(sound.time(i));
            curve.y.push_back(static_cast<double>(samples[i]));
        }
        curve.dots = n <= kMarkedSamples;
        return curve;
    }
    for (std::size_t column = 0; column < kEnvelope; ++column) {
        const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(column * n / kEnvelope);
        const auto end = samples.begin() + static_cast<std::ptrdiff_t>((column + 1) * n / kEnvelope);
        auto [low, high] = std::minmax_element(begin, end);
        if (high < low) std::swap(low, high);
        for (const auto at : {low, high}) {
            curve.x.push_back(sound.time(static_cast<std::size_t>(at - samples.begin())));
            curve.y.push_back(static_cast<double>(*at));
        }
    }
    return curve;
}

Panel wave_panel(const Sound& sound) {
    const double peak = largest(sound.clip.samples) * 1.05;
    Panel panel{.title = "waveform", .x = sound.time_axis(), .y = {"amplitude", -peak, peak}};
    panel.marks.emplace_back(Rule{0, false, Ink::grid, false});
    panel.marks.emplace_back(wave(sound));
    return panel;
}

// Where the sign changes, between the two samples it lies between.
Dots crossings(const Sound& sound) {
    Dots dots;
    dots.ink = Ink::second;
    dots.name = "zero crossing";
    const std::vector<float>& y = sound.clip.samples;
    for (std::size_t i = 1; i < y.size(); ++i) {
        const auto negative = [](float value) { return value < -1e-10F; };  // as dsp::zero_crossings() has it
        if (negative(y[i - 1]) == negative(y[i])) continue;
        const double a = static_cast<double>(y[i - 1]), b = static_cast<double>(y[i]);
        dots.x.push_back(sound.time(i - 1) + (a == b ? 1 : a / (a - b)) / sound.clip.sample_rate);
        dots.y.push_back(0);
    }
    return dots;
}

HeatMap heat_map(const Sound& sound, SoundArray array, std::vector<double> y_edges) {
    HeatMap map;
    const double frame_s = sound.hop_s() * static_cast<double>(array.frames_together);
    map.x_low = sound.start_s - sound.hop_s() / 2;  // frames are centred at their times
    map.x_high = map.x_low + frame_s * static_cast<double>(array.values.rows());
    map.y_edges = std::move(y_edges);
    map.values = std::move(array.values);
    return map;
}

std::vector<double> unit_edges(std::size_t n) {
    std::vector<double> edges(n + 1);
    for (std::size_t i = 0; i <= n; ++i) edges[i] = static_cast<double>(i) - 0.5;
    return edges;
}

// A picture and how it is labelled.
struct Painted {
    std::string title;
    HeatMap map;
    Axis axis;
    ColourBar bar;
};

Painted spectrogram(const Sound& sound) {
    SoundArray array = sound.array(SoundKind::spectrogram);
    const double bin = static_cast<double>(sound.clip.sample_rate) / sound.options.n_fft;
    std::vector<double> edges = unit_edges(array.values.cols());
    for (double& edge : edges) edge = std::max(edge * bin, 0.0);
    const Scale scale = sound.options.scale;
    const double top = sound.clip.sample_rate / 2.0;
    const double low = scale == Scale::log ? std::min(std::max(bin / 2, 20.0), top / 2) : 0;
    Painted painted{"spectrogram",
                    heat_map(sound, std::move(array), std::move(edges)),
                    {"frequency (Hz)", low, top, scale},
                    {"dB below the peak"}};
    painted.map.low = -sound.options.top_db;
    painted.map.high = 0;
    return painted;
}

Painted mel(const Sound& sound) {
    SoundArray array = sound.array(SoundKind::mel);
    const double low = dsp::hz_to_mel(sound.options.fmin);
    const double high = dsp::hz_to_mel(sound.options.fmax.value_or(sound.clip.sample_rate / 2.0));
    const std::size_t n = array.values.cols();
    std::vector<double> edges(n + 1);
    // The centre of band i lies at (i + 1) / (n + 1) of the range.
    for (std::size_t i = 0; i <= n; ++i)
        edges[i] = dsp::mel_to_hz(low + (high - low) * (static_cast<double>(i) + 0.5) /
                                            (static_cast<double>(n) + 1));
    // The outermost bands reach to the ends.
    edges.front() = dsp::mel_to_hz(low);
    edges.back() = dsp::mel_to_hz(high);
    const Axis axis{"mel band (Hz)", edges.front(), edges.back(), Scale::mel};
    Painted painted{
        "mel spectrogram", heat_map(sound, std::move(array), std::move(edges)), axis, {"dB below the peak"}};
    painted.map.low = -sound.options.top_db;
    painted.map.high = 0;
    return painted;
}

Painted chroma(const Sound& sound) {
    SoundArray array = sound.array(SoundKind::chroma);
    const std::size_t n = array.values.cols();
    Axis axis{"pitch class", -0.5, static_cast<double>(n) - 0.5};
    if (n == kPitchClasses.size()) axis = names_axis("pitch class", kPitchClasses);
    Painted painted{
        "chroma", heat_map(sound, std::move(array), unit_edges(n)), axis, {"share of the strongest"}};
    painted.map.map = painted.bar.map = ColourMap::viridis;
    return painted;
}

// The first coefficient, the level, is tens of times as large as the others, and these have peaks of their
// own: the colours are for what most of them are.
Painted mfcc(const Sound& sound) {
    SoundArray array = sound.array(SoundKind::mfcc);
    const std::size_t n = array.values.cols();
    std::vector<float> sizes;
    for (std::size_t t = 0; t < array.values.rows(); ++t)
        for (std::size_t c = n > 1 ? 1 : 0; c < n; ++c) sizes.push_back(std::abs(array.values(t, c)));
    const auto most = sizes.begin() + static_cast<std::ptrdiff_t>((sizes.size() - 1) * 99 / 100);
    std::nth_element(sizes.begin(), most, sizes.end());
    Painted painted{n > 1 ? "MFCC, colours to the 99th percentile of 1 and above" : "MFCC",
                    heat_map(sound, std::move(array), unit_edges(n)),
                    {"coefficient", -0.5, static_cast<double>(n) - 0.5},
                    {"dB"}};
    painted.map.high = *most > 0 ? static_cast<double>(*most) : 1;
    painted.map.low = -painted.map.high;
    painted.map.map = painted.bar.map = ColourMap::balance;
    return painted;
}

Panel painted_panel(const Sound& sound, Painted painted) {
    painted.bar.low = painted.map.low;
    painted.bar.high = painted.map.high;
    Panel panel{.title = std::move(painted.title), .x = sound.time_axis(), .y = std::move(painted.axis)};
    panel.colour_bar = painted.bar;
    panel.marks.emplace_back(std::move(painted.map));
    return panel;
}

Panel rate_panel(const Sound& sound) {
    const SoundArray array = sound.array(SoundKind::zero_crossings);
    Curve curve{{}, {}, Ink::second, 1.3};
    double most = 0;
    for (std::size_t t = 0; t < array.values.rows(); ++t) {
        curve.x.push_back(sound.start_s + sound.hop_s() * static_cast<double>(t * array.frames_together));
        curve.y.push_back(static_cast<double>(array.values(t, 0)));
        most = std::max(most, curve.y.back());
    }
    curve.dots = curve.x.size() <= kMarkedFrames;
    Panel panel{.title = "zero-crossing rate",
                .x = sound.time_axis(),
                .y = {"share of samples", 0, most > 0 ? most * 1.05 : 1}};
    panel.marks.emplace_back(std::move(curve));
    return panel;
}

// Widened where it would have no length.
Axis range_axis(std::string label, const std::vector<double>& values) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double margin = *high > *low ? (*high - *low) * 0.05 : 1;
    return {std::move(label), *low - margin, *high + margin};
}

// The picture with its means: of each band over time beside it, of each frame over bands below it.
Figure with_means(const Sound& sound, Painted painted) {
    const Matrix<float>& values = painted.map.values;
    const std::string unit = painted.map.map == ColourMap::viridis ? "mean" : "mean (dB)";
    std::vector<double> of_bands(values.cols()), of_frames(values.rows()), times(values.rows()), bands;
    for (std::size_t t = 0; t < values.rows(); ++t)
        for (std::size_t c = 0; c < values.cols(); ++c) {
            of_bands[c] += static_cast<double>(values(t, c)) / static_cast<double>(values.rows());
            of_frames[t] += static_cast<double>(values(t, c)) / static_cast<double>(values.cols());
        }
    const double frame_s = (painted.map.x_high - painted.map.x_low) / static_cast<double>(values.rows());
    for (std::size_t t = 0; t < times.size(); ++t)
        times[t] = sound.start_s + frame_s * static_cast<double>(t);
    for (std::size_t c = 0; c < of_bands.size(); ++c)
        bands.push_back((painted.map.y_edges[c] + painted.map.y_edges[c + 1]) / 2);

    Figure figure;
    figure.row_heights = {300, 90};
    figure.column_shares = {1, 0.2};
    Panel side{.title = "over time", .x = range_axis(unit, of_bands), .y = painted.axis, .column = 1};
    side.y.label.clear();
    side.y.shows_ticks = false;
    // The level of the first coefficient would flatten all others.
    if (painted.map.map == ColourMap::balance && of_bands.size() > 2) {
        of_bands.erase(of_bands.begin());
        bands.erase(bands.begin());
        side.title = "over time, from 1";
        side.x = range_axis(unit, of_bands);
    }
    side.marks.emplace_back(Curve{of_bands, bands, Ink::second});
    Panel below{.title = "over " + std::string(painted.map.map == ColourMap::balance ? "coefficients"
                                               : painted.title == "chroma"           ? "pitch classes"
                                                                                     : "bands"),
                .x = sound.time_axis(),
                .y = range_axis(unit, of_frames),
                .row = 1};
    Curve over_bands{times, of_frames, Ink::second};
    over_bands.dots = times.size() <= kMarkedFrames;
    below.marks.emplace_back(std::move(over_bands));
    Panel picture = painted_panel(sound, std::move(painted));
    picture.x.label.clear();
    picture.x.shows_ticks = false;
    std::swap(picture.colour_bar, side.colour_bar);  // at the very right
    figure.panels = {std::move(picture), std::move(side), std::move(below)};
    return figure;
}

Figure alone(Panel panel, double height) {
    Figure figure;
    figure.row_heights = {height};
    figure.panels.push_back(std::move(panel));
    return figure;
}

Figure everything(const Sound& sound) {
    Figure figure;
    const auto add = [&](Panel panel, double height) {
        panel.row = figure.panels.size();
        if (panel.row < 5) panel.x.label.clear(), panel.x.shows_ticks = false;
        figure.row_heights.push_back(height);
        figure.panels.push_back(std::move(panel));
    };
    add(wave_panel(sound), 90);
    add(painted_panel(sound, spectrogram(sound)), 150);
    add(painted_panel(sound, mel(sound)), 150);
    add(painted_panel(sound, chroma(sound)), 120);
    add(painted_panel(sound, mfcc(sound)), 120);
    add(rate_panel(sound), 70);
    return figure;
}

Figure zero_crossings(const Sound& sound) {
    Figure figure;
    figure.row_heights = {220, 120};
    Panel top = wave_panel(sound);
    Dots dots = crossings(sound);
    top.title = std::to_string(dots.x.size()) + (dots.x.size() == 1 ? " zero crossing" : " zero crossings");
    // As many as can be told apart.
    if (dots.x.size() <= kMarkedSamples && !dots.x.empty()) {
        top.legend = true;
        top.marks.emplace_back(std::move(dots));
    }
    Panel rate = rate_panel(sound);
    rate.row = 1;
    top.x.label.clear();
    figure.panels = {std::move(top), std::move(rate)};
    return figure;
}

}  // namespace

Figure sound_figure(const Clip& clip, SoundKind kind, const std::string& title, double start_s,
                    const SoundPlotOptions& options, const SoundArray* array) {
    validate(options);
    if (clip.samples.empty()) throw Error(Errc::invalid_argument, "plot: the clip has no samples");
    const Sound sound{clip, options, start_s, array};
    Figure figure = [&] {
        switch (kind) {
            case SoundKind::waveform:
                return alone(wave_panel(sound), 220);
            case SoundKind::spectrogram:
                return alone(painted_panel(sound, spectrogram(sound)), 320);
            case SoundKind::mel:
                return with_means(sound, mel(sound));
            case SoundKind::chroma:
                return with_means(sound, chroma(sound));
            case SoundKind::mfcc:
                return with_means(sound, mfcc(sound));
            case SoundKind::zero_crossings:
                return zero_crossings(sound);
            case SoundKind::all:
                break;
        }
        return everything(sound);
    }();
    figure.title = title;
    figure.subtitle = shortened(clip.duration_s(), 3) + " s at " + std::to_string(clip.sample_rate) + " Hz";
    if (start_s > 0) figure.subtitle += ", from " + shortened(start_s, 3) + " s";
    if (std::all_of(clip.samples.begin(), clip.samples.end(), [](float sample) { return sample == 0; }))
        figure.subtitle += ", silence";
    if (kind != SoundKind::waveform) {
        const std::size_t together = frames_together(clip, options);
        if (together > 1)
            figure.subtitle += "; each column is the mean of " + std::to_string(together) + " frames";
    }
    for (const auto& choice : kSoundKinds)
        if (choice.value == kind)
            figure.description = std::string(choice.name) + " of " + title + ", " + figure.subtitle;
    if (kind == SoundKind::all)
        figure.description =
            "waveform, spectrogram, mel spectrogram, chroma, MFCC and zero-crossing rate of " + title + ", " +
            figure.subtitle;
    return figure;
}

}  // namespace undertone::plot
