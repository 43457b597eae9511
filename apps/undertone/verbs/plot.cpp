#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "interrupt.hpp"
#include "options/clip_part.hpp"
#include "options/drawing_options.hpp"
#include "options/field_flags.hpp"
#include "options/inputs.hpp"
#include "options/sound_limits.hpp"
#include "os/file.hpp"
#include "output/npy.hpp"
#include "run/run_plots.hpp"
#include "undertone/error.hpp"
#include "undertone/sound_plot.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

struct PlotSettings {
    ClipPart place;  // a recording, or the folder of a run
    std::string kind = "all", array;
    plot::SoundPlotOptions sound;
    DrawingOptions drawing;
    SoundLimits limits;
};

plot::SoundKind kind_of(const std::string& name) {
    for (const auto& choice : plot::kSoundKinds)
        if (choice.name == name) return choice.value;
    throw Error(Errc::invalid_argument, "--kind " + name + ": is of runs; a recording has" +
                                            " waveform, spectrogram, mel, chroma, mfcc, zero-crossings, all");
}

void write_array(const std::string& path, const plot::SoundArray& array) {
    const std::vector<double> values(array.values.values().begin(), array.values.values().end());
    write_file(path, npy_header(array.values.rows(), array.values.cols()) + little_endian(values));
}

// Where the picture goes, looked at before the work.
std::string target(const PlotSettings& settings, const std::string& stem) {
    const std::string& output = settings.drawing.output;
    std::string path = output.empty() ? stem + "-" + settings.kind + ".png" : output;
    static_cast<void>(plot::format_of(path));
    check_writable(path);
    return path;
}

// Calls `refuse(name)` for each option of the arrays that is not the default.
template <class Refuse>
void for_each_changed(const plot::SoundPlotOptions& options, const Refuse& refuse) {
    for_each_field<plot::SoundPlotOptions>([&](const auto& field) {
        if (field_text(options, field) != field_text(plot::SoundPlotOptions{}, field)) refuse(field.name);
    });
}

// An option that the picture does not depend on was meant for another.
void check_options_of(plot::SoundKind kind, const PlotSettings& settings) {
    using plot::SoundKind;
    const std::map<std::string_view, std::vector<SoundKind>> only{
        {"scale", {SoundKind::spectrogram}},
        {"n_fft",
         {SoundKind::spectrogram, SoundKind::mel, SoundKind::chroma, SoundKind::mfcc,
          SoundKind::zero_crossings}},
        {"hop_length",
         {SoundKind::spectrogram, SoundKind::mel, SoundKind::chroma, SoundKind::mfcc,
          SoundKind::zero_crossings}},
        {"n_mels", {SoundKind::mel, SoundKind::mfcc}},
        {"n_mfcc", {SoundKind::mfcc}},
        {"n_chroma", {SoundKind::chroma}},
        {"fmin", {SoundKind::mel, SoundKind::mfcc}},
        {"fmax", {SoundKind::mel, SoundKind::mfcc}},
        {"top_db", {SoundKind::spectrogram, SoundKind::mel}}};
    if (kind == SoundKind::all) return;
    for_each_changed(settings.sound, [&](std::string_view name) {
        const std::vector<SoundKind>& kinds = only.at(name);
        if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
            throw Error(Errc::invalid_argument, flag_of(std::string(name)) + ": does not change --kind " +
                                                    settings.kind + ": leave it out");
    });
}

int plot_sound(const PlotSettings& settings) {
    const plot::SoundKind kind = kind_of(settings.kind);
    const std::string& file = settings.place.file;
    const std::string path =
        target(settings, file == "-" ? "stdin" : std::filesystem::path(file).stem().string());
    if (!settings.array.empty()) check_writable(settings.array);
    check_options_of(kind, settings);
    const Clip clip = read_part(settings.place, settings.limits);
    std::optional<plot::SoundArray> array;
    if (!settings.array.empty()) array = plot::sound_array(clip, kind, settings.sound);
    const plot::Figure figure =
        plot::sound_figure(clip, kind, settings.place.name(), settings.place.start_s(), settings.sound,
                           array ? &*array : nullptr);
    save_picture(figure, settings.drawing, path);
    if (array) write_array(settings.array, *array);
    return 0;
}

int plot_run(const PlotSettings& settings) {
    if (settings.place.from || settings.place.to || !settings.array.empty())
        throw Error(Errc::invalid_argument,
                    "--from, --to and --array: are of recordings, and " + settings.place.file + " is a run");
    for_each_changed(settings.sound, [&](std::string_view name) {
        throw Error(Errc::invalid_argument, flag_of(std::string(name)) + ": is of recordings, and " +
                                                settings.place.file + " is a run");
    });
    std::string stem = settings.place.file;
    while (stem.size() > 1 && stem.back() == '/') stem.pop_back();
    const std::string path = target(settings, std::filesystem::path(stem).filename().string());
    save_picture(run_figure(settings.place.file, settings.kind, until_interrupted()), settings.drawing, path);
    return 0;
}

std::vector<std::string> all_kinds() {
    std::vector<std::string> kinds;
    for (const auto& choice : plot::kSoundKinds) kinds.emplace_back(choice.name);
    for (const std::string& kind : run_plot_kinds()) kinds.push_back(kind);
    return kinds;
}

}  // namespace

Action declare_plot(const Arguments& app) {
    auto settings = std::make_shared<PlotSettings>();
    app.option("file", settings->place.file, "a recording, - for standard input, or a run folder")
        .required()
        .check(not_empty);
    app.option(
           "--kind", settings->kind,
           "what is shown: of a recording waveform ... zero-crossings, of a run learning ... importance; all")
        .one_of(all_kinds())
        .shows_default();
    declare_drawing(app, settings->drawing);
    declare_part(app, settings->place);
    declare_sound_limits(app, settings->limits);
    app.option("--array", settings->array, "an .npy that the array behind the picture goes to, a row a frame")
        .check(not_empty);
    declare_fields(app, settings->sound, "Options of the arrays");
    app.footer(
        "Examples:\n"
        "  undertone plot clip.wav                        all pictures, in clip-all.png\n"
        "  undertone plot clip.wav --kind mel -o mel.pdf\n"
        "  undertone plot clip.wav --kind zero-crossings --from 2.0 --to 2.02\n"
        "  undertone plot clip.wav --kind mfcc --width 340 --dpi 300 -o column.png\n"
        "  undertone plot runs/loso                       all figures of a run, in loso-all.png\n"
        "  undertone plot runs/loso --kind confusion -o confusion.pdf");
    return [settings] { return is_run(settings->place.file) ? plot_run(*settings) : plot_sound(*settings); };
}

}  // namespace undertone::app
