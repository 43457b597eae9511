#include "undertone/extraction.hpp"

#include <memory>
#include <optional>

#include "bindings.hpp"
#include "undertone/features.hpp"
#include "undertone/speech.hpp"

namespace undertone::python {
namespace {

nb::object matrix(std::vector<double>&& values, std::size_t n_columns) {
    auto* const kept = new std::vector<double>(std::move(values));
    const nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<double>*>(p); });
    return nb::cast(nb::ndarray<nb::numpy, double, nb::ndim<2>>(
        kept->data(), {kept->size() / n_columns, n_columns}, owner));
}

/// The features of files in their order, of each (values `[n_frames, n_columns]` or None, code of the error,
/// its text, reason why there is no answer).
nb::list extract(const FeatureSet& features, const std::vector<std::filesystem::path>& files,
                 std::size_t n_threads, bool check_speech, std::uint64_t clip_memory, std::uint64_t memory) {
    const SoundLimits limits = limits_of(clip_memory, memory);
    const std::vector<std::string> paths(files.begin(), files.end());
    std::vector<FileFeatures> results;
    results.reserve(paths.size());
    const SpeechOptions speech;
    unlocked([&] {
        extract_files(
            features, paths, n_threads,
            [&](std::size_t, FileFeatures&& result) {
                results.push_back(std::move(result));
                return may_go_on();
            },
            check_speech ? &speech : nullptr, limits);
    });
    nb::list rows;
    for (FileFeatures& result : results) {
        const bool speaks = result.activity == VoiceActivity::speech;
        rows.append(nb::make_tuple(result.error || !speaks
                                       ? nb::none()
                                       : matrix(std::move(result.values), features.columns().size()),
                                   result.error ? nb::cast(name(result.error->code())) : nb::none(),
                                   result.error ? nb::object(told(result.error->what())) : nb::none(),
                                   result.error || speaks ? nb::none() : nb::cast(name(result.activity))));
    }
    return rows;
}

}  // namespace

void bind_extraction(nb::module_& module) {
    nb::class_<FeatureSet>(module, "FeatureSet")
        .def_prop_ro("name", &FeatureSet::name)
        .def_prop_ro("options", &FeatureSet::options)
        .def_prop_ro("columns", &FeatureSet::columns)
        .def_prop_ro("sample_rate", &FeatureSet::sample_rate)
        .def_prop_ro("per_frame", &FeatureSet::per_frame)
        .def("extract_files", &extract, "paths"_a, "n_threads"_a, "check_speech"_a, "clip_memory"_a,
             "memory"_a)
        .def(
            "extract_clip",
            [](const FeatureSet& features, const Vector<float>& samples, int sample_rate) {
                const Clip clip{{samples.data(), samples.data() + samples.shape(0)}, sample_rate, 1};
                return matrix(unlocked([&] {
                                  const auto workspace = features.workspace();
                                  return extract_clip(features, clip, *workspace);
                              }),
                              features.columns().size());
            },
            "samples"_a.noconvert(), "sample_rate"_a);
    module.def(
        "feature_set",
        [](const std::string& name, const Options& options) {
            return make_feature_set(name, options).release();
        },
        nb::rv_policy::take_ownership, "name"_a, "options"_a = Options{});
    module.def(
        "voice_activity",
        [](const Vector<float>& samples, int sample_rate) {
            return std::string(name(unlocked([&] { return voice_activity(view(samples), sample_rate); })));
        },
        "samples"_a.noconvert(), "sample_rate"_a);
}

}  // namespace undertone::python
