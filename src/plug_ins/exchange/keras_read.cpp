#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include "core/text.hpp"
#include "formats/json.hpp"
#include "formats/zip.hpp"
#include "plug_ins/exchange/hdf5.hpp"
#include "plug_ins/exchange/keras.hpp"
#include "plug_ins/exchange/keras_archive.hpp"
#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

constexpr std::size_t kMostText = std::size_t{1} << 22;
// Weights hardly shrink when they are packed; a small file may have room for its empty space.
constexpr std::size_t kMostRatio = 32, kAlwaysAllowed = std::size_t{1} << 24;

[[noreturn]] void missing(const KerasLayer& layer, const std::string& name) {
    throw Error(Errc::corrupt_data, "has no " + name + " of its layer " + shown(layer.name));
}

const Tensor& found(const TensorFile& file, const KerasLayer& layer, const std::string& path,
                    const std::string& name) {
    const Tensor* tensor = file.find(path);
    if (tensor == nullptr) missing(layer, name);
    return *tensor;
}

std::string text(const TensorFile& file, const char* name) {
    const auto found = file.metadata.find(name);
    return found == file.metadata.end() ? std::string() : found->second;
}

/// The groups of layers of one kind that have weights, in their order: "layers/dense", "layers/dense_1", ...
/// Keras 2.12 to 2.15 has them elsewhere.
std::vector<std::string> groups_of(const TensorFile& file, const std::string& kind) {
    std::map<std::size_t, std::string> groups;
    constexpr std::size_t kMostDigits = 6;
    for (const Tensor& tensor : file.tensors)
        for (const std::string folder : {"layers/", "_layer_checkpoint_dependencies/"}) {
            const std::size_t end = tensor.name.find("/vars/");
            if (!tensor.name.starts_with(folder + kind) || end == std::string::npos) continue;
            const std::size_t begin = folder.size() + kind.size();
            std::string_view rest = std::string_view(tensor.name).substr(begin, end - std::min(begin, end));
            if (rest.starts_with('_')) rest.remove_prefix(1);
            std::size_t number = 0;
            const auto [stop, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
            if (!rest.empty() &&
                (failure != std::errc{} || stop != rest.data() + rest.size() || rest.size() > kMostDigits))
                continue;
            groups[number] = tensor.name.substr(0, end);
        }
    std::vector<std::string> in_order;
    for (const auto& [number, group] : groups) in_order.push_back(group);
    return in_order;
}

}  // namespace

Imported read_h5(const std::string& bytes) {
    const TensorFile file = read_hdf5(bytes);
    const std::string config = text(file, "model_config");
    if (config.empty())
        throw Error(Errc::unsupported_format,
                    "holds weights without their network: save the whole model, model.save(\"model.keras\")");
    const std::vector<KerasLayer> layers = keras_layers(config);
    // "dense/kernel:0" or "sequential/dense/kernel", in the group of the layer.
    const KerasWeight weight = [&](std::size_t layer, std::size_t, const std::string& name) -> const Tensor& {
        const std::string group = "model_weights/" + layers[layer].name + "/";
        for (const Tensor& tensor : file.tensors)
            if (tensor.name.starts_with(group) &&
                (tensor.name.ends_with("/" + name) || tensor.name.ends_with("/" + name + ":0")))
                return tensor;
        missing(layers[layer], name);
    };
    const std::string version = text(file, "keras_version");
    return {
        keras_network(layers, weight), "keras", {}, version.empty() ? "Keras" : "Keras " + shown(version)};
}

Imported read_keras(const std::string& path) {
    const Zip zip(path);
    const auto entry = [&](const char* name, std::size_t most) {
        try {
            return zip.read(name, most);
        } catch (const Error& error) {
            if (error.code() != Errc::io) throw;
            throw Error(Errc::unsupported_format,
                        "is a zip without " + std::string(name) + ", not a .keras file");
        }
    };
    const std::vector<KerasLayer> layers = keras_layers(entry("config.json", kMostText));
    const std::size_t most_weights = std::max(kAlwaysAllowed, kMostRatio * std::filesystem::file_size(path));
    const TensorFile file = read_hdf5(entry("model.weights.h5", most_weights));
    // The n-th layer of a kind has the n-th group of its name: numbers are left out where a layer was met
    // twice.
    std::vector<std::string> groups;
    std::map<std::string, std::size_t> seen;
    for (const KerasLayer& layer : layers) {
        const std::string name = keras_group(layer.kind);
        const std::vector<std::string> all = groups_of(file, name);
        const std::size_t n = seen[name]++;
        groups.push_back(n < all.size() ? all[n] : std::string());
    }
    const KerasWeight weight = [&](std::size_t layer, std::size_t place,
                                   const std::string& name) -> const Tensor& {
        return found(file, layers[layer], groups[layer] + "/vars/" + std::to_string(place), name);
    };
    Imported imported{keras_network(layers, weight), "keras", {}, "Keras"};
    const Json metadata = parse_json(entry("metadata.json", kMostText), "its metadata.json");
    if (!metadata.is_object()) return imported;
    if (const Json* version = metadata.find("keras_version"); version != nullptr && version->is_text())
        imported.written_by += " " + shown(version->get<std::string>());
    if (const Json* labels = metadata.find("labels"); labels != nullptr && labels->is_list())
        for (const auto& label : *labels)
            if (label.is_text()) imported.network.labels.push_back(label.get<std::string>());
    return imported;
}

}  // namespace undertone::exchange
