#pragma once

#include <string>
#include <string_view>

#include "exchange/formats.hpp"

namespace undertone::exchange {

/// What libundertone_exchange.so does, which is built on HDF5 and protobuf.
struct PlugIn {
    Imported (*read_h5)(const std::string& bytes);
    Imported (*read_keras)(const std::string& path);
    /// From saved_model.pb, variables.index and variables.data-00000-of-00001.
    Imported (*read_saved_model)(const std::string& graph, std::string_view index, std::string_view data);
    Imported (*read_onnx)(const std::string& bytes);
    std::string (*write_keras)(Perceptron network);
    std::string (*write_onnx)(Perceptron network);
    std::string (*write_keras_frames)(const FrameModel& model);
    std::string (*write_onnx_frames)(const FrameModel& model);
};

/// The type of its one C function, undertone_exchange.
using PlugInFunction = const PlugIn* (*)();

}  // namespace undertone::exchange
