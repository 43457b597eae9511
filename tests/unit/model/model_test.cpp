#include "undertone/model.hpp"

#include <nlohmann/json.hpp>

#include "os/file.hpp"
#include "support/support.hpp"
#include "undertone/random.hpp"

namespace undertone {
namespace {

using Json = nlohmann::ordered_json;

Matrix<double> samples(std::size_t n, std::size_t n_columns) {
    RandomState random(5);
    Matrix<double> x(n, n_columns);
    for (double& value : x.values()) value = random.uniform(-3, 8);
    return x;
}

Model trained(const std::string& framework, Dtype dtype, bool scaled, int n_classes = 3,
              std::optional<Calibration> calibration = std::nullopt) {
    auto features = make_feature_set("librosa193");
    Matrix<double> x = samples(24, features->columns().size());
    std::vector<int> y;
    for (std::size_t i = 0; i < x.rows(); ++i) y.push_back(static_cast<int>(i) % n_classes);
    std::optional<StandardScaler> scaler;
    if (scaled) {
        scaler.emplace();
        scaler->fit(x);
        scaler->transform(MatrixView<double>(x));
    }
    auto classifier = make_classifier(framework, dtype,
                                      {{"hidden_layer_sizes", "2"},
                                       {"random_state", "3"},
                                       {framework == "keras" ? "epochs" : "max_iter", "2"}});
    classifier->fit(x, y, n_classes);
    std::vector<std::string> labels{"calm", "sad", "angry"};
    labels.resize(static_cast<std::size_t>(n_classes));
    return {std::move(features),
            std::move(scaler),
            std::move(classifier),
            labels,
            {{"corpus", "made up"}, {"note", "\"quoted\"\nand \xC3\xA4"}},
            calibration};
}

std::string checksum(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; hash >>= 4) text[i] = "0123456789abcdef"[hash & 15];
    return text;
}

/// The model file with something changed, and a checksum that is right again.
template <class Change>
std::string forged(const std::string& bytes, Change change) {
    TensorFile file = parse_safetensors(bytes, "test");
    file.metadata.erase("checksum");
    change(file);
    file.metadata["checksum"] = checksum(format_safetensors(file));
    return format_safetensors(file);
}

template <class Change>
std::string with_description(const std::string& bytes, Change change) {
    return forged(bytes, [&](TensorFile& file) {
        Json json = Json::parse(file.metadata.at("model"));
        change(json);
        file.metadata["model"] = json.dump();
    });
}

void expect_round_trip(const Model& model) {
    const std::string bytes = model.bytes();
    const Model again = Model::parse(bytes, "test");
    EXPECT_EQ(again.bytes(), bytes);
    EXPECT_EQ(again.labels(), model.labels());
    EXPECT_EQ(again.record(), model.record());
    EXPECT_EQ(again.scaler().has_value(), model.scaler().has_value());
    EXPECT_EQ(again.calibration().has_value(), model.calibration().has_value());
    EXPECT_EQ(again.classifier().options(), model.classifier().options());
    const Matrix<double> x = samples(7, model.features().columns().size());
    EXPECT_EQ(again.predict_proba(x), model.predict_proba(x));
}

TEST(Model, IsTheSameAfterARoundTrip) {
    for (const char* framework : {"sklearn", "keras"})
        for (const Dtype dtype : {Dtype::float32, Dtype::float64})
            for (const bool scaled : {false, true}) {
                SCOPED_TRACE(framework);
                expect_round_trip(trained(framework, dtype, scaled));
            }
    expect_round_trip(trained("sklearn", Dtype::float64, true, 2));
    expect_round_trip(trained("keras", Dtype::float32, true, 3, Calibration{1.8342187654321}));
}

TEST(Model, IsSavedAndLoaded) {
    const test::TemporaryFolder folder;
    const Model model = trained("sklearn", Dtype::float64, true);
    model.save(folder.path("model"));
    EXPECT_EQ(Model::load(folder.path("model")).bytes(), model.bytes());
    EXPECT_ERROR(Model::load(folder.path("none")), Errc::io, "none");
    EXPECT_ERROR(model.save(folder.path("no/folder")), Errc::io, "no/folder");
}

TEST(Model, PredictsTheMostProbableLabel) {
    const Model model = trained("sklearn", Dtype::float64, true);
    const Matrix<double> x = samples(24, model.features().columns().size());
    const Matrix<double> proba = model.predict_proba(x);
    Matrix<double> scaled = model.scaler()->transform(x);
    EXPECT_EQ(model.classifier().predict_proba(scaled), proba);
    for (std::size_t i = 0; i < x.rows(); ++i) {
        const Prediction prediction = model.predict(x.row(i));
        const auto best = std::max_element(prediction.probabilities.begin(), prediction.probabilities.end());
        EXPECT_EQ(prediction.probability, *best);
        EXPECT_EQ(prediction.label,
                  model.labels()[static_cast<std::size_t>(best - prediction.probabilities.begin())]);
        EXPECT_NEAR(prediction.probabilities[0], proba(i, 0), 1e-12);
    }
    EXPECT_ERROR(model.predict(std::vector<double>(2)), Errc::shape_mismatch, "features");
}

TEST(Model, RefusesPartsThatDoNotFit) {
    const auto make = [](std::unique_ptr<Classifier> classifier, std::optional<StandardScaler> scaler,
                         std::vector<std::string> labels) {
        return Model(make_feature_set("librosa193"), std::move(scaler), std::move(classifier),
                     std::move(labels));
    };
    const auto fitted = [](std::size_t n_columns) {
        auto classifier = make_classifier("sklearn", Dtype::float64, {{"max_iter", "1"}});
        classifier->fit(samples(4, n_columns), std::vector<int>{0, 1, 0, 1}, 2);
        return classifier;
    };
    const std::size_t n_columns = make_feature_set("librosa193")->columns().size();
    EXPECT_ERROR(make(make_classifier("sklearn", Dtype::float64), {}, {"a", "b"}), Errc::not_fitted,
                 "classifier");
    EXPECT_ERROR(make(fitted(n_columns), StandardScaler(), {"a", "b"}), Errc::not_fitted, "scaler");
    EXPECT_ERROR(make(fitted(n_columns + 1), {}, {"a", "b"}), Errc::shape_mismatch, "columns");
    EXPECT_ERROR(make(fitted(n_columns), {}, {"a", "b", "c"}), Errc::shape_mismatch, "labels");
}

TEST(Model, MayAbstain) {
    const Prediction said{"calm", 0.4, {0.4, 0.3, 0.3}};
    EXPECT_EQ(said.label_or_unsure(0), "calm");
    EXPECT_EQ(said.label_or_unsure(0.4), "calm");
    EXPECT_EQ(said.label_or_unsure(0.41), "unsure");
}

TEST(Model, CalibratesWhatItsNetworkSays) {
    const Model plain = trained("sklearn", Dtype::float64, true),
                model = trained("sklearn", Dtype::float64, true, 3, Calibration{2.5});
    const Matrix<double> x = samples(24, model.features().columns().size());
    EXPECT_EQ(model.predict_proba(x), Calibration{2.5}.transform(plain.predict_proba(x)));
    for (std::size_t i = 0; i < x.rows(); ++i) {
        const Prediction said = model.predict(x.row(i)), bare = plain.predict(x.row(i));
        EXPECT_EQ(said.label, bare.label);
        EXPECT_LT(said.probability, bare.probability);
    }
    EXPECT_ERROR(trained("sklearn", Dtype::float64, true, 3, Calibration{0.0}), Errc::invalid_argument,
                 "temperature = 0");
}

TEST(ModelFile, OnlyACalibrationNeedsAReaderThatKnowsIt) {
    const auto version = [](const Model& model) {
        return parse_safetensors(model.bytes(), "m").metadata.at("format_version");
    };
    EXPECT_EQ(version(trained("sklearn", Dtype::float64, true)), "1");  // as files of earlier readers
    // So high that not even the inputs of the self-test, far from all that was learnt, have one sure label.
    const std::string bytes = trained("sklearn", Dtype::float64, true, 3, Calibration{80}).bytes();
    EXPECT_EQ(version(Model::parse(bytes, "m")), "2");
    const auto with = [&](const Json& calibration) {
        return with_description(bytes, [&](Json& json) { json["calibration"] = calibration; });
    };
    EXPECT_ERROR(Model::parse(with({{"temperature", "20"}}), "m"), Errc::incompatible_model,
                 "its self-test failed: the probability of");
    EXPECT_ERROR(Model::parse(with({{"temperature", "0"}}), "m"), Errc::incompatible_model, "temperature");
    EXPECT_ERROR(Model::parse(with({{"temperature", 2.5}}), "m"), Errc::corrupt_data, "is not text");
    EXPECT_ERROR(Model::parse(with({{"bias", "1"}}), "m"), Errc::incompatible_model, "bias");
    EXPECT_ERROR(Model::parse(with(nullptr), "m"), Errc::corrupt_data, "calibration is not an object");
    EXPECT_ERROR(Model::parse(with_description(bytes, [](Json& json) { json.erase("calibration"); }), "m"),
                 Errc::corrupt_data, "calibration");
    // A reader of version 1 would pass over it: its numbers are not those of the self-test.
    EXPECT_ERROR(Model::parse(forged(bytes, [](auto& file) { file.metadata["format_version"] = "1"; }), "m"),
                 Errc::incompatible_model, "self-test");
}

TEST(Model, KeepsItsWeightsInHalfPrecision) {
    for (const char* framework : {"sklearn", "keras"})
        for (const bool calibrated : {false, true}) {
            SCOPED_TRACE(framework);
            std::optional<Calibration> calibration;
            if (calibrated) calibration = Calibration{1.7};
            Model model = trained(framework, Dtype::float32, true, 3, calibration);
            const std::string whole = model.bytes();
            const Matrix<double> x = samples(7, model.features().columns().size());
            const Matrix<double> before = model.predict_proba(x);
            model.halve();
            EXPECT_TRUE(model.half_precision());
            expect_round_trip(model);
            const std::string bytes = model.bytes();
            EXPECT_LT(bytes.size(), whole.size());
            const Model again = Model::parse(bytes, "m");
            EXPECT_TRUE(again.half_precision());
            EXPECT_EQ(parse_safetensors(bytes, "m").metadata.at("format_version"), "3");
            // Other weights, but hardly.
            const Matrix<double> after = model.predict_proba(x);
            EXPECT_NE(after, before);
            for (std::size_t i = 0; i < x.rows(); ++i)
                for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(after(i, c), before(i, c), 0.05);
            const std::vector<Tensor> weights = again.classifier().tensors();
            for (const Tensor& tensor : parse_safetensors(bytes, "m").tensors)
                EXPECT_EQ(tensor.half, tensor.name.starts_with("network.") &&
                                           std::holds_alternative<std::vector<float>>(tensor.values))
                    << tensor.name;
            model.halve();  // once is enough
            EXPECT_EQ(model.bytes(), bytes);
        }
}

TEST(Model, RefusesToHalveWhatHasNoHalf) {
    Model wide = trained("sklearn", Dtype::float64, true);
    const std::string bytes = wide.bytes();
    EXPECT_ERROR(wide.halve(), Errc::invalid_argument, "float64");
    EXPECT_EQ(wide.bytes(), bytes);

    auto classifier = make_classifier("sklearn", Dtype::float32, {{"max_iter", "1"}});
    classifier->fit(samples(4, 193), std::vector<int>{0, 1, 0, 1}, 2);
    std::vector<Tensor> tensors = classifier->tensors();
    for (Tensor& tensor : tensors)
        if (auto* values = std::get_if<std::vector<float>>(&tensor.values)) values->front() = 70000;
    const auto texts = classifier->options();
    Model large(make_feature_set("librosa193"), std::nullopt,
                load_classifier("sklearn", Dtype::float32, {texts.begin(), texts.end()}, tensors),
                {"a", "b"});
    EXPECT_ERROR(large.halve(), Errc::invalid_argument, "holds 70000: half precision ends at 65504");
    EXPECT_FALSE(large.half_precision());
}

TEST(ModelFile, HalvesAreWhereItsVersionSays) {
    Model model = trained("keras", Dtype::float32, true);
    const auto version = [](const char* text) {
        return [text](TensorFile& file) { file.metadata["format_version"] = text; };
    };
    // A whole model that calls itself half, and the other way round.
    EXPECT_ERROR(Model::parse(forged(model.bytes(), version("3")), "m"), Errc::corrupt_data, "must be F16");
    model.halve();
    const std::string bytes = model.bytes();
    EXPECT_ERROR(Model::parse(forged(bytes, version("1")), "m"), Errc::corrupt_data, "must not be F16");
    const auto half_samples = [](TensorFile& file) {
        for (Tensor& tensor : file.tensors)
            if (tensor.name == "self_test.samples") tensor.half = true;
    };
    EXPECT_ERROR(Model::parse(forged(bytes, half_samples), "m"), Errc::corrupt_data,
                 "self_test.samples must not be F16");
    EXPECT_ERROR(Model::parse(with_description(bytes, [](Json& json) { json.erase("calibration"); }), "m"),
                 Errc::corrupt_data, "calibration");
}

TEST(ModelFile, CutIsRefused) {
    const std::string bytes = trained("keras", Dtype::float32, true).bytes();
    for (std::size_t length : {std::size_t{0}, std::size_t{7}, std::size_t{8}, std::size_t{100},
                               bytes.size() / 2, bytes.size() - 8, bytes.size() - 1})
        EXPECT_ERROR(Model::parse(bytes.substr(0, length), "m"), Errc::corrupt_data,
                     "m: not an undertone model");
}

TEST(ModelFile, BytesAfterItsEndAreRefused) {
    const std::string bytes = trained("sklearn", Dtype::float32, false).bytes();
    EXPECT_ERROR(Model::parse(bytes + "x", "m"), Errc::corrupt_data, "bytes that follow its last tensor: 1");
}

TEST(ModelFile, AlteredIsRefusedOrSaysTheSame) {
    const std::string bytes = trained("sklearn", Dtype::float32, true).bytes();
    std::size_t n_refused = 0, n_tried = 0;
    for (std::size_t i = 0; i < bytes.size(); i += i < 4000 ? 3 : 211) {
        std::string altered = bytes;
        altered[i] = static_cast<char>(altered[i] ^ (1 << i % 7));
        ++n_tried;
        try {
            EXPECT_EQ(Model::parse(altered, "m").bytes(), bytes) << "byte " << i;  // blanks of the header
        } catch (const Error&) {
            ++n_refused;
        }
    }
    EXPECT_GT(n_refused, n_tried - 10);
    std::string altered = bytes;
    altered.back() = static_cast<char>(altered.back() ^ 1);
    EXPECT_ERROR(Model::parse(altered, "m"), Errc::corrupt_data,
                 "m: has been altered or damaged: its checksum differs");
}

TEST(ModelFile, OtherFormatsAndVersionsAreRefused) {
    const std::string bytes = trained("sklearn", Dtype::float64, false).bytes();
    EXPECT_ERROR(Model::parse(forged(bytes, [](auto& file) { file.metadata["format_version"] = "5"; }), "m"),
                 Errc::incompatible_model, "was written by a newer undertone");
    for (const char* version : {"", "0", "-1", "1x", "99999999999999"})
        EXPECT_ERROR(
            Model::parse(forged(bytes, [&](auto& file) { file.metadata["format_version"] = version; }), "m"),
            Errc::corrupt_data, "format_version");
    EXPECT_ERROR(Model::parse(forged(bytes, [](auto& file) { file.metadata.erase("format"); }), "m"),
                 Errc::corrupt_data, "not an undertone model");
    EXPECT_ERROR(Model::parse("RIFF....WAVEfmt and so on", "m"), Errc::corrupt_data,
                 "not an undertone model");
}

TEST(ModelFile, AModelBySpeakerKeepsItAndAsksForAVoice) {
    Model model = trained("sklearn", Dtype::float64, true);
    EXPECT_FALSE(model.per_speaker());
    const std::vector<double> low(model.features().columns().size(), 0.5), high(low.size(), 1.5);
    const std::vector<std::vector<double>> recordings{low, high};
    EXPECT_ERROR(model.enroll(recordings), Errc::incompatible_model, "no use for a voice");
    model.set_per_speaker(true);
    const Model again = Model::parse(model.bytes(), "m");
    EXPECT_TRUE(again.per_speaker());
    EXPECT_EQ(again.bytes(), model.bytes());
    EXPECT_ERROR(again.predict(low), Errc::incompatible_model, "enroll the speaker first");
    EXPECT_ERROR(again.enroll(std::span(recordings).first(1)), Errc::invalid_argument, "at least 2");

    // Mean 1 and deviation 0.5: the voice's scale is taken off before the model's own.
    const SpeakerVoice voice = again.enroll(recordings);
    const std::vector<double> own(low.size(), -1.0);
    model.set_per_speaker(false);
    EXPECT_EQ(again.predict(low, voice).probabilities, model.predict(own).probabilities);
    EXPECT_ERROR(again.predict(low, SpeakerVoice{}), Errc::shape_mismatch, "the voice has 0 numbers");
}

TEST(ModelFile, SelfTestRefusesOtherNumbers) {
    const std::string bytes = trained("sklearn", Dtype::float64, true).bytes();
    const auto changed = [&](const char* name, double change) {
        return forged(bytes, [&](TensorFile& file) {
            for (Tensor& tensor : file.tensors)
                if (tensor.name == name) {
                    double& value = std::get<std::vector<double>>(tensor.values).front();
                    value += change * std::max(1.0, std::abs(value));
                }
        });
    };
    EXPECT_ERROR(Model::parse(changed("self_test.features", 2e-3), "m"), Errc::incompatible_model,
                 "m: its self-test failed: feature ");
    EXPECT_ERROR(Model::parse(changed("self_test.probabilities", 2e-5), "m"), Errc::incompatible_model,
                 "its self-test failed: the probability of calm");
    EXPECT_NO_THROW((void)Model::parse(changed("self_test.probabilities", 1e-7), "m"));
    EXPECT_ERROR(Model::parse(changed("self_test.probabilities", std::nan("")), "m"),
                 Errc::incompatible_model, "self-test");
}

TEST(ModelFile, WrongDescriptionsAreRefused) {
    const std::string bytes = trained("sklearn", Dtype::float64, true).bytes();
    const auto code_of = [&](const std::string& forgery) {
        return test::error_of([&] { (void)Model::parse(forgery, "m"); }).code();
    };
    const Json wrong_values[] = {nullptr,
                                 1,
                                 1.5,
                                 true,
                                 "nonsense",
                                 Json::array(),
                                 Json::array({1}),
                                 Json::object(),
                                 {{"nonsense", "1"}},
                                 {{"nonsense", 1}}};
    const Json description = Json::parse(parse_safetensors(bytes, "m").metadata.at("model"));
    for (const auto& item : description.items()) {
        const std::string key = item.key();
        SCOPED_TRACE(key);
        const Errc missing = code_of(with_description(bytes, [&](Json& json) { json.erase(key); }));
        EXPECT_EQ(name(missing), name(Errc::corrupt_data));
        for (const Json& wrong : wrong_values) {
            const bool sound = (key == "scaler" && (wrong.is_null() || wrong == Json::object())) ||
                               (key == "record" && wrong == Json::array()) ||
                               (key == "framework_options" && wrong == Json::object());
            if (sound) continue;
            const Errc code = code_of(with_description(bytes, [&](Json& json) { json[key] = wrong; }));
            EXPECT_TRUE(code == Errc::corrupt_data || code == Errc::incompatible_model)
                << wrong.dump() << ": " << name(code);
        }
    }
    const auto expect = [&](auto change, Errc code, const char* part) {
        EXPECT_ERROR(Model::parse(with_description(bytes, change), "m"), code, part);
    };
    expect([](Json& json) { json["feature_set"]["name"] = "mel\n7"; }, Errc::incompatible_model, "mel");
    expect([](Json& json) { json["feature_set"]["options"]["x"] = "1"; }, Errc::incompatible_model, "x");
    expect([](Json& json) { json["framework"] = "torch"; }, Errc::incompatible_model, "torch");
    expect([](Json& json) { json["dtype"] = "float16"; }, Errc::incompatible_model, "float16");
    expect([](Json& json) { json["framework_options"]["x"] = "1"; }, Errc::incompatible_model, "x");
    expect([](Json& json) { json["labels"] = {"calm", "sad"}; }, Errc::corrupt_data, "labels");
    expect([](Json& json) { json["labels"] = {"calm", "sad", "sad"}; }, Errc::corrupt_data, "twice");
    expect([](Json& json) { json["record"][0] = {"corpus"}; }, Errc::corrupt_data, "record");
    EXPECT_ERROR(Model::parse(forged(bytes, [](auto& file) { file.metadata["model"] = "{"; }), "m"),
                 Errc::corrupt_data, "description");
}

TEST(ModelFile, MissingTensorsAreRefused) {
    const std::string bytes = trained("sklearn", Dtype::float64, true).bytes();
    const std::size_t n_tensors = parse_safetensors(bytes, "m").tensors.size();
    ASSERT_GE(n_tensors, 10U);
    for (std::size_t i = 0; i < n_tensors; ++i) {
        const auto without = [&](TensorFile& file) {
            file.tensors.erase(file.tensors.begin() + static_cast<std::ptrdiff_t>(i));
        };
        EXPECT_ERROR(Model::parse(forged(bytes, without), "m"), Errc::corrupt_data, "missing");
        const auto of_other_type = [&](TensorFile& file) {
            file.tensors[i].values = std::vector<std::int32_t>(file.tensors[i].element_count());
        };
        EXPECT_ERROR(Model::parse(forged(bytes, of_other_type), "m"), Errc::corrupt_data, "m: ");
    }
}

}  // namespace
}  // namespace undertone
