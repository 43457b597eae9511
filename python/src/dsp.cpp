#include "bindings.hpp"
#include "undertone/chroma.hpp"
#include "undertone/mel.hpp"
#include "undertone/mfcc.hpp"
#include "undertone/stft.hpp"
#include "undertone/zero_crossings.hpp"

namespace undertone::python {
namespace {

/// One a thread: plans are shared.
dsp::Workspace& workspace() {
    thread_local dsp::Workspace mine;
    return mine;
}

/// A plan that the package keeps for calls with the same options.
template <class Plan, class O>
void bind_plan(nb::module_& module, const char* name) {
    nb::class_<Plan>(module, name)
        .def("__init__",
             [](Plan* plan, const Options& options) { new (plan) Plan(options_from<O>(options)); })
        .def(
            "__call__",
            [](const Plan& plan, const Vector<float>& samples) {
                return array_of(unlocked([&] { return plan(view(samples), workspace()); }));
            },
            "samples"_a.noconvert());
}

/// A function of a matrix and options.
template <class O, class Function>
void bind_matrix(nb::module_& module, const char* name, Function function) {
    module.def(
        name,
        [function](const Table<float>& matrix, const Options& options) {
            const O chosen = options_from<O>(options);
            return array_of(unlocked([&] { return function(view(matrix), chosen); }));
        },
        "matrix"_a.noconvert(), "options"_a);
}

dsp::ZeroCrossingOptions zero_crossing_options(double threshold, bool pad, bool zero_pos) {
    return {.threshold = threshold, .pad = pad, .zero_pos = zero_pos};
}

}  // namespace

void bind_dsp(nb::module_& module) {
    bind_plan<dsp::Stft, dsp::StftOptions>(module, "Stft");
    bind_plan<dsp::MelSpectrogram, dsp::MelSpectrogramOptions>(module, "MelSpectrogram");
    bind_plan<dsp::Mfcc, dsp::MfccOptions>(module, "Mfcc");
    module.def(
        "chroma_stft",
        [](const Vector<float>& samples, const Options& options) {
            const auto chosen = options_from<dsp::ChromaStftOptions>(options);
            return array_of(unlocked([&] { return dsp::chroma_stft(view(samples), chosen); }));
        },
        "samples"_a.noconvert(), "options"_a);
    using View = MatrixView<const float>;
    bind_matrix<dsp::ChromaStftOptions>(module, "chroma_of_spectrogram", [](View s, const auto& options) {
        return dsp::chroma_stft(s, options);
    });
    bind_matrix<dsp::MelOptions>(module, "mel_of_spectrogram",
                                 [](View s, const auto& options) { return dsp::melspectrogram(s, options); });
    bind_matrix<dsp::MfccOptions>(module, "mfcc_of_decibels",
                                  [](View s, const auto& options) { return dsp::mfcc(s, options); });
    bind_matrix<dsp::DecibelOptions>(
        module, "power_to_db", [](View s, const auto& options) { return dsp::power_to_db(s, options); });
    module.def(
        "estimate_tuning",
        [](const Table<float>& spectrogram, const Options& options) {
            const auto chosen = options_from<dsp::TuningOptions>(options);
            return unlocked([&] { return dsp::estimate_tuning(view(spectrogram), chosen); });
        },
        "spectrogram"_a.noconvert(), "options"_a);
    module.def("mel_filters", [](const Options& options) {
        return array_of(dsp::mel(options_from<dsp::MelOptions>(options)));
    });
    module.def("chroma_filters", [](const Options& options) {
        return array_of(dsp::chroma(options_from<dsp::ChromaOptions>(options)));
    });
    module.def(
        "zero_crossing_marks",
        [](const Vector<float>& samples, double threshold, bool pad, bool zero_pos) {
            return array_of(unlocked([&] {
                return dsp::zero_crossing_marks(view(samples),
                                                zero_crossing_options(threshold, pad, zero_pos));
            }));
        },
        "samples"_a.noconvert(), "threshold"_a, "pad"_a, "zero_pos"_a);
    module.def(
        "zero_crossings",
        [](const Vector<float>& samples, double threshold, bool pad, bool zero_pos) {
            return unlocked([&] {
                return dsp::zero_crossings(view(samples), zero_crossing_options(threshold, pad, zero_pos));
            });
        },
        "samples"_a.noconvert(), "threshold"_a, "pad"_a, "zero_pos"_a);
    module.def("hz_to_mel", &dsp::hz_to_mel, "hz"_a, "htk"_a = false);
    module.def("mel_to_hz", &dsp::mel_to_hz, "mel"_a, "htk"_a = false);
}

}  // namespace undertone::python
