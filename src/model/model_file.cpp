#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <map>
#include <numbers>
#include <set>
#include <utility>

#include "core/text.hpp"
#include "feature/clip_values.hpp"
#include "formats/json.hpp"
#include "formats/safetensors.hpp"
#include "os/file.hpp"
#include "speech/functionals.hpp"
#include "undertone/error.hpp"
#include "undertone/extraction.hpp"
#include "undertone/frame_features.hpp"
#include "undertone/model.hpp"
#include "undertone/tensor.hpp"

namespace undertone {
namespace {

using Texts = std::map<std::string, std::string>;

constexpr const char* kFormat = "undertone";
// 2 is 1 with a calibration, which a reader that knows 1 alone would pass over. 3 has its weights in half
// precision, and a calibration or null. 4 says of each of the three, the third being whether clips are heard
// against their speakers' voices. A file has the lowest that says all that is in it.
constexpr int kPlainVersion = 1, kCalibratedVersion = 2, kHalfVersion = 3, kFormatVersion = 4;
constexpr int kSelfTestRate = 16000;  // Hz, for a feature set that takes any rate
constexpr std::size_t kSelfTestSamples = 4096;
constexpr std::size_t kMostSelfTestSamples = std::size_t{1} << 20;
constexpr double kFeatureTolerance = 1e-3;  // of max(1, |value|): processors round differently
constexpr double kProbabilityTolerance = 1e-5;

[[noreturn]] void corrupt(const std::string& reason) { throw Error(Errc::corrupt_data, reason); }
[[noreturn]] void incompatible(const std::string& reason) { throw Error(Errc::incompatible_model, reason); }

/// FNV-1a of 64 bits: it finds what time and transfers do to a file, not what a forger does.
std::string checksum(std::initializer_list<std::string_view> parts) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const std::string_view part : parts)
        for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; hash >>= 4) text[i] = "0123456789abcdef"[hash & 15];
    return text;
}

/// Whether the checksum is that of the bytes without it. They are made as format_safetensors() makes them,
/// with the one member of the header left out; what another program wrote again in its own way is not found
/// to be sound here.
bool is_sound(std::string_view bytes, const std::string& sum) {
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    std::string header(bytes.substr(sizeof length, length));
    const std::string member = "\"checksum\":\"" + sum + "\",";
    const std::size_t at = header.find(member);
    if (at == std::string::npos) return false;
    header.erase(at, member.size());
    header.erase(header.find_last_not_of(' ') + 1);
    return checksum({safetensors_head(std::move(header)), bytes.substr(sizeof length + length)}) == sum;
}

/// A voice of sorts: what a feature set must turn into the same numbers wherever the model is loaded.
std::vector<float> self_test_samples(int sample_rate) {
    std::vector<float> samples(kSelfTestSamples);
    std::uint32_t noise = 1;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double t = static_cast<double>(i) / sample_rate;
        double value = 0;
        for (int harmonic = 1; harmonic <= 8; ++harmonic)
            value += 0.3 / harmonic * std::sin(2 * std::numbers::pi * 220 * harmonic * t);
        noise = noise * 1664525U + 1013904223U;
        value += 0.01 * (static_cast<double>(noise >> 8) / (1U << 23) - 1);
        samples[i] = static_cast<float>(value);
    }
    return samples;
}

/// Rows of features that so many samples of the self-test give.
std::size_t self_test_frames(const FeatureSet& features, std::size_t n_samples) {
    return features.per_frame() ? features.n_frames(n_samples) : 1;
}

std::vector<double> self_test_features(const FeatureSet& features, const std::vector<float>& samples) {
    const int rate = features.sample_rate() != 0 ? features.sample_rate() : kSelfTestRate;
    const auto workspace = features.workspace();
    return clip_values(features, samples, rate, *workspace);
}

Json to_json(const Texts& texts) {
    Json json = Json::object();
    for (const auto& [name, text] : texts) json[name] = text;
    return json;
}

/// One value of the description with its place, for messages. Every access checks the type.
class Node {
public:
    Node(const Json& json, std::string place) : json_(json), place_(std::move(place)) {}

    [[nodiscard]] Node operator[](const char* key) const {
        if (!json_.is_object()) corrupt(place_ + " is not an object");
        const Json* found = json_.find(key);
        if (found == nullptr) corrupt(place_ + " has no \"" + key + "\"");
        return {*found, place_ + "." + key};
    }
    [[nodiscard]] bool is_null() const { return json_.is_null(); }
    [[nodiscard]] std::string text() const {
        if (!json_.is_text()) corrupt(place_ + " is not text");
        return json_.get<std::string>();
    }
    [[nodiscard]] bool truth() const {
        if (!json_.is_bool()) corrupt(place_ + " is not true or false");
        return json_.get<bool>();
    }
    [[nodiscard]] Texts texts() const {
        if (!json_.is_object()) corrupt(place_ + " is not an object");
        Texts texts;
        for (const auto& [key, value] : json_.members()) texts[key] = Node(value, place_ + "." + key).text();
        return texts;
    }
    [[nodiscard]] std::vector<Node> list() const {
        if (!json_.is_list()) corrupt(place_ + " is not a list");
        std::vector<Node> nodes;
        for (const Json& item : json_)
            nodes.emplace_back(item, place_ + "[" + std::to_string(nodes.size()) + "]");
        return nodes;
    }

private:
    const Json& json_;
    std::string place_;
};

/// What `make` makes; an option or a name that it does not know is a matter of another version.
template <class Make>
auto known(Make&& make) {
    try {
        return make();
    } catch (const Error& error) {
        if (error.code() == Errc::invalid_argument || error.code() == Errc::unsupported_format)
            incompatible(error.what());
        if (error.code() == Errc::incompatible_model) throw;
        corrupt(error.what());
    }
}

std::vector<Tensor> tensors_below(const TensorFile& file, std::string_view prefix) {
    std::vector<Tensor> found;
    for (const Tensor& tensor : file.tensors)
        if (tensor.name.starts_with(prefix)) {
            found.push_back(tensor);
            found.back().name.erase(0, prefix.size());
        }
    return found;
}

template <class T>
const std::vector<T>& vector_of(const TensorFile& file, const char* name) {
    const Tensor* tensor = file.find(name);
    if (tensor == nullptr) corrupt(std::string(name) + " is missing");
    const auto* values = std::get_if<std::vector<T>>(&tensor->values);
    if (values == nullptr) corrupt(std::string(name) + " has the wrong type");
    if (tensor->shape.size() != 1) corrupt(std::string(name) + " must have one dimension");
    return *values;
}

template <class T>
Tensor vector_tensor(const char* name, std::vector<T> values) {
    const std::size_t size = values.size();
    return {name, {size}, std::move(values)};
}

/// @param bytes  that `file` was read from
/// @return       the version
int check_format(TensorFile& file, std::string_view bytes) {
    const auto format = file.metadata.find("format");
    if (format == file.metadata.end() || format->second != kFormat)
        corrupt("not an undertone model: its format is not named in it");
    const std::string version_text = file.metadata["format_version"];
    int version = 0;
    const char* end = version_text.data() + version_text.size();
    const auto [stop, failure] = std::from_chars(version_text.data(), end, version);
    if (failure != std::errc{} || stop != end || version < 1) corrupt("its format_version is not a number");
    if (version > kFormatVersion)
        incompatible("was written by a newer undertone: it has format " + std::to_string(version) +
                     ", this one reads up to " + std::to_string(kFormatVersion));
    auto sum = file.metadata.extract("checksum");
    if (sum.empty() ||
        !(is_sound(bytes, sum.mapped()) || sum.mapped() == checksum({format_safetensors(file)})))
        corrupt("has been altered or damaged: its checksum differs");
    return version;
}

std::vector<std::string> read_labels(const Node& node) {
    std::vector<std::string> labels;
    for (const Node& item : node.list()) labels.push_back(item.text());
    if (std::set<std::string>(labels.begin(), labels.end()).size() != labels.size())
        corrupt("its labels name one emotion twice");
    return labels;
}

Dtype read_dtype(const std::string& text) {
    if (text == "float64") return Dtype::float64;
    if (text != "float32") incompatible("dtype = " + text + ": must be float32 or float64");
    return Dtype::float32;
}

template <class Options>
Options read_fields(const Node& node) {
    Options options;
    for (const auto& [name, text] : node.texts()) set_field(options, name, text);
    return options;
}

template <class Options>
Json fields_json(const Options& options) {
    Json json = Json::object();
    for_each_field<Options>(
        [&](const auto& field) { json[std::string(field.name)] = field_text(options, field); });
    return json;
}

std::optional<StandardScaler> read_scaler(const Node& node, const TensorFile& file) {
    if (node.is_null()) return std::nullopt;
    return known([&] {
        return StandardScaler::from_tensors(read_fields<ScalerOptions>(node), tensors_below(file, "scaler."));
    });
}

Model::Record read_record(const Node& node) {
    Model::Record record;
    for (const Node& item : node.list()) {
        const std::vector<Node> pair = item.list();
        if (pair.size() != 2) corrupt("its record holds something that is not a name with its value");
        record.emplace_back(pair[0].text(), pair[1].text());
    }
    return record;
}

/// The weights are in half precision, or they are not; nothing else is.
void check_halves(const TensorFile& file, bool half) {
    for (const Tensor& tensor : file.tensors) {
        const bool may = half && tensor.name.starts_with("network.") &&
                         std::holds_alternative<std::vector<float>>(tensor.values);
        if (tensor.half != may) corrupt(tensor.name + (may ? " must be F16" : " must not be F16"));
    }
}

/// Of a model that hears clips against a voice: against one of mean 0 and deviation 1.
Prediction self_test_prediction(const Model& model, const std::vector<double>& features) {
    if (!model.per_speaker()) return model.predict(features);
    const std::size_t n_numbers = model.features().per_frame()
                                      ? voice_size(frame_features(model.features()).n_bands())
                                      : 2 * model.features().columns().size();
    SpeakerVoice voice{std::vector<float>(n_numbers / 2, 0.0F)};
    voice.moments.resize(n_numbers, 1.0F);
    return model.predict(features, voice);
}

/// Fails when this build or machine does not give the numbers that the model had where it was made.
void self_test(const Model& model, const TensorFile& file) {
    const auto& samples = vector_of<float>(file, "self_test.samples");
    const auto& features = vector_of<double>(file, "self_test.features");
    const auto& probabilities = vector_of<double>(file, "self_test.probabilities");
    if (samples.empty() || samples.size() > kMostSelfTestSamples ||
        features.size() !=
            self_test_frames(model.features(), samples.size()) * model.features().columns().size() ||
        probabilities.size() != model.labels().size())
        corrupt("its self-test does not fit the model");
    std::vector<double> got_features, got_probabilities;
    try {
        got_features = self_test_features(model.features(), samples);
        got_probabilities = self_test_prediction(model, features).probabilities;
    } catch (const Error& error) {
        incompatible(std::string("its self-test failed: ") + error.what());
    }
    const auto check = [](double got, double expected, double tolerance, const std::string& what) {
        if (!(std::abs(got - expected) <= tolerance))  // written so that NaN fails
            incompatible("its self-test failed: " + what + " is " + detail::number_text(got) + " here, " +
                         detail::number_text(expected) + " where the model was made");
    };
    for (std::size_t i = 0; i < features.size(); ++i)
        check(got_features[i], features[i], kFeatureTolerance * std::max(1.0, std::abs(features[i])),
              "feature " + model.features().columns()[i % model.features().columns().size()]);
    for (std::size_t i = 0; i < probabilities.size(); ++i)
        check(got_probabilities[i], probabilities[i], kProbabilityTolerance,
              "the probability of " + model.labels()[i]);
}

/// @param half  becomes whether its weights are in half precision
Model read_model(std::string_view bytes, bool& half) {
    TensorFile file;
    try {
        file = parse_safetensors(bytes, "its bytes");
    } catch (const Error& error) {
        corrupt(std::string("not an undertone model: ") + error.what());
    }
    const int version = check_format(file, bytes);
    const Json json = parse_json(file.metadata["model"], "its description");
    const Node root(json, "its description");
    const Node set = root["feature_set"];
    auto features = known([&] { return make_feature_set(set["name"].text(), set["options"].texts()); });
    auto scaler = read_scaler(root["scaler"], file);
    auto classifier = known([&] {
        return load_classifier(root["framework"].text(), read_dtype(root["dtype"].text()),
                               root["framework_options"].texts(), tensors_below(file, "network."));
    });
    half = version == kHalfVersion || (version == kFormatVersion && root["half_precision"].truth());
    check_halves(file, half);
    std::vector<std::string> labels = read_labels(root["labels"]);
    Model::Record record = read_record(root["record"]);
    std::optional<Calibration> calibration;
    if (version == kCalibratedVersion || (version >= kHalfVersion && !root["calibration"].is_null()))
        calibration = known([&] { return read_fields<Calibration>(root["calibration"]); });
    Model model = known([&] {
        return Model(std::move(features), std::move(scaler), std::move(classifier), std::move(labels),
                     std::move(record), calibration);
    });
    if (version == kFormatVersion) model.set_per_speaker(root["per_speaker"].truth());
    self_test(model, file);
    return model;
}
}  // namespace

Model Model::parse(std::string_view bytes, const std::string& origin) {
    try {
        bool half = false;
        Model model = read_model(bytes, half);
        model.half_precision_ = half;
        return model;
    } catch (const Error& error) {
        const bool damaged = error.code() == Errc::corrupt_data;
        throw Error(error.code(), origin + ": " + error.what() +
                                      (damaged ? "; copy it again, or train a new one"
                                               : "; train it again with this version of undertone"));
    }
}

Model Model::load(const std::string& path) { return parse(read_file(path), path); }

void Model::save(const std::string& path) const { write_file(path, bytes()); }

std::string Model::bytes() const {
    Json json;
    json["feature_set"] = {{"name", features_->name()}, {"options", to_json(features_->options())}};
    json["framework"] = classifier_->framework();
    json["dtype"] = classifier_->dtype() == Dtype::float32 ? "float32" : "float64";
    Json& options = json["framework_options"] = Json::object();
    for (const auto& [name, text] : classifier_->options()) options[name] = text;
    json["labels"] = labels_;
    json["scaler"] = scaler_ ? fields_json(scaler_->options()) : Json();
    if (calibration_)
        json["calibration"] = fields_json(*calibration_);
    else if (half_precision_ || per_speaker_)
        json["calibration"] = Json();
    if (per_speaker_) {
        json["half_precision"] = half_precision_;
        json["per_speaker"] = true;
    }
    Json& record = json["record"] = Json::list();
    for (const auto& [name, value] : record_) record.push_back(Json::list({name, value}));

    TensorFile file;
    file.metadata = {{"format", kFormat},
                     {"format_version", std::to_string(per_speaker_      ? kFormatVersion
                                                       : half_precision_ ? kHalfVersion
                                                       : calibration_    ? kCalibratedVersion
                                                                         : kPlainVersion)},
                     {"library_version", UNDERTONE_VERSION},
                     {"model", json.dump()}};
    const auto add = [&](const std::string& prefix, std::vector<Tensor> tensors) {
        for (Tensor& tensor : tensors) {
            tensor.name.insert(0, prefix);
            file.tensors.push_back(std::move(tensor));
        }
    };
    if (scaler_) add("scaler.", scaler_->tensors());
    std::vector<Tensor> weights = classifier_->tensors();
    for (Tensor& tensor : weights)
        tensor.half = half_precision_ && std::holds_alternative<std::vector<float>>(tensor.values);
    add("network.", std::move(weights));
    const int rate = features_->sample_rate() != 0 ? features_->sample_rate() : kSelfTestRate;
    std::vector<float> samples = self_test_samples(rate);
    std::vector<double> features = self_test_features(*features_, samples);
    std::vector<double> probabilities = self_test_prediction(*this, features).probabilities;
    file.tensors.push_back(vector_tensor("self_test.samples", std::move(samples)));
    file.tensors.push_back(vector_tensor("self_test.features", std::move(features)));
    file.tensors.push_back(vector_tensor("self_test.probabilities", std::move(probabilities)));
    file.metadata["checksum"] = checksum({format_safetensors(file)});
    return format_safetensors(file);
}

}  // namespace undertone
