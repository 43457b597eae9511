#pragma once

#include <string>

#include "exchange/formats.hpp"

namespace undertone::exchange {

/// What libundertone_exchange.so does, which is built on HDF5 and protobuf.
struct PlugIn {
    Imported (*read_h5)(const std::string& bytes);
    Imported (*read_keras)(const std::string& path);
    Imported (*read_saved_model)(const std::string& path);
    Imported (*read_onnx)(const std::string& bytes);
    std::string (*write_keras)(Perceptron network);
    std::string (*write_onnx)(Perceptron network);
};

/// The type of its one C function, undertone_exchange.
using PlugInFunction = const PlugIn* (*)();

}  // namespace undertone::exchange
