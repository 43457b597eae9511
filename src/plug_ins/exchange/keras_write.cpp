#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "plug_ins/exchange/hdf5.hpp"
#include "plug_ins/exchange/keras.hpp"
#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

using Json = nlohmann::ordered_json;

// The first that reads such files; what is written is the same for all after it.
constexpr const char* kKerasVersion = "3.0.0";

struct FreeArchive {
    void operator()(archive* a) const noexcept { archive_write_free(a); }
};
struct FreeEntry {
    void operator()(archive_entry* e) const noexcept { archive_entry_free(e); }
};

la_ssize_t take_block(archive*, void* bytes, const void* block, std::size_t size) {
    static_cast<std::string*>(bytes)->append(static_cast<const char*>(block), size);
    return static_cast<la_ssize_t>(size);
}

std::string zipped(const std::vector<std::pair<std::string, std::string>>& files) {
    std::string bytes;
    const std::unique_ptr<archive, FreeArchive> zip(archive_write_new());
    bool good = zip && archive_write_set_format_zip(zip.get()) == ARCHIVE_OK &&
                archive_write_set_options(zip.get(), "zip:compression=store") == ARCHIVE_OK &&
                archive_write_set_bytes_in_last_block(zip.get(), 1) == ARCHIVE_OK &&
                archive_write_open(zip.get(), &bytes, nullptr, take_block, nullptr) == ARCHIVE_OK;
    for (const auto& [name, content] : files) {
        const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
        archive_entry_set_pathname(entry.get(), name.c_str());
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0644);
        good = good && archive_write_header(zip.get(), entry.get()) == ARCHIVE_OK &&
               archive_write_data(zip.get(), content.data(), content.size()) ==
                   static_cast<la_ssize_t>(content.size());
    }
    if (!good || archive_write_close(zip.get()) != ARCHIVE_OK)
        throw Error(Errc::io, "the zip of a .keras file cannot be made");
    return bytes;
}

Json layer(const char* kind, Json config) {
    return {{"module", "keras.layers"},
            {"class_name", kind},
            {"config", std::move(config)},
            {"registered_name", nullptr}};
}

Tensor tensor(const std::string& name, std::vector<std::size_t> shape, const std::vector<double>& values,
              Dtype dtype) {
    if (dtype == Dtype::float64) return {name, std::move(shape), values};
    std::vector<float> single(values.size());
    std::transform(values.begin(), values.end(), single.begin(),
                   [](double v) { return static_cast<float>(v); });
    return {name, std::move(shape), std::move(single)};
}

}  // namespace

std::string write_keras(Perceptron network) {
    network = with_softmax(std::move(network));
    const char* const dtype = network.dtype == Dtype::float64 ? "float64" : "float32";
    Json layers = Json::array();
    layers.push_back(layer("InputLayer", {{"batch_shape", {nullptr, network.n_inputs()}},
                                          {"dtype", dtype},
                                          {"sparse", false},
                                          {"name", "features"}}));
    std::size_t width = network.n_inputs();
    const auto add = [&](const char* kind, Json config) {
        Json made = layer(kind, std::move(config));
        made["build_config"] = {{"input_shape", {nullptr, width}}};
        layers.push_back(std::move(made));
    };
    std::vector<std::string> groups;
    if (network.scaler) {
        std::vector<double> variance;
        for (const double scale : network.scaler->scale) variance.push_back(scale * scale);
        groups.emplace_back("layers/normalization/vars");
        add("Normalization", {{"name", "normalization"},
                              {"trainable", true},
                              {"dtype", dtype},
                              {"axis", {-1}},
                              {"invert", false},
                              {"mean", network.scaler->mean},
                              {"variance", variance}});
    }
    std::vector<Tensor> tensors;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const auto& [product, bias] = network.layers[i];
        const std::string name = i == 0 ? "dense" : "dense_" + std::to_string(i);
        const bool last = i + 1 == network.layers.size();
        add("Dense", {{"name", name},
                      {"trainable", true},
                      {"dtype", dtype},
                      {"units", product.n_out},
                      {"activation", last ? "softmax" : exchange::name(network.activation)},
                      {"use_bias", true}});
        width = product.n_out;
        const std::string group = "layers/" + name + "/vars/";
        tensors.push_back(tensor(group + "0", {product.n_in, product.n_out}, product.kernel, network.dtype));
        tensors.push_back(tensor(group + "1", {product.n_out}, bias, network.dtype));
    }
    const Json config{{"module", "keras"},
                      {"class_name", "Sequential"},
                      {"config",
                       {{"name", "undertone"},
                        {"trainable", true},
                        {"dtype", dtype},
                        {"layers", layers},
                        {"build_input_shape", {nullptr, network.n_inputs()}}}},
                      {"registered_name", nullptr},
                      {"build_config", {{"input_shape", {nullptr, network.n_inputs()}}}}};
    const Json metadata{{"keras_version", kKerasVersion}, {"date_saved", ""}, {"labels", network.labels}};
    const auto text = [](const Json& json) {
        return json.dump(-1, ' ', false, Json::error_handler_t::replace);
    };
    return zipped({{"metadata.json", text(metadata)},
                   {"config.json", text(config)},
                   {"model.weights.h5", write_hdf5(tensors, groups)}});
}

}  // namespace undertone::exchange
