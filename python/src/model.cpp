#include "undertone/model.hpp"

#include <memory>

#include "bindings.hpp"
#include "undertone/classifier.hpp"
#include "undertone/features.hpp"
#include "undertone/scaler.hpp"

namespace undertone::python {
namespace {

/// Scaler and network, trained on features: a model that can be kept.
Model fit(const std::string& features, const Options& feature_options, const Table<double>& x,
          const Vector<std::int32_t>& y, const std::vector<std::string>& labels, const std::string& framework,
          const Options& options, bool float32, bool standardise) {
    return unlocked([&] {
        auto set = make_feature_set(features, feature_options);
        auto classifier = make_classifier(framework, float32 ? Dtype::float32 : Dtype::float64, options);
        std::optional<StandardScaler> scaler;
        Matrix<double> scaled;
        MatrixView<const double> rows = view(x);
        if (standardise) {
            scaler.emplace();
            scaler->fit(rows);
            scaled = scaler->transform(rows);
            rows = scaled;
        }
        classifier->fit(rows, view(y), static_cast<int>(labels.size()),
                        [](const Progress&) { return may_go_on(); });
        return Model(std::move(set), std::move(scaler), std::move(classifier), labels);
    });
}

}  // namespace

void bind_model(nb::module_& module) {
    nb::class_<SpeakerVoice>(module, "SpeakerVoice").def_ro("moments", &SpeakerVoice::moments);
    nb::class_<Model>(module, "Model")
        .def_static(
            "load",
            [](const std::filesystem::path& path) {
                return unlocked([&] { return Model::load(path.string()); });
            },
            "path"_a)
        .def_static(
            "parse",
            [](const nb::bytes& bytes, const std::string& origin) {
                return Model::parse({bytes.c_str(), bytes.size()}, origin);
            },
            "data"_a, "origin"_a)
        .def_static("fit", &fit, "features"_a, "feature_options"_a, "x"_a.noconvert(), "y"_a.noconvert(),
                    "labels"_a, "framework"_a, "options"_a, "float32"_a, "standardise"_a)
        .def("bytes",
             [](const Model& model) {
                 const std::string bytes = model.bytes();
                 return nb::bytes(bytes.data(), bytes.size());
             })
        .def(
            "save", [](const Model& model, const std::filesystem::path& path) { model.save(path.string()); },
            "path"_a)
        .def_prop_ro("labels", [](const Model& model) { return model.labels(); })
        .def_prop_ro("features", &Model::features, nb::rv_policy::reference_internal)
        .def_prop_ro("record", [](const Model& model) { return model.record(); })
        .def_prop_ro("framework", [](const Model& model) { return model.classifier().framework(); })
        .def_prop_ro("per_speaker", &Model::per_speaker)
        .def_prop_ro("half_precision", &Model::half_precision)
        .def_prop_ro("history", [](const Model& model) { return model.classifier().history(); })
        .def(
            "predict_features",
            [](const Model& model, const Vector<double>& features, const SpeakerVoice* voice) {
                return unlocked([&] {
                    return voice != nullptr ? model.predict(view(features), *voice).probabilities
                                            : model.predict(view(features)).probabilities;
                });
            },
            "features"_a.noconvert(), "voice"_a.none() = nb::none())
        .def(
            "predict_proba",
            [](const Model& model, const Table<double>& features) {
                return array_of(unlocked([&] { return model.predict_proba(view(features)); }));
            },
            "features"_a.noconvert())
        .def(
            "enroll",
            [](const Model& model, const std::vector<std::vector<double>>& features,
               const std::string& label) { return unlocked([&] { return model.enroll(features, label); }); },
            "features"_a, "label"_a = "");
    module.def("framework_options", [](const std::string& framework) {
        std::vector<std::pair<std::string, std::string>> options;
        for (const OptionHelp& option : framework_options(framework))
            options.emplace_back(option.name, option.default_text);
        return options;
    });
    module.def("framework_names", &framework_names);
}

}  // namespace undertone::python
