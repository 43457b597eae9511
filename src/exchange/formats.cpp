#include "exchange/formats.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "core/text.hpp"
#include "exchange/plug_in.hpp"
#include "exchange/sklearn.hpp"
#include "os/file.hpp"
#include "os/plug_in.hpp"
#include "undertone/error.hpp"

namespace undertone {
namespace exchange {
namespace {

// A network of speech features has some thousand weights; of this size no hidden layer is left to doubt.
constexpr std::size_t kMostBytes = std::size_t{1} << 28;

const PlugIn& plug_in() {
    const auto function = reinterpret_cast<PlugInFunction>(
        plug_in_symbol("undertone_exchange", "undertone_exchange",
                       "reading and writing models of Keras, TensorFlow and ONNX"));
    return *function();
}

bool is_hdf5(std::string_view bytes) { return bytes.starts_with("\x89HDF\r\n\x1a\n"); }

bool is_saved_model(const std::string& path) { return std::filesystem::exists(path + "/saved_model.pb"); }

Imported read_saved_model(const std::string& path) {
    const std::string variables = path + "/variables/variables.";
    return plug_in().read_saved_model(read_file(path + "/saved_model.pb", kMostBytes),
                                      read_file(variables + "index", kMostBytes),
                                      read_file(variables + "data-00000-of-00001", kMostBytes));
}

/// ONNX has no mark of its own: a message whose first field is ir_version, a small number.
bool looks_like_onnx(std::string_view bytes) {
    return bytes.size() > 2 && bytes[0] == '\x08' && bytes[1] > 0 && bytes[1] < 32;
}

const std::array<Format, 5>& table() {
    static const std::array<Format, 5> rows{
        Format{{"sklearn", ".pkl", "scikit-learn: MLPClassifier, also in a Pipeline with StandardScaler",
                true, true},
               [](std::string_view bytes, const std::string&, bool folder) {
                   return !folder && looks_like_pickle(bytes);
               },
               [](const std::string&, std::string bytes) { return read_sklearn(std::move(bytes)); },
               write_sklearn,
               nullptr},
        Format{
            {"keras", ".keras", "Keras 3: a network of dense layers; one over frames is written", true, true},
            [](std::string_view bytes, const std::string&, bool folder) {
                return !folder && bytes.starts_with("PK\x03\x04");
            },
            [](const std::string& path, std::string) { return plug_in().read_keras(path); },
            [](Perceptron network) { return plug_in().write_keras(std::move(network)); },
            [](const FrameModel& model) { return plug_in().write_keras_frames(model); }},
        Format{
            {"h5", ".h5", "Keras before 3, and what Keras 3 calls legacy", true, false},
            [](std::string_view bytes, const std::string&, bool folder) { return !folder && is_hdf5(bytes); },
            [](const std::string&, std::string bytes) { return plug_in().read_h5(bytes); },
            nullptr,
            nullptr},
        Format{{"savedmodel", "", "TensorFlow: a folder with saved_model.pb", true, false},
               [](std::string_view, const std::string& path, bool folder) {
                   return folder && is_saved_model(path);
               },
               [](const std::string& path, std::string) { return read_saved_model(path); },
               nullptr,
               nullptr},
        Format{{"onnx", ".onnx", "ONNX: a graph of dense layers; one over frames is written", true, true},
               [](std::string_view bytes, const std::string&, bool folder) {
                   return !folder && looks_like_onnx(bytes);
               },
               [](const std::string&, std::string bytes) { return plug_in().read_onnx(bytes); },
               [](Perceptron network) { return plug_in().write_onnx(std::move(network)); },
               [](const FrameModel& model) { return plug_in().write_onnx_frames(model); }},
    };
    return rows;
}

std::string names_of(bool readers) {
    std::string names;
    for (const Format& format : table())
        if (readers ? format.about.reads : format.about.writes)
            names += (names.empty() ? "" : ", ") + std::string(format.about.name);
    return names;
}

const Format& sniffed(const std::string& path, bool folder, std::string_view bytes) {
    for (const Format& format : table())
        if (format.sniff(bytes, path, folder)) return format;
    if (folder)
        throw Error(Errc::unsupported_format,
                    "the folder has no saved_model.pb, as a SavedModel of TensorFlow has");
    throw Error(Errc::unsupported_format, "is of no format that is read: " + names_of(true) +
                                              "; a model of undertone's own needs no import");
}
}  // namespace

std::span<const Format> formats() { return table(); }

}  // namespace exchange

std::span<const ExchangeFormat> exchange_formats() {
    static const std::vector<ExchangeFormat> about = [] {
        std::vector<ExchangeFormat> rows;
        for (const exchange::Format& format : exchange::formats()) rows.push_back(format.about);
        return rows;
    }();
    return about;
}

Model import_model(const std::string& path, const ImportOptions& options) {
    try {
        const bool folder = std::filesystem::is_directory(path);
        std::string bytes = folder ? std::string() : read_file(path, exchange::kMostBytes);
        const exchange::Format& format = exchange::sniffed(path, folder, bytes);
        exchange::Imported imported = format.read(path, std::move(bytes));
        if (!options.labels.empty()) imported.network.labels = options.labels;
        Model::Record record{{"imported from", std::string(format.about.name)}};
        if (!imported.written_by.empty()) record.emplace_back("written by", imported.written_by);
        return exchange::model_of(
            std::move(imported.network),
            {imported.framework, std::move(imported.options), options.features, std::move(record)});
    } catch (const Error& error) {
        const std::string message = error.what();
        throw Error(error.code(), message.starts_with(one_line(path)) ? message : path + ": " + message);
    }
}

std::string export_model(const Model& model, std::string_view format) {
    for (const exchange::Format& row : exchange::formats())
        if (row.about.name == format && row.write != nullptr) {
            if (!model.features().per_frame()) return row.write(exchange::perceptron_of(model));
            if (row.write_frames != nullptr) return row.write_frames(exchange::frame_model_of(model));
            throw Error(Errc::unsupported_format,
                        "the model reads " + model.features().name() + ", one vector a frame, and " +
                            std::string(format) + " has no network over frames: write it as keras or onnx");
        }
    throw Error(Errc::invalid_argument,
                "format = " + std::string(format) + ": must be one of " + exchange::names_of(false));
}

}  // namespace undertone
