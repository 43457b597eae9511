#include "undertone/plot.hpp"

#include "bindings.hpp"
#include "undertone/sound_plot.hpp"

namespace undertone::python {
namespace {

plot::SoundKind kind_of(const std::string& name) {
    std::string known;
    for (const auto& choice : plot::kSoundKinds) {
        if (choice.name == name) return choice.value;
        known += " " + std::string(choice.name);
    }
    throw Error(Errc::invalid_argument, "kind = " + name + ": must be one of" + known);
}

}  // namespace

void bind_plot(nb::module_& module) {
    module.def(
        "sound_picture",
        [](const Vector<float>& samples, int sample_rate, const std::string& kind, const std::string& title,
           double start_s, const Options& options, double width, double dpi, bool dark,
           const std::string& format) {
            const auto sound_options = options_from<plot::SoundPlotOptions>(options);
            const plot::Style style{width, dpi, dark};
            const std::string bytes = unlocked([&] {
                const std::span<const float> y = view(samples);
                const Clip clip{{y.begin(), y.end()}, sample_rate, 1};
                return drawn(plot::sound_figure(clip, kind_of(kind), title, start_s, sound_options), style,
                             plot::format_of("picture." + format));
            });
            return nb::bytes(bytes.data(), bytes.size());
        },
        "samples"_a.noconvert(), "sample_rate"_a, "kind"_a, "title"_a, "start_s"_a, "options"_a, "width"_a,
        "dpi"_a, "dark"_a, "format"_a);
}

}  // namespace undertone::python
