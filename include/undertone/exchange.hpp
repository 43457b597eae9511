#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "undertone/model.hpp"

namespace undertone {

/// One format that models of other programs have.
struct ExchangeFormat {
    std::string_view name;  ///< as `export --to` takes it: "sklearn", "keras", "h5", "savedmodel", "onnx"
    std::string_view extension;  ///< of its files, with the dot; empty for a folder
    std::string_view help;       ///< one line
    bool reads, writes;
};

/// The formats that are built in.
[[nodiscard]] std::span<const ExchangeFormat> exchange_formats();

/// What a file of another program does not tell.
struct ImportOptions {
    std::string features;             ///< the feature set; empty: librosa193 for a network of 193 inputs
    std::vector<std::string> labels;  ///< in the order of the classes; empty: the file's own, else 0, 1, 2...
};

/// Reads a network of another program: a pickle or joblib file of scikit-learn (MLPClassifier, alone or after
/// StandardScaler in a Pipeline), Keras's .h5 and .keras, a folder of TensorFlow's SavedModel, ONNX. The
/// format is told from the content. Nothing in the file is run: a pickle may name a handful of types, which
/// are read as data, and anything else is refused.
///
/// The probabilities equal those of the program that wrote the file, to 1e-6: see docs/exactness.md.
/// @throws Error io                  it cannot be read
/// @throws Error unsupported_format  no such format, or a network that undertone has no counterpart of; the
///         message names the layer
/// @throws Error corrupt_data        bytes that are not what they claim to be
/// @throws Error not_fitted          a classifier that was never trained
/// @throws Error invalid_argument    a feature set that does not exist, labels that name one twice
/// @throws Error shape_mismatch      inputs or classes that are not as many as columns or labels
[[nodiscard]] Model import_model(const std::string& path, const ImportOptions& options = {});

/// A model as a file of another program: its scaler, network, calibration and labels. What the features are,
/// no such file can tell. One that reads frames becomes a graph from frames to probabilities, without what
/// compares a clip with its speaker's voice: docs/coming-from-python.md says what goes in.
/// @param format   one of exchange_formats() that writes
/// @return         the bytes of the file
/// @throws Error invalid_argument    no such format
/// @throws Error unsupported_format  the model reads vectors and hears clips against their speakers; it reads
///         frames, and the format knows no such network
[[nodiscard]] std::string export_model(const Model& model, std::string_view format);

}  // namespace undertone
