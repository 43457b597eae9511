#include <exception>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "mutate_tensors.hpp"
#include "speech/functionals.hpp"
#include "undertone/extraction.hpp"
#include "undertone/fields.hpp"
#include "undertone/frame_features.hpp"
#include "undertone/model.hpp"

namespace undertone {
namespace {

using Texts = std::map<std::string, std::string>;

/// With the checksum that belongs to it: it would keep the fuzzer from all that is read after it.
std::string signed_bytes(TensorFile file) {
    file.metadata.erase("checksum");
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : format_safetensors(file))
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; hash >>= 4) text[i] = "0123456789abcdef"[hash & 15];
    file.metadata["checksum"] = text;
    return format_safetensors(file);
}

Texts texts_of(const Json& json) {
    Texts texts;
    for (const auto& [key, value] : json.members()) texts[key] = json_text(value, key, "fuzz");
    return texts;
}

std::vector<Tensor> below(const TensorFile& file, std::string_view prefix) {
    std::vector<Tensor> found;
    for (const Tensor& tensor : file.tensors)
        if (tensor.name.starts_with(prefix)) {
            found.push_back(tensor);
            found.back().name.erase(0, prefix.size());
        }
    return found;
}

void put(TensorFile& file, const char* name, auto values) {
    std::erase_if(file.tensors, [&](const Tensor& tensor) { return tensor.name == name; });
    const std::size_t n = values.size();
    file.tensors.push_back({name, {n}, std::move(values)});
}

/// Of a model that hears clips against a voice: against the one of its self-test.
Prediction prediction(const Model& model, const std::vector<double>& features) {
    if (!model.per_speaker()) return model.predict(features);
    const std::size_t n_numbers = model.features().per_frame()
                                      ? voice_size(frame_features(model.features()).n_bands())
                                      : 2 * model.features().columns().size();
    SpeakerVoice voice{std::vector<float>(n_numbers / 2, 0.0F)};
    voice.moments.resize(n_numbers, 1.0F);
    return model.predict(features, voice);
}

/// With the self-test that belongs to what it describes, over few samples: it comes last, and refuses every
/// network whose numbers were changed. The parts are made as model_file.cpp makes them.
void give_self_test(TensorFile& file) {
    const Json json = parse_json(file.metadata["model"], "fuzz");
    const auto part = [&](const char* key) -> const Json& { return json_part(json, key, "fuzz"); };
    const Json& set = part("feature_set");
    auto features = make_feature_set(json_text(json_part(set, "name", "fuzz"), "name", "fuzz"),
                                     texts_of(json_part(set, "options", "fuzz")));
    std::optional<StandardScaler> scaler;
    if (!part("scaler").is_null()) {
        ScalerOptions options;
        for (const auto& [name, text] : texts_of(part("scaler"))) set_field(options, name, text);
        scaler = StandardScaler::from_tensors(options, below(file, "scaler."));
    }
    auto classifier = load_classifier(json_text(part("framework"), "framework", "fuzz"),
                                      part("dtype") == "float64" ? Dtype::float64 : Dtype::float32,
                                      texts_of(part("framework_options")), below(file, "network."));
    std::optional<Calibration> calibration;
    if (json.contains("calibration") && !part("calibration").is_null()) {
        calibration.emplace();
        for (const auto& [name, text] : texts_of(part("calibration"))) set_field(*calibration, name, text);
    }
    std::vector<std::string> labels;
    for (const Json& label : part("labels")) labels.push_back(json_text(label, "a label", "fuzz"));
    Model model(std::move(features), std::move(scaler), std::move(classifier), std::move(labels), {},
                calibration);
    model.set_per_speaker(json.contains("per_speaker") && json["per_speaker"] == true);
    constexpr std::size_t kSamples = 700;
    std::vector<float> samples(kSamples);
    for (std::size_t i = 0; i < kSamples; ++i) samples[i] = static_cast<float>(i % 37) / 40 - 0.4F;
    const int rate = model.features().sample_rate() != 0 ? model.features().sample_rate() : 16000;
    const auto workspace = model.features().workspace();
    std::vector<double> values = extract_clip(model.features(), {samples, rate, 1}, *workspace);
    std::vector<double> probabilities = prediction(model, values).probabilities;
    put(file, "self_test.samples", std::move(samples));
    put(file, "self_test.features", std::move(values));
    put(file, "self_test.probabilities", std::move(probabilities));
}

void parse_model(std::string_view bytes) {
    fuzz::parse_or_refuse([&] {
        const Model model = Model::parse(bytes, "fuzz");
        fuzz::require(!model.labels().empty());
        // What was read can be written and read again. That takes long, so not each time.
        if (bytes[bytes.size() / 2] % 16 == 0) static_cast<void>(Model::parse(model.bytes(), "fuzz"));
    });
}

constexpr std::array<std::string_view, 60> kWords{"feature_set",
                                                  "name",
                                                  "options",
                                                  "framework",
                                                  "dtype",
                                                  "framework_options",
                                                  "labels",
                                                  "scaler",
                                                  "calibration",
                                                  "record",
                                                  "half_precision",
                                                  "per_speaker",
                                                  "float32",
                                                  "float64",
                                                  "sklearn",
                                                  "keras",
                                                  "sequence",
                                                  "logistic",
                                                  "librosa193",
                                                  "librosa193/1",
                                                  "logmel64",
                                                  "logmel64/1",
                                                  "temperature",
                                                  "true",
                                                  "false",
                                                  "0",
                                                  "1",
                                                  "2",
                                                  "8",
                                                  "-1",
                                                  "1e9",
                                                  "1000000",
                                                  "nan",
                                                  "2147483647",
                                                  "4294967296",
                                                  "None",
                                                  "auto",
                                                  "relu",
                                                  "tanh",
                                                  "logistic",
                                                  "identity",
                                                  "adam",
                                                  "sgd",
                                                  "hidden_layer_sizes",
                                                  "alpha",
                                                  "learning_rate_init",
                                                  "units",
                                                  "kernel_size",
                                                  "dilation_rate",
                                                  "dropout",
                                                  "n_mels",
                                                  "n_mfcc",
                                                  "n_fft",
                                                  "hop_length",
                                                  "sample_rate",
                                                  "fmin",
                                                  "fmax",
                                                  "with_mean",
                                                  "with_std",
                                                  "activation"};

}  // namespace
}  // namespace undertone

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    // Now and then as it is: its check sum or its self-test is then another's.
    const bool as_it_is = size % 8 == 0;
    fuzz::parse_or_refuse([&] {
        TensorFile file = parse_safetensors(fuzz::as_text(data, size), "fuzz");
        if (!as_it_is) {
            try {
                TensorFile whole = file;
                give_self_test(whole);
                file = std::move(whole);
            } catch (const std::exception&) {  // parse_model() meets the same
            }
        }
        parse_model(signed_bytes(file));
    });
    if (as_it_is) parse_model(fuzz::as_text(data, size));
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace undertone;
    using namespace undertone::fuzz;
    return mutate(data, size, max_size, seed, [](const std::string& text, Dice& dice) {
        TensorFile file = parse_safetensors(text, "fuzz");
        const auto model = file.metadata.find("model");
        switch (dice.below(8)) {
            case 0:
                return with_changed_header(text, dice, kWords);
            case 1:
            case 2:
            case 3:
                change_tensors(file, dice);
                break;
            case 4:
                file.metadata["format_version"] = std::to_string(dice.below(6));
                break;
            default:
                if (model != file.metadata.end()) model->second = changed_json(model->second, dice, kWords);
        }
        return format_safetensors(file);
    });
}
