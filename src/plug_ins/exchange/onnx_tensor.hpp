#pragma once

#include <onnx.pb.h>

#include <memory>

#include "plug_ins/exchange/graph.hpp"

namespace undertone::exchange {

/// Numbers of ONNX's enumeration TensorProto.DataType.
enum OnnxType : int { kOnnxFloat = 1, kOnnxInt32 = 6, kOnnxInt64 = 7, kOnnxText = 8, kOnnxDouble = 11 };

/// @return  of a type that is not read: a tensor without numbers
/// @throws Error corrupt_data, unsupported_format
[[nodiscard]] std::shared_ptr<const GraphTensor> onnx_tensor(const onnx_file::Tensor& tensor);

}  // namespace undertone::exchange
